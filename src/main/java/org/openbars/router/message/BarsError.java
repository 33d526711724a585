package org.openbars.router.message;

import static org.openbars.router.message.LiveRow.RECEIVER_EXCEPTION;
import static org.openbars.router.message.LiveRow.RECEIVER_FORBIDDEN;
import static org.openbars.router.message.LiveRow.RECEIVER_NO_STORE;
import static org.openbars.router.message.LiveRow.RECEIVER_TIMEOUT;
import static org.openbars.router.message.LiveRow.RECEIVER_UNAVAILABLE;
import static org.openbars.router.message.LiveRow.TARGET_SCHEMA;
import static org.openbars.router.message.LiveRow.TOO_MANY_REQUESTS;
import static org.openbars.router.message.LiveRow.TRACING_ID_MISSING;
import static org.openbars.router.message.LiveRow.VERSION;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every answer of our own that is not a success: who failed (the prefix of its code: SEND the
 * sender, PROXY the router, REC the receiver), what the sender is told, and whether it may simply
 * try again. Source: Core 1.5.0 Message-Routing and General-Failure-Scenarios, the former winning.
 * Diagnostics hold no patient data and no address.
 */
public enum BarsError {
  REQUEST_ID_MISSING(
      400,
      "SEND_BAD_REQUEST",
      "required",
      TRACING_ID_MISSING,
      "The header X-Request-Id is missing."),
  CORRELATION_ID_MISSING(
      400,
      "SEND_BAD_REQUEST",
      "required",
      TRACING_ID_MISSING,
      "The header X-Correlation-Id is missing."),
  REQUEST_ID_INVALID(
      400,
      "PROXY_BAD_REQUEST",
      "invalid",
      TRACING_ID_MISSING,
      "The header X-Request-Id must be one UUID, sent once."),
  CORRELATION_ID_INVALID(
      400,
      "PROXY_BAD_REQUEST",
      "invalid",
      TRACING_ID_MISSING,
      "The header X-Correlation-Id must be one UUID, sent once."),
  TARGET_MISSING(
      400,
      "SEND_BAD_REQUEST",
      "required",
      LiveRow.TARGET_NOT_BASE64,
      "The header NHSD-Target-Identifier is missing."),
  TARGET_NOT_BASE64(
      400,
      "PROXY_BAD_REQUEST",
      "invalid",
      LiveRow.TARGET_NOT_BASE64,
      "The header NHSD-Target-Identifier is not standard Base64."),
  TARGET_MALFORMED(
      400,
      "PROXY_BAD_REQUEST",
      "structure",
      TARGET_SCHEMA,
      "The header NHSD-Target-Identifier must be the Base64 of one JSON object with the text members system and value,"
          + " neither empty nor repeated."),
  TARGET_REPEATED(
      400,
      "PROXY_BAD_REQUEST",
      "structure",
      TARGET_SCHEMA,
      "The header NHSD-Target-Identifier must be sent once."),
  REQUEST_MALFORMED(
      400,
      "SEND_BAD_REQUEST",
      "invalid",
      null,
      "The request line, path, headers or framing of the message are not valid HTTP, or not allowed here."),
  TOKEN_MISSING(
      401, "SEND_UNAUTHORIZED", "unknown", LiveRow.TOKEN_MISSING, "No access token was provided."),
  TOKEN_EXPIRED(
      401, "SEND_UNAUTHORIZED", "expired", LiveRow.TOKEN_INVALID, "The access token has expired."),
  TOKEN_INVALID(
      401,
      "SEND_UNAUTHORIZED",
      "security",
      LiveRow.TOKEN_INVALID,
      "The access token is not valid."),
  GATEWAY_ONLY(
      401,
      "SEND_UNAUTHORIZED",
      "security",
      LiveRow.TOKEN_INVALID,
      "The request did not come through the API gateway."),
  APPLICATION_UNNAMED(
      401,
      "SEND_UNAUTHORIZED",
      "unknown",
      LiveRow.TOKEN_MISSING,
      "The API gateway did not name the application."),
  SCOPE_MISSING(
      403,
      "SEND_FORBIDDEN",
      "forbidden",
      LiveRow.NOT_SUBSCRIBED,
      "The access token does not allow the Booking and Referral API."),
  UNKNOWN_PATH(404, "PROXY_NOT_FOUND", "not-found", null, "The API has no such path."),
  WRONG_METHOD(
      405,
      "SEND_METHOD_NOT_ALLOWED",
      "not-supported",
      null,
      "The path does not allow this method; the header Allow lists those it does."),
  VERSION_NOT_SERVED(
      406,
      "SEND_NOT_ACCEPTABLE",
      "processing",
      VERSION,
      "The version asked for in the header Accept is not served."),
  TARGET_UNKNOWN(
      404,
      "PROXY_NOT_FOUND",
      "not-found",
      LiveRow.TARGET_UNKNOWN,
      "The service named in the header NHSD-Target-Identifier is not known."),
  TARGET_AMBIGUOUS(
      404,
      "PROXY_NOT_FOUND",
      "multiple-matches",
      LiveRow.TARGET_UNKNOWN,
      "The service named in the header NHSD-Target-Identifier has more than one usable endpoint."),
  DESTINATION_MISMATCH(
      400,
      "PROXY_BAD_REQUEST",
      "invalid",
      null,
      "The message's own destination is not the service named in the header NHSD-Target-Identifier;"
          + " nothing was sent to the receiver."),
  BODY_TOO_LARGE(
      413, "SEND_BAD_REQUEST", "too-long", null, "The body is larger than this router accepts."),
  LINE_TOO_LONG(
      414,
      "SEND_BAD_REQUEST",
      "too-long",
      null,
      "The request line is longer than this router accepts."),
  HEADERS_TOO_LARGE(
      431,
      "SEND_BAD_REQUEST",
      "too-long",
      null,
      "The headers are larger or more than this router accepts."),
  QUOTA_EXCEEDED(
      429,
      "SEND_TOO_MANY_REQUESTS",
      "throttled",
      TOO_MANY_REQUESTS,
      "The application has sent too many requests; try again after the time in the header Retry-After."),
  APPLICATION_SUSPENDED(
      403,
      "SEND_FORBIDDEN",
      "forbidden",
      null,
      "Messages of this application are suspended; nothing was sent to the receiver."),
  OVERLOADED(
      503,
      "PROXY_UNAVAILABLE",
      "transient",
      null,
      "The router is overloaded; nothing was sent to the receiver."),
  DRAINING(
      503,
      "PROXY_UNAVAILABLE",
      "transient",
      null,
      "The router is stopping; nothing was sent to the receiver."),
  KEYS_UNAVAILABLE(
      503,
      "PROXY_UNAVAILABLE",
      "transient",
      null,
      "The router cannot check the access token at the moment; nothing was sent to the receiver."),
  AUDIT_FULL(
      503,
      "PROXY_UNAVAILABLE",
      "transient",
      null,
      "The router cannot record the exchange at the moment; nothing was sent to the receiver."),
  NO_DIRECTORY(
      503,
      "PROXY_UNAVAILABLE",
      "transient",
      null,
      "The router has not loaded its target directory; nothing was sent to the receiver."),
  RECEIVER_BUSY(
      503,
      "REC_SERVICE_UNAVAILABLE",
      "transient",
      RECEIVER_UNAVAILABLE,
      "The receiver has too many messages in flight; nothing was sent to it."),
  RECEIVER_SUSPENDED(
      503,
      "REC_SERVICE_UNAVAILABLE",
      "transient",
      RECEIVER_UNAVAILABLE,
      "The receiver has been failing and is given time to recover; nothing was sent to it."),
  TARGET_SUSPENDED(
      503,
      "REC_SERVICE_UNAVAILABLE",
      "transient",
      RECEIVER_UNAVAILABLE,
      "Messages to this receiver are suspended for the time being; nothing was sent to it."),
  RECEIVER_UNREACHABLE(
      503,
      "REC_SERVICE_UNAVAILABLE",
      "transient",
      RECEIVER_UNAVAILABLE,
      "No connection to the receiver could be made; nothing was sent to it."),
  RECEIVER_NOT_RESOLVED(
      503,
      "REC_SERVICE_UNAVAILABLE",
      "transient",
      RECEIVER_UNAVAILABLE,
      "The receiver's host name could not be resolved; nothing was sent to it."),
  RECEIVER_TLS_FAILED(
      503,
      "REC_SERVICE_UNAVAILABLE",
      "transient",
      RECEIVER_UNAVAILABLE,
      "No secure connection to the receiver could be made; nothing was sent to it."),
  RECEIVER_BROKE_OFF(
      503,
      "REC_SERVICE_UNAVAILABLE",
      "transient",
      RECEIVER_UNAVAILABLE,
      "The receiver broke off before it answered: the outcome is unknown. Retry with the same X-Request-Id."),
  RECEIVER_TIMED_OUT(
      408,
      "REC_TIMEOUT",
      "timeout",
      RECEIVER_TIMEOUT,
      "The receiver did not answer in time: the outcome is unknown. Retry with the same X-Request-Id."),
  RECEIVER_ANSWERED_FORBIDDEN(
      403,
      "REC_FORBIDDEN",
      "forbidden",
      RECEIVER_FORBIDDEN,
      "The receiver answered 403 without an OperationOutcome."),
  RECEIVER_ANSWERED_ERROR(
      500,
      "REC_SERVER_ERROR",
      "exception",
      RECEIVER_EXCEPTION,
      "The receiver answered with a server error and no OperationOutcome."),
  RECEIVER_ANSWERED_NO_STORE(
      500,
      "REC_SERVER_ERROR",
      "no-store",
      RECEIVER_NO_STORE,
      "The receiver could not store the message."),
  RECEIVER_ANSWERED_UNAVAILABLE(
      503,
      "REC_SERVICE_UNAVAILABLE",
      "transient",
      RECEIVER_UNAVAILABLE,
      "The receiver answered 503 without an OperationOutcome."),
  RECEIVER_ANSWERED_TIMEOUT(
      408,
      "REC_TIMEOUT",
      "timeout",
      RECEIVER_TIMEOUT,
      "The receiver answered 504 without an OperationOutcome: the outcome is unknown. Retry with the same"
          + " X-Request-Id."),
  ROUTING_LOOP(
      500,
      "PROXY_SERVER_ERROR",
      "exception",
      null,
      "The message has passed this router before; nothing was sent to the receiver."),
  ROUTER_FAULT(500, "PROXY_SERVER_ERROR", "exception", null, "The router failed.");

  private final int status;
  private final String code;
  private final String issue;
  private final @Nullable LiveRow live;
  private final String diagnostics;

  BarsError(int status, String code, String issue, @Nullable LiveRow live, String diagnostics) {
    this.status = status;
    this.code = code;
    this.issue = issue;
    this.live = live;
    this.diagnostics = diagnostics;
  }

  /** The HTTP status; the same in both dialects. */
  public int status() {
    return status;
  }

  /** The code in the system {@code http-error-codes}, in dialect {@code guide}. */
  public String code() {
    return code;
  }

  /** The FHIR issue type, in dialect {@code guide}. */
  public String issue() {
    return issue;
  }

  /**
   * The live proxy's own body for this fault; empty where it has none, and then the guide's words
   * stand in its form.
   */
  public Optional<LiveRow> live() {
    return Optional.ofNullable(live);
  }

  /** The text for a person, in dialect {@code guide}. */
  public String diagnostics() {
    return diagnostics;
  }

  /** Whether the answer carries {@code Retry-After}. */
  public boolean retryAfter() {
    return switch (this) {
      case QUOTA_EXCEEDED,
          OVERLOADED,
          DRAINING,
          KEYS_UNAVAILABLE,
          AUDIT_FULL,
          NO_DIRECTORY,
          RECEIVER_BUSY,
          RECEIVER_SUSPENDED,
          TARGET_SUSPENDED ->
          true;
      default -> false;
    };
  }
}
