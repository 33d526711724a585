package org.openbars.router.fhir;

import static org.hl7.fhir.r4.model.Enumerations.SearchParamType.DATE;
import static org.hl7.fhir.r4.model.Enumerations.SearchParamType.STRING;
import static org.hl7.fhir.r4.model.Enumerations.SearchParamType.TOKEN;

import java.util.List;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Enumerations.SearchParamType;

/**
 * What a sender may search a type by, named as the BaRS API names it (its OpenAPI, 1.0.0 to 1.4.0).
 * The router forwards a query as it is, these or others.
 */
public record SearchParameters(List<Parameter> parameters, List<String> includes) {
  public SearchParameters {
    parameters = List.copyOf(parameters);
    includes = List.copyOf(includes);
  }

  /** One parameter and what to write there. */
  public record Parameter(String name, SearchParamType type, String meaning) {}

  private static final List<Parameter> PATIENT =
      List.of(
          new Parameter(
              "patient:identifier",
              TOKEN,
              "NHS number, with the system https://fhir.nhs.uk/Id/nhs-number"),
          new Parameter("patient:name", STRING, "The patient's name"),
          new Parameter("patient:birthdate", DATE, "The patient's date of birth"),
          new Parameter("patient:address-postalcode", STRING, "The patient's postcode"));

  private static final SearchParameters MESSAGE_DEFINITION =
      new SearchParameters(
          List.of(
              new Parameter(
                  "context",
                  TOKEN,
                  "Required; a service or a use case, system|value; may be given twice")),
          List.of());

  private static final SearchParameters SLOT =
      new SearchParameters(
          List.of(
              new Parameter("status", TOKEN, "Required; free, busy or both"),
              new Parameter("start", DATE, "Required, twice: from (ge) and to (le), in UTC"),
              new Parameter(
                  "Schedule.actor:HealthcareService", TOKEN, "The service, system|value")),
          List.of(
              "Slot:schedule",
              "Schedule:actor:Practitioner",
              "Schedule:actor:PractitionerRole",
              "Schedule:actor:HealthcareService",
              "HealthcareService:providedBy",
              "HealthcareService:location",
              "Slot:*"));

  private static final SearchParameters APPOINTMENT = new SearchParameters(PATIENT, List.of());

  private static final SearchParameters SERVICE_REQUEST =
      new SearchParameters(
          Stream.concat(
                  PATIENT.stream(),
                  Stream.of(
                      new Parameter(
                          "ServiceRequest.identifier", TOKEN, "The referral's identifier")))
              .toList(),
          List.of());

  /** Those of a resource type that can be searched for. */
  public static SearchParameters of(String type) {
    return switch (type) {
      case "MessageDefinition" -> MESSAGE_DEFINITION;
      case "Slot" -> SLOT;
      case "Appointment" -> APPOINTMENT;
      case "ServiceRequest" -> SERVICE_REQUEST;
      default -> throw new IllegalStateException("no search parameters are known for " + type);
    };
  }
}
