package org.openbars.router.sandbox.journey;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.util.List;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.junit.jupiter.api.Test;

/** Every message that a journey sends is one of base FHIR R4. */
final class BaseR4Test {
  @Test
  void x() {
    FhirContext fhir = FhirContext.forR4();
    FhirInstanceValidator r4 =
        new FhirInstanceValidator(
            new ValidationSupportChain(
                new DefaultProfileValidationSupport(fhir),
                new InMemoryTerminologyServerValidationSupport(fhir)));
    r4.setAnyExtensionsAllowed(true);
    r4.setNoTerminologyChecks(true);
    r4.setErrorForUnknownProfiles(false);
    FhirValidator validator = fhir.newValidator().registerValidatorModule(r4);
    long t = System.nanoTime();
    var m =
        org.openbars.router.sandbox.synthetic.SyntheticMessages.from(
            org.openbars.router.sandbox.synthetic.CareSetting.EMERGENCY_DEPARTMENT.target());
    for (int i = 0; i < 3; i++) {
      for (var b : List.of(m.bookingRequest(), m.validationRequest())) {
        t = System.nanoTime();
        var result =
            validator.validateWithResult(
                org.openbars.router.sandbox.synthetic.SyntheticMessages.json(b));
        System.out.println("TOOK " + (System.nanoTime() - t) / 1000000);
        for (SingleValidationMessage each : result.getMessages())
          if (i == 0)
            System.out.println(
                "MSG "
                    + each.getSeverity()
                    + " "
                    + each.getLocationString()
                    + " "
                    + each.getMessage());
      }
    }
  }
}
