package org.openbars.router.message;

/**
 * The bodies that the live proxy answers with, word for word (its ErrorRepository.js): code, issue
 * code, profile, system, fixed id and diagnostics.
 */
public enum LiveRow {
  TOO_MANY_REQUESTS(
      429,
      "PROXY_TOO_MANY_REQUESTS",
      "429",
      true,
      true,
      "531e073a-3295-4e67-ae90-e00bd96a9cdd",
      "Too many requests have been made by this source in a given amount of time: (further diagnostics information,"
          + " error message/error text)"),
  TOKEN_INVALID(
      401,
      "SEND_UNAUTHORIZED",
      "security",
      false,
      false,
      "d7aaf12e-7b94-4ef6-b047-d2d92981b1cd",
      "The user or system was not able to be authenticated, either the access token was invalid, or not provided."),
  TOKEN_MISSING(
      401,
      "SEND_UNAUTHORIZED",
      "unknown",
      false,
      false,
      "e1112dbd-7aaf-412e-9b94-ef6e047d2d92",
      "No Access token was provided."),
  NOT_SUBSCRIBED(
      403,
      "SEND_FORBIDDEN",
      "forbidden",
      false,
      false,
      "3ce474db-cbc8-4682-a5ab-ca2a4eda1dae",
      "The access token was provided, but BaRS is not enabled."),
  TRACING_ID_MISSING(
      400,
      "BAD_REQUEST",
      "invalid",
      false,
      false,
      "42c78e78-c06a-462a-8194-956e6a8dc4a2",
      "The X-Request-Id or the X-Correlation-Id was not included Or the NHSD-Target-Identifier was not included"
          + " (depending on the endpoint being called)."),
  VERSION(
      406,
      "SEND_NOT_ACCEPTABLE",
      "processing",
      true,
      false,
      "531e073a-3295-4e67-ae90-e00bd96a9cdd",
      "Senders message had an incorrect content type defined for a response: &lt;further diagnostics information, error"
          + " message/error text&gt;"),
  TARGET_NOT_BASE64(
      400,
      "PROXY_BAD_REQUEST",
      "400",
      true,
      true,
      "76825bab-2cab-432a-b881-66ec070981d8",
      "The base64 decoding of the NHSD-Target-Identifier header failed."),
  TARGET_SCHEMA(
      400,
      "PROXY_BAD_REQUEST",
      "structure",
      true,
      true,
      "da38f50a-160a-4e5d-8e77-117b0759053a",
      "Invalid schema for NHSD-Target-Identifier header"),
  TARGET_UNKNOWN(
      404,
      "PROXY_NOT_FOUND",
      "not-found",
      false,
      false,
      "531e073a-3295-4e67-ae90-e00bd96a9cdd",
      "The target endpoint does not exist in the Endpoint Catalogue."),
  RECEIVER_UNAVAILABLE(
      503,
      "REC_SERVICE_UNAVAILABLE",
      "transient",
      false,
      false,
      "4b87b05b-7a20-4994-abea-57778024d216",
      "The response from the receiver was a 503, with no detail. Also useful if there is a connection failure such as the"
          + " endpoint not being found, or failing to resolve."),
  RECEIVER_NO_STORE(
      500,
      "REC_SERVER_ERROR",
      "no-store",
      false,
      false,
      "ca0f6c46-589e-4558-a937-d4974e1112db",
      "internal data storage issue."),
  RECEIVER_EXCEPTION(
      500,
      "REC_SERVER_ERROR",
      "exception",
      false,
      false,
      "b38b875b-a1cf-4104-a900-3a5d3ce474db",
      "unhandled exception."),
  RECEIVER_TIMEOUT(
      408,
      "REC_TIMEOUT",
      "timeout",
      false,
      false,
      "5abca2a4-eda1-4dae-8cc9-5d48c6b791dc",
      "The connection to the Receiver timed out."),
  RECEIVER_FORBIDDEN(
      403,
      "REC_FORBIDDEN",
      "forbidden",
      false,
      false,
      "c936667e-13b0-4f56-94b1-e944a459837e",
      "TLS-MA failure.");

  private static final String P1 =
      "https://simplifier.net/guide/UKCoreDevelopment2/ProfileUKCore-OperationOutcome";
  private static final String P2 =
      "https://fhir.hl7.org.uk/StructureDefinition/UKCore-OperationOutcome";
  private static final String S1 = "https://fhir.nhs.uk/Codesystem/http-error-codes";
  private static final String S2 = "http://hl7.org/fhir/ValueSet/operation-outcome";

  private final int status;
  private final String code;
  private final String issue;
  private final String profile;
  private final String system;
  private final String id;
  private final String diagnostics;

  LiveRow(
      int status,
      String code,
      String issue,
      boolean secondProfile,
      boolean secondSystem,
      String id,
      String diagnostics) {
    this.status = status;
    this.code = code;
    this.issue = issue;
    this.profile = secondProfile ? P2 : P1;
    this.system = secondSystem ? S2 : S1;
    this.id = id;
    this.diagnostics = diagnostics;
  }

  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  /**
   * The issue code as the live proxy writes it; {@code 400} and {@code 429} are not FHIR issue
   * types (D1, D3).
   */
  public String issue() {
    return issue;
  }

  public String profile() {
    return profile;
  }

  public String system() {
    return system;
  }

  public String id() {
    return id;
  }

  public String diagnostics() {
    return diagnostics;
  }
}
