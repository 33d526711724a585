package org.openbars.router.route;

import static org.openbars.router.fixture.RawRequest.CORRELATION_ID;
import static org.openbars.router.fixture.RawRequest.REQUEST_ID;
import static org.openbars.router.fixture.RawRequest.TARGET;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.LiveRow;

/** Every fault in a sender's message, in the order of checks. */
final class SenderFaults {
  /** A Device whose first identifier is {@code https://software|suspended}. */
  private static final String SUSPENDED_SOFTWARE =
      "eyJpZGVudGlmaWVyIjpbeyJzeXN0ZW0iOiJodHRwczovL3NvZnR3YXJlIiwidmFsdWUiOiJzdXNwZW5kZWQifV19";

  private static final String OTHER_ID = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6";

  private static final String FOR_ANOTHER =
      "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":\"MessageHeader\","
          + "\"destination\":[{\"endpoint\":\"tests|another\"}]}}]}";

  private SenderFaults() {}

  static List<FaultRow> all() {
    List<FaultRow> rows = new ArrayList<>();
    rows.addAll(sizes());
    rows.addAll(framing());
    rows.addAll(ids());
    rows.addAll(paths());
    rows.addAll(targets());
    return rows;
  }

  private static List<FaultRow> sizes() {
    return List.of(
        tooLong(
                "body over the limit by its length",
                413,
                BarsError.BODY_TOO_LARGE,
                good -> post(good).only("Content-Length", "99999999"))
            .http1Only(),
        tooLong(
                "chunked body that grows over the limit",
                413,
                BarsError.BODY_TOO_LARGE,
                good -> post(good).chunked("x".repeat(FaultWorld.MAX_BODY + 1)))
            .http1Only()
            .arrives(),
        tooLong(
                "request line over the limit",
                414,
                BarsError.LINE_TOO_LONG,
                good -> good.at("/Slot?" + "x".repeat(9000)))
            .headersUnread(),
        tooLong(
                "headers over the limit in bytes",
                431,
                BarsError.HEADERS_TOO_LARGE,
                good -> good.with("X-Long", "x".repeat(17 * 1024)))
            .headersUnread(),
        tooLong(
                "more than 100 headers",
                431,
                BarsError.HEADERS_TOO_LARGE,
                good -> {
                  RawRequest more = good;
                  for (int i = good.headers().size(); i < 101; i++) {
                    more = more.with("X-Header-" + i, "x");
                  }
                  return more;
                })
            // Host is a pseudo header there.
            .http1Only());
  }

  private static FaultRow tooLong(String name, int status, BarsError error, Change change) {
    return FaultRow.of(name, (world, good) -> change.of(good))
        .guide(error, status, "SEND_BAD_REQUEST", "too-long")
        .liveInGuidesWords();
  }

  private static List<FaultRow> framing() {
    return List.of(
        malformed("encoded slash in the path", good -> good.at("/Appointment/a%2Fb")),
        malformed("dot segment in the path", good -> good.at("/Slot/../Appointment")),
        malformed("method TRACE", good -> good.method("TRACE")),
        malformed(
                "Connection that names X-Request-Id",
                good -> good.with("Connection", "X-Request-Id"))
            .http1Only(),
        malformed(
                "Connection that names the target header",
                good -> good.with("Connection", "close, nhsd-target-identifier"))
            .http1Only(),
        malformed(
                "transfer coding other than chunked",
                good ->
                    post(good).only("Transfer-Encoding", "gzip, chunked").afterHead("0\r\n\r\n"))
            .http1Only(),
        malformed(
                "length that is no number",
                good -> post(good).only("Content-Length", "1x").afterHead("x"))
            .headersUnread(),
        malformed(
                "two lengths that differ",
                good ->
                    post(good)
                        .with("Content-Length", "3")
                        .with("Content-Length", "4")
                        .afterHead("abcd"))
            .headersUnread(),
        malformed("control byte in a header", good -> good.with("X-Odd", "a\u0001b"))
            .headersUnread());
  }

  private static FaultRow malformed(String name, Change change) {
    return FaultRow.of(name, (world, good) -> change.of(good))
        .guide(BarsError.REQUEST_MALFORMED, 400, "SEND_BAD_REQUEST", "invalid")
        .liveInGuidesWords();
  }

  private static List<FaultRow> ids() {
    return List.of(
        missingId("no X-Request-Id", BarsError.REQUEST_ID_MISSING, g -> g.without(REQUEST_ID)),
        missingId("empty X-Request-Id", BarsError.REQUEST_ID_MISSING, g -> g.only(REQUEST_ID, "")),
        missingId(
            "no X-Correlation-Id",
            BarsError.CORRELATION_ID_MISSING,
            g -> g.without(CORRELATION_ID)),
        missingId(
            "empty X-Correlation-Id",
            BarsError.CORRELATION_ID_MISSING,
            g -> g.only(CORRELATION_ID, "")),
        missingId(
            "neither id, nor a known path, nor a target",
            BarsError.REQUEST_ID_MISSING,
            g -> g.without(REQUEST_ID).without(CORRELATION_ID).without(TARGET).at("/Nothing")),
        invalidId(
            "X-Request-Id no UUID", BarsError.REQUEST_ID_INVALID, g -> g.only(REQUEST_ID, "12345")),
        invalidId(
            "X-Request-Id in braces",
            BarsError.REQUEST_ID_INVALID,
            g -> g.only(REQUEST_ID, "{" + OTHER_ID + "}")),
        invalidId(
            "X-Request-Id twice", BarsError.REQUEST_ID_INVALID, g -> g.with(REQUEST_ID, OTHER_ID)),
        invalidId(
            "X-Request-Id twice the same",
            BarsError.REQUEST_ID_INVALID,
            g -> g.with("x-request-id", RunningRouter.REQUEST_ID)),
        invalidId(
            "two ids in one X-Request-Id",
            BarsError.REQUEST_ID_INVALID,
            g -> g.only(REQUEST_ID, OTHER_ID + ", " + OTHER_ID)),
        invalidId(
            "X-Correlation-Id no UUID",
            BarsError.CORRELATION_ID_INVALID,
            g -> g.only(CORRELATION_ID, "not-an-id")),
        invalidId(
            "X-Correlation-Id twice",
            BarsError.CORRELATION_ID_INVALID,
            g -> g.with(CORRELATION_ID, OTHER_ID)),
        invalidId(
                "X-Request-Id with a Latin-1 letter",
                BarsError.REQUEST_ID_INVALID,
                g -> g.only(REQUEST_ID, "caf\u00e9"))
            .live(LiveRow.TRACING_ID_MISSING),
        invalidId(
                "X-Correlation-Id with a Latin-1 letter",
                BarsError.CORRELATION_ID_INVALID,
                g -> g.only(CORRELATION_ID, "caf\u00e9"))
            .live(LiveRow.TRACING_ID_MISSING));
  }

  private static FaultRow missingId(String name, BarsError error, Change change) {
    return FaultRow.of(name, (world, good) -> change.of(good))
        .guide(error, 400, "SEND_BAD_REQUEST", "required")
        .live(LiveRow.TRACING_ID_MISSING);
  }

  private static FaultRow invalidId(String name, BarsError error, Change change) {
    return FaultRow.of(name, (world, good) -> change.of(good))
        .guide(error, 400, "PROXY_BAD_REQUEST", "invalid");
  }

  private static List<FaultRow> paths() {
    return List.of(
        FaultRow.of("path of no interaction", (w, g) -> g.at("/Nothing"))
            .guide(BarsError.UNKNOWN_PATH, 404, "PROXY_NOT_FOUND", "not-found"),
        FaultRow.of("path below an instance", (w, g) -> g.at("/Appointment/1/_history"))
            .guide(BarsError.UNKNOWN_PATH, 404, "PROXY_NOT_FOUND", "not-found"),
        FaultRow.of("path outside the base path", (w, g) -> g.atTarget("/Slot"))
            .guide(BarsError.UNKNOWN_PATH, 404, "PROXY_NOT_FOUND", "not-found")
            .liveInGuidesWords(),
        FaultRow.of(
                "path that only begins like the base path",
                (w, g) -> g.atTarget(RunningRouter.BASE_PATH + "x/Slot"))
            .guide(BarsError.UNKNOWN_PATH, 404, "PROXY_NOT_FOUND", "not-found")
            .liveInGuidesWords(),
        wrongMethod("DELETE", "/Slot", "GET, HEAD"),
        wrongMethod("GET", "/$process-message", "POST"),
        wrongMethod("PATCH", "/Appointment", "GET, HEAD, POST"),
        wrongMethod("POST", "/ServiceRequest/1", "DELETE, GET, HEAD, PATCH, PUT"),
        wrongMethod("OPTIONS", "/Slot", "GET, HEAD"),
        wrongMethod("MADE-UP", "/MessageDefinition", "GET, HEAD"),
        version("version 2", "2.0.0"),
        version("version 0", "0.9"),
        version("version that is no number", "new"),
        FaultRow.of("DocumentReference before 1.1.0", (w, g) -> g.at("/DocumentReference?type=x"))
            .live(BarsError.VERSION_NOT_SERVED, LiveRow.VERSION),
        FaultRow.of(
                "DocumentReference of 1.0.0",
                (w, g) -> accept(g, "1.0.0").at("/DocumentReference/1"))
            .live(BarsError.VERSION_NOT_SERVED, LiveRow.VERSION));
  }

  private static FaultRow wrongMethod(String method, String path, String allow) {
    return FaultRow.of(method + " " + path, (w, g) -> g.method(method).at(path))
        .guide(BarsError.WRONG_METHOD, 405, "SEND_METHOD_NOT_ALLOWED", "not-supported")
        .allow(allow);
  }

  private static FaultRow version(String name, String version) {
    return FaultRow.of(name, (w, g) -> accept(g, version))
        .guide(BarsError.VERSION_NOT_SERVED, 406, "SEND_NOT_ACCEPTABLE", "processing");
  }

  private static RawRequest accept(RawRequest good, String version) {
    return good.only("Accept", good.values("Accept").get(0) + "; version=" + version);
  }

  private static List<FaultRow> targets() {
    List<FaultRow> rows = new ArrayList<>();
    rows.add(targetMissing("no target header", g -> g.without(TARGET)));
    rows.add(targetMissing("empty target header", g -> g.only(TARGET, "")));
    rows.add(notBase64("words", "this-is-not-base-64"));
    // Standard Base64 writes these two identifiers with a plus and with a slash.
    rows.add(
        notBase64(
            "URL-safe Base64, minus",
            urlSafe("{\"system\":\"s\",\"value\":\"\u00be\u00be\u00be\"}")));
    rows.add(
        notBase64(
            "URL-safe Base64, underline",
            urlSafe("{\"system\":\"s\",\"value\":\"??\u00ff\u00ff>\"}")));
    rows.add(notBase64("a blank within", "eyJz eXN0ZW0iOiJhIn0="));
    rows.add(notBase64("one digit too few", "eyJzeXN0ZW0iOiJhIn0=="));
    rows.add(notBase64("padding alone", "===="));
    rows.add(malformedTarget("not JSON", "not JSON"));
    rows.add(malformedTarget("JSON that breaks off", "{\"system\":\"tests\",\"value\":\"good\""));
    rows.add(malformedTarget("a list", "[\"tests\",\"good\"]"));
    rows.add(malformedTarget("null", "null"));
    rows.add(malformedTarget("no system", "{\"value\":\"good\"}"));
    rows.add(malformedTarget("no value", "{\"system\":\"tests\"}"));
    rows.add(malformedTarget("an empty value", "{\"system\":\"tests\",\"value\":\"\"}"));
    rows.add(malformedTarget("a number for a value", "{\"system\":\"tests\",\"value\":1}"));
    rows.add(
        malformedTarget("members of another case", "{\"System\":\"tests\",\"Value\":\"good\"}"));
    rows.add(
        malformedTarget(
            "a repeated value", "{\"system\":\"tests\",\"value\":\"a\",\"value\":\"good\"}"));
    rows.add(
        malformedTarget(
            "a repeated unknown member",
            "{\"system\":\"tests\",\"a\":1,\"a\":2,\"value\":\"good\"}"));
    rows.add(
        malformedTarget("more after the object", "{\"system\":\"tests\",\"value\":\"good\"} {}"));
    rows.add(
        malformedTarget("text after the object", "{\"system\":\"tests\",\"value\":\"good\"}x"));
    rows.add(
        malformedHeader(
            "bytes that are not UTF-8",
            Base64.getEncoder()
                .encodeToString(
                    "{\"system\":\"tests\",\"value\":\"caf\u00e9\"}"
                        .getBytes(StandardCharsets.ISO_8859_1))));
    rows.add(targetRepeated("two target headers", RunningRouter.header("slow")));
    rows.add(targetRepeated("the same target header twice", RunningRouter.header("good")));
    rows.add(targetUnknown("unknown value", "{\"system\":\"tests\",\"value\":\"nobody\"}"));
    rows.add(targetUnknown("unknown system", "{\"system\":\"nobody\",\"value\":\"good\"}"));
    rows.add(targetUnknown("value of another case", "{\"system\":\"tests\",\"value\":\"GOOD\"}"));
    rows.add(
        targetUnknown(
            "value with a blank at its end", "{\"system\":\"tests\",\"value\":\"good \"}"));
    rows.add(elsewhere("message for another service", g -> post(g).body(FOR_ANOTHER)));
    rows.add(
        elsewhere("chunked message for another service", g -> post(g).chunked(FOR_ANOTHER))
            .http1Only());
    rows.add(
        FaultRow.of(
                "message that was here before", (w, g) -> g.with("Via", "1.0 a, 1.1 bars-router"))
            .guide(BarsError.ROUTING_LOOP, 500, "PROXY_SERVER_ERROR", "exception")
            .liveInGuidesWords());
    rows.add(
        FaultRow.of(
                "application that an operator has suspended",
                (w, g) -> g.with("NHSD-Requesting-Software", SUSPENDED_SOFTWARE))
            .guide(BarsError.APPLICATION_SUSPENDED, 403, "SEND_FORBIDDEN", "forbidden")
            .liveInGuidesWords());
    return rows;
  }

  private static FaultRow elsewhere(String name, Change change) {
    return FaultRow.of(name, (w, g) -> change.of(g))
        .at(FaultRow.Where.REFUSING)
        .guide(BarsError.DESTINATION_MISMATCH, 400, "PROXY_BAD_REQUEST", "invalid")
        .liveInGuidesWords();
  }

  private static FaultRow targetMissing(String name, Change change) {
    return FaultRow.of(name, (w, g) -> change.of(g))
        .guide(BarsError.TARGET_MISSING, 400, "SEND_BAD_REQUEST", "required")
        .live(LiveRow.TARGET_NOT_BASE64);
  }

  private static FaultRow notBase64(String name, String header) {
    return FaultRow.of("target header: " + name, (w, g) -> g.only(TARGET, header))
        .guide(BarsError.TARGET_NOT_BASE64, 400, "PROXY_BAD_REQUEST", "invalid")
        .live(LiveRow.TARGET_NOT_BASE64);
  }

  private static FaultRow malformedTarget(String name, String json) {
    return malformedHeader(name, base64(json));
  }

  private static FaultRow malformedHeader(String name, String header) {
    return FaultRow.of("target: " + name, (w, g) -> g.only(TARGET, header))
        .guide(BarsError.TARGET_MALFORMED, 400, "PROXY_BAD_REQUEST", "structure")
        .live(LiveRow.TARGET_SCHEMA);
  }

  private static FaultRow targetRepeated(String name, String second) {
    return FaultRow.of(name, (w, g) -> g.with("nhsd-target-identifier", second))
        .guide(BarsError.TARGET_REPEATED, 400, "PROXY_BAD_REQUEST", "structure")
        .live(LiveRow.TARGET_SCHEMA);
  }

  private static FaultRow targetUnknown(String name, String json) {
    return FaultRow.of("target: " + name, (w, g) -> g.only(TARGET, base64(json)))
        .guide(BarsError.TARGET_UNKNOWN, 404, "PROXY_NOT_FOUND", "not-found")
        .live(LiveRow.TARGET_UNKNOWN);
  }

  private static RawRequest post(RawRequest good) {
    return good.method("POST").at("/$process-message");
  }

  private static String base64(String json) {
    return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String urlSafe(String json) {
    String header = Base64.getUrlEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    if (header.indexOf('-') < 0 && header.indexOf('_') < 0) {
      throw new IllegalArgumentException("reads the same in standard Base64: " + header);
    }
    return header;
  }

  @FunctionalInterface
  private interface Change {
    RawRequest of(RawRequest good);
  }
}
