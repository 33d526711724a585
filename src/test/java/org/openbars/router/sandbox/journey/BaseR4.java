package org.openbars.router.sandbox.journey;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;

/**
 * HAPI's validator with the definitions of base FHIR R4 only: UK Core's profiles and the codes of
 * other systems are not looked at. Takes seconds the first time and holds some hundred megabytes.
 */
final class BaseR4 {
  private static final Set<ResultSeverityEnum> FAULTS =
      Set.of(ResultSeverityEnum.ERROR, ResultSeverityEnum.FATAL);

  private final FhirValidator validator;

  BaseR4() {
    FhirContext fhir = FhirContext.forR4();
    FhirInstanceValidator r4 =
        new FhirInstanceValidator(
            new ValidationSupportChain(
                new DefaultProfileValidationSupport(fhir),
                new InMemoryTerminologyServerValidationSupport(fhir)));
    r4.setAnyExtensionsAllowed(true);
    r4.setNoTerminologyChecks(true);
    r4.setBestPracticeWarningLevel(BestPracticeWarningLevel.Ignore);
    r4.setErrorForUnknownProfiles(false);
    validator = fhir.newValidator().registerValidatorModule(r4);
  }

  /** What is wrong with a resource, JSON or XML; empty when nothing is. */
  List<String> errors(String resource) {
    return validator.validateWithResult(resource).getMessages().stream()
        .filter(each -> FAULTS.contains(each.getSeverity()))
        .map(BaseR4::text)
        .toList();
  }

  private static String text(SingleValidationMessage message) {
    return message.getLocationString() + ": " + message.getMessage();
  }
}
