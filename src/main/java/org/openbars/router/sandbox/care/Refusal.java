package org.openbars.router.sandbox.care;

import java.util.Map;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.openbars.router.sandbox.synthetic.ReceiverOutcome;

/** A request that the receiver does not take (Core 1.5.0, Failure-Scenarios and pseudo code). */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final IssueType type;
  private final transient Map<String, String> headers;

  private Refusal(
      int status, String code, IssueType type, String diagnostics, Map<String, String> headers) {
    super(diagnostics, null, false, false);
    this.status = status;
    this.code = code;
    this.type = type;
    this.headers = headers;
  }

  private static Refusal of(int status, String code, IssueType type, String diagnostics) {
    return new Refusal(status, code, type, diagnostics, Map.of());
  }

  /** A content rule of the standard that the message breaks. */
  static Refusal invariant(String diagnostics) {
    return of(400, "REC_BAD_REQUEST", IssueType.INVARIANT, diagnostics);
  }

  static Refusal invalid(String diagnostics) {
    return of(400, "REC_BAD_REQUEST", IssueType.INVALID, diagnostics);
  }

  static Refusal required(String diagnostics) {
    return of(400, "REC_BAD_REQUEST", IssueType.REQUIRED, diagnostics);
  }

  static Refusal value(String diagnostics) {
    return of(400, "REC_BAD_REQUEST", IssueType.VALUE, diagnostics);
  }

  static Refusal notFound(String diagnostics) {
    return of(404, "REC_NOT_FOUND", IssueType.NOTFOUND, diagnostics);
  }

  static Refusal wrongMethod(String allow) {
    return new Refusal(
        405,
        "REC_METHOD_NOT_ALLOWED",
        IssueType.NOTSUPPORTED,
        "Method not allowed here.",
        Map.of("Allow", allow));
  }

  static Refusal notAcceptable(String diagnostics) {
    return of(406, "REC_NOT_ACCEPTABLE", IssueType.PROCESSING, diagnostics);
  }

  static Refusal conflict(String diagnostics) {
    return of(409, "REC_CONFLICT", IssueType.CONFLICT, diagnostics);
  }

  /** The only use of this pair: the request id was processed before. */
  static Refusal duplicate() {
    return of(409, "REC_CONFLICT", IssueType.DUPLICATE, "This request id was processed before.");
  }

  static Refusal tooEarly() {
    return of(
        425, "REC_TOO_EARLY", IssueType.TRANSIENT, "This request id is still being processed.");
  }

  /** A use case, or a version of one, that this receiver does not hold. */
  static Refusal notSupported(String diagnostics) {
    return of(422, "REC_UNPROCESSABLE_ENTITY", IssueType.NOTSUPPORTED, diagnostics);
  }

  int status() {
    return status;
  }

  Map<String, String> headers() {
    return headers;
  }

  OperationOutcome outcome() {
    return ReceiverOutcome.error(status, code, type, String.valueOf(getMessage()));
  }
}
