package org.openbars.router.route;

import static org.openbars.router.fixture.RawRequest.TARGET;

import java.util.List;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Fate;
import org.openbars.router.message.LiveRow;
import org.openbars.router.message.Uuids;

/** Every fault that lies with the router itself, and those of its own endpoints. */
final class NodeFaults {
  private static final Uuids UUIDS = new Uuids();

  private NodeFaults() {}

  static List<FaultRow> all() {
    return List.of(
        unavailable("node overloaded", FaultRow.Where.OVERLOADED, BarsError.OVERLOADED),
        unavailable("node draining", FaultRow.Where.DRAINING, BarsError.DRAINING),
        unavailable("no directory", FaultRow.Where.WITHOUT_DIRECTORY, BarsError.NO_DIRECTORY),
        unavailable("audit full", FaultRow.Where.AUDIT_FULL, BarsError.AUDIT_FULL),
        // Overload is found before anything is read of the message.
        FaultRow.of("node overloaded, ids missing", (w, g) -> g.without(RawRequest.REQUEST_ID))
            .at(FaultRow.Where.OVERLOADED)
            .guide(BarsError.OVERLOADED, 503, "PROXY_UNAVAILABLE", "transient")
            .liveInGuidesWords()
            .retryAfter(),
        fault("own statement that cannot be had", "/metadata"),
        FaultRow.of("no key for /_status", (w, g) -> g.at("/_status"))
            .guide(BarsError.TOKEN_MISSING, 401, "SEND_UNAUTHORIZED", "unknown")
            .live(LiveRow.TOKEN_MISSING),
        FaultRow.of("wrong key for /_status", (w, g) -> g.at("/_status").with("apikey", "wrong"))
            .guide(BarsError.TOKEN_INVALID, 401, "SEND_UNAUTHORIZED", "security")
            .live(LiveRow.TOKEN_INVALID));
  }

  private static FaultRow unavailable(String name, FaultRow.Where where, BarsError error) {
    return FaultRow.of(name, (w, g) -> g.method("POST").at("/$process-message").body("{}"))
        .at(where)
        .guide(error, 503, "PROXY_UNAVAILABLE", "transient")
        .liveInGuidesWords()
        .retryAfter();
  }

  private static FaultRow fault(String name, String path) {
    return FaultRow.of(name, (w, g) -> g.at(path).without(TARGET))
        .at(FaultRow.Where.FAILING)
        .guide(BarsError.ROUTER_FAULT, 500, "PROXY_SERVER_ERROR", "exception")
        .liveInGuidesWords();
  }

  /** Sent to the overloaded router once, so that it has no room left. */
  static RawRequest filling() {
    return RawRequest.message("GET", "/Slot", "hanging");
  }

  /** Another exchange's record, large, for the journal of the router whose audit is away. */
  static ExchangeRecord recorded() {
    String large = "x".repeat(2000);
    return new ExchangeRecord(
        UUIDS.timeOrdered(System.currentTimeMillis()),
        "node",
        new ExchangeRecord.Asked(
            "127.0.0.1", "GET", null, null, null, null, null, null, large, large, large, null),
        null,
        new ExchangeRecord.Steps(0, 0, 0, 0, 0),
        new ExchangeRecord.Result(Fate.REFUSED, 404, BarsError.TARGET_UNKNOWN, 0, 0));
  }
}
