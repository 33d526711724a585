package org.openbars.router.sandbox.synthetic;

import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;

/** A receiver's own OperationOutcomes: the codes that the guide prefixes with REC. */
public final class ReceiverOutcome {
  private static final String SYSTEM = "https://fhir.nhs.uk/CodeSystem/http-error-codes";
  private static final String PROFILE =
      "https://fhir.hl7.org.uk/StructureDefinition/UKCore-OperationOutcome";

  private ReceiverOutcome() {}

  /** What a receiver says with this status (Core 1.5.0, Failure-Scenarios). */
  public static OperationOutcome of(int status) {
    return switch (status) {
      case 400 -> error(400, "REC_BAD_REQUEST", IssueType.INVALID, "The message is not valid.");
      case 401 -> error(401, "REC_UNAUTHORIZED", IssueType.SECURITY, "The caller is not known.");
      case 403 -> error(403, "REC_FORBIDDEN", IssueType.FORBIDDEN, "The caller may not do this.");
      case 404 -> error(404, "REC_NOT_FOUND", IssueType.NOTFOUND, "There is no such resource.");
      case 405 ->
          error(405, "REC_METHOD_NOT_ALLOWED", IssueType.NOTSUPPORTED, "Method not allowed here.");
      case 406 -> error(406, "REC_NOT_ACCEPTABLE", IssueType.PROCESSING, "Version not held.");
      case 408 -> error(408, "REC_TIMEOUT", IssueType.TIMEOUT, "The receiver took too long.");
      case 409 -> error(409, "REC_CONFLICT", IssueType.DUPLICATE, "Processed before.");
      case 413 -> error(413, "REC_BAD_REQUEST", IssueType.TOOLONG, "The body is too large.");
      case 422 ->
          error(422, "REC_UNPROCESSABLE_ENTITY", IssueType.NOTSUPPORTED, "Use case not held.");
      case 425 -> error(425, "REC_TOO_EARLY", IssueType.TRANSIENT, "Still being processed.");
      case 429 -> error(429, "REC_TOO_MANY_REQUESTS", IssueType.THROTTLED, "Too many requests.");
      case 501 -> error(501, "REC_NOT_IMPLEMENTED", IssueType.NOTSUPPORTED, "Not implemented.");
      case 502, 503 ->
          error(status, "REC_SERVICE_UNAVAILABLE", IssueType.TRANSIENT, "Not available now.");
      case 504 -> error(504, "REC_TIMEOUT", IssueType.TIMEOUT, "A system behind took too long.");
      default -> error(status, "REC_SERVER_ERROR", IssueType.EXCEPTION, "The receiver failed.");
    };
  }

  /** A message without both tracing ids (Core 1.5.0, Receiver-responsibilities). */
  public static OperationOutcome idsMissing() {
    return error(
        400, "REC_BAD_REQUEST", IssueType.REQUIRED, "X-Request-Id or X-Correlation-Id is missing.");
  }

  /** What a deletion is answered with. */
  public static OperationOutcome done() {
    OperationOutcome outcome = empty("9a3c1c52-2f0b-4d0e-8f63-0d5a2d7be200");
    outcome
        .addIssue()
        .setSeverity(IssueSeverity.INFORMATION)
        .setCode(IssueType.INFORMATIONAL)
        .setDiagnostics("Deleted.");
    return outcome;
  }

  /** One error. */
  public static OperationOutcome error(
      int status, String code, IssueType type, String diagnostics) {
    OperationOutcome outcome = empty("9a3c1c52-2f0b-4d0e-8f63-0d5a2d7be" + status);
    Coding coding = new Coding(SYSTEM, code, status + " - " + code);
    outcome
        .addIssue()
        .setSeverity(IssueSeverity.ERROR)
        .setCode(type)
        .setDetails(new CodeableConcept(coding))
        .setDiagnostics(diagnostics);
    return outcome;
  }

  private static OperationOutcome empty(String id) {
    OperationOutcome outcome = new OperationOutcome();
    outcome.setId(id);
    outcome.getMeta().addProfile(PROFILE);
    return outcome;
  }
}
