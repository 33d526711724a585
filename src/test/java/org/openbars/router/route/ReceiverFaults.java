package org.openbars.router.route;

import static org.openbars.router.fixture.RawRequest.TARGET;

import java.util.ArrayList;
import java.util.List;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.LiveRow;

/** Every fault that lies with a receiver, or with the way to it. */
final class ReceiverFaults {
  private ReceiverFaults() {}

  static List<FaultRow> all() {
    List<FaultRow> rows = new ArrayList<>();
    rows.addAll(unreachable());
    rows.addAll(broken());
    rows.addAll(ownErrors());
    return rows;
  }

  private static List<FaultRow> unreachable() {
    return List.of(
        away("receiver with no permit left", "crowded", BarsError.RECEIVER_BUSY).retryAfter(),
        away("target that an operator has suspended", "suspended", BarsError.TARGET_SUSPENDED)
            .retryAfter(),
        away("receiver that refuses connections", "refused", BarsError.RECEIVER_UNREACHABLE),
        away("receiver whose name is unknown", "unresolved", BarsError.RECEIVER_NOT_RESOLVED),
        away("https to a plain port", "tls-to-plain", BarsError.RECEIVER_TLS_FAILED),
        away("certificate that nobody trusts", "self-signed", BarsError.RECEIVER_TLS_FAILED));
  }

  private static FaultRow away(String name, String target, BarsError error) {
    return FaultRow.of(
            name,
            (w, g) ->
                g.only(TARGET, RunningRouter.header(target))
                    .method("POST")
                    .at("/$process-message")
                    .body("{}"))
        .guide(error, 503, "REC_SERVICE_UNAVAILABLE", "transient")
        .live(LiveRow.RECEIVER_UNAVAILABLE);
  }

  private static List<FaultRow> broken() {
    List<FaultRow> rows = new ArrayList<>();
    for (String how :
        List.of("reset=before-read", "close=before-read", "reset=after-read", "close=after-read")) {
      rows.add(
          FaultRow.receiver("receiver that breaks off, " + how, how)
              .guide(BarsError.RECEIVER_BROKE_OFF, 503, "REC_SERVICE_UNAVAILABLE", "transient")
              .live(LiveRow.RECEIVER_UNAVAILABLE));
    }
    rows.add(
        FaultRow.receiver(
                "receiver that breaks off in an error", "status=503,body=html,reset=mid-body")
            .guide(BarsError.RECEIVER_BROKE_OFF, 503, "REC_SERVICE_UNAVAILABLE", "transient"));
    rows.add(
        FaultRow.of(
                "receiver that does not answer in time",
                (w, g) ->
                    g.only(TARGET, RunningRouter.header("slow"))
                        .method("POST")
                        .at("/$process-message")
                        .body("{}"))
            .guide(BarsError.RECEIVER_TIMED_OUT, 408, "REC_TIMEOUT", "timeout")
            .live(LiveRow.RECEIVER_TIMEOUT)
            .arrives());
    return rows;
  }

  private static List<FaultRow> ownErrors() {
    List<FaultRow> rows = new ArrayList<>();
    for (String body : List.of("html", "none", "text", "html,chunked", "text,size=64KiB")) {
      rows.add(
          replaced(403, body)
              .guide(BarsError.RECEIVER_ANSWERED_FORBIDDEN, 403, "REC_FORBIDDEN", "forbidden")
              .live(LiveRow.RECEIVER_FORBIDDEN));
      rows.add(
          replaced(500, body)
              .guide(BarsError.RECEIVER_ANSWERED_ERROR, 500, "REC_SERVER_ERROR", "exception")
              .live(LiveRow.RECEIVER_EXCEPTION));
      rows.add(
          replaced(502, body)
              .guide(BarsError.RECEIVER_ANSWERED_ERROR, 500, "REC_SERVER_ERROR", "exception"));
      rows.add(
          replaced(503, body)
              .guide(
                  BarsError.RECEIVER_ANSWERED_UNAVAILABLE,
                  503,
                  "REC_SERVICE_UNAVAILABLE",
                  "transient")
              .live(LiveRow.RECEIVER_UNAVAILABLE));
      rows.add(
          replaced(504, body)
              .guide(BarsError.RECEIVER_ANSWERED_TIMEOUT, 408, "REC_TIMEOUT", "timeout")
              .live(LiveRow.RECEIVER_TIMEOUT));
    }
    rows.addAll(onlyInLive());
    return rows;
  }

  /** Live throws a receiver's body away even when it is a good OperationOutcome (D25). */
  private static List<FaultRow> onlyInLive() {
    List<FaultRow> rows = new ArrayList<>();
    for (String body : List.of("outcome", "outcome,encoding=gzip", "text,size=65537")) {
      rows.add(
          replaced(403, body)
              .live(BarsError.RECEIVER_ANSWERED_FORBIDDEN, LiveRow.RECEIVER_FORBIDDEN));
      rows.add(
          replaced(503, body)
              .live(BarsError.RECEIVER_ANSWERED_UNAVAILABLE, LiveRow.RECEIVER_UNAVAILABLE));
      rows.add(
          replaced(504, body).live(BarsError.RECEIVER_ANSWERED_TIMEOUT, LiveRow.RECEIVER_TIMEOUT));
    }
    rows.add(
        echoed(
            "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"no-store\"}]}",
            BarsError.RECEIVER_ANSWERED_NO_STORE,
            LiveRow.RECEIVER_NO_STORE));
    rows.add(
        echoed(
            "{\"resourceType\":\"OperationOutcome\",\"issue\":[]}",
            BarsError.RECEIVER_ANSWERED_ERROR,
            LiveRow.RECEIVER_EXCEPTION));
    return rows;
  }

  private static FaultRow replaced(int status, String body) {
    return FaultRow.receiver(
        "receiver's own " + status + ", " + body, "status=" + status + ",body=" + body);
  }

  private static FaultRow echoed(String outcome, BarsError error, LiveRow row) {
    FaultRow posted = FaultRow.receiver("receiver's own 500, " + outcome, "status=500,echo");
    FaultRow.Make make = posted.make();
    return new FaultRow(
            posted.name(),
            posted.where(),
            posted.behaviour(),
            (w, g) -> make.of(w, g).body(outcome),
            null,
            null,
            posted.traits())
        .live(error, row);
  }
}
