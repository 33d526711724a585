package org.openbars.router.route;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openbars.router.identify.Identified;
import org.openbars.router.identify.Identified.Identity;
import org.openbars.router.identify.PatientInQuery;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Fate;
import org.openbars.router.message.Inspection;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.message.Uuids;
import org.openbars.router.stream.Hold;
import org.openbars.router.stream.Passage;
import org.openbars.router.wire.RequestHeads;

/** What is known of one exchange so far, gathered for the audit, the access log and the meters. */
final class Trace {
  private static final int MAX_METHOD = 16;
  private static final Identity NOBODY = new Identity(null, null, null, null);

  private final Router router;
  private final HttpServerRequest request;
  private final RequestHeads heads;
  private final long startedAt = System.nanoTime();
  private final long received;
  private final UUID id;
  private Identity identity = NOBODY;
  private @Nullable TargetIdentifier target;
  private @Nullable ReceiverHost receiver;
  private @Nullable String rawQuery;
  private @Nullable String application;
  private @Nullable BodyLook look;
  private @Nullable Hold hold;
  private @Nullable Passage passage;
  private long ownBytes;

  Trace(Router router, HttpServerRequest request, RequestHeads heads) {
    this.router = router;
    this.request = request;
    this.heads = heads;
    long millis = router.clock.millis();
    this.received = TimeUnit.MILLISECONDS.toMicros(millis);
    this.id = router.uuids.timeOrdered(millis);
  }

  UUID id() {
    return id;
  }

  Identity identity() {
    return identity;
  }

  /** The ids an answer of ours mirrors, also when the exchange ended before they were checked. */
  Identity mirrored() {
    return identity.equals(NOBODY) ? router.identifier.ids(heads) : identity;
  }

  @Nullable ReceiverHost receiver() {
    return receiver;
  }

  void query(@Nullable String raw) {
    rawQuery = raw;
  }

  void application(@Nullable String proven) {
    application = proven;
  }

  @Nullable String application() {
    return application;
  }

  void identified(Identified identified) {
    identity = identified.identity();
    if (identified instanceof Identified.ForReceiver message) {
      target = message.target();
    }
  }

  /**
   * A path outside the base path is none of the API's, in both dialects; ids are asked for all the
   * same.
   */
  Identified outsideBasePath() {
    return router.identifier.outsideBasePath(heads);
  }

  void receiver(ReceiverHost host) {
    receiver = host;
  }

  void look(@Nullable BodyLook taken) {
    look = taken;
  }

  void hold(Hold begun) {
    hold = begun;
  }

  void passage(Passage opened) {
    passage = opened;
  }

  void sentBytes(int bytes) {
    ownBytes = bytes;
  }

  /** The record of an exchange whose message is about to go: nobody knows yet how it ends. */
  ExchangeRecord soFar() {
    return new ExchangeRecord(
        id, router.node.name(), asked(), null, steps(0), result(Fate.OUTCOME_UNKNOWN, 0, null));
  }

  /** Ends the exchange, for the meters and the access log; gives its record. */
  ExchangeRecord end(Fate fate, int status, @Nullable BarsError error) {
    long now = System.nanoTime();
    Inspection inspection = look == null ? null : look.inspection();
    ExchangeRecord record =
        new ExchangeRecord(
            id, router.node.name(), asked(), inspection, steps(now), result(fate, status, error));
    router.meters.ended(
        identity.interaction(),
        fate,
        now - startedAt,
        record.result().bytesFromSender(),
        record.result().bytesToSender());
    if (inspection != null) {
      router.meters.inspected(inspection, error == BarsError.DESTINATION_MISMATCH);
    }
    AccessLog.write(record);
    return record;
  }

  private ExchangeRecord.Asked asked() {
    SocketAddress remote = request.remoteAddress();
    String method = request.method().name();
    Identity known = mirrored();
    return new ExchangeRecord.Asked(
        remote == null || remote.hostAddress() == null ? "unknown" : remote.hostAddress(),
        method.length() > MAX_METHOD ? method.substring(0, MAX_METHOD) : method,
        known.interaction(),
        known.requestId() == null ? null : impersonal(known.requestId().value()),
        known.correlationId() == null ? null : impersonal(known.correlationId().value()),
        knownTarget(),
        receiver,
        known.version(),
        heads.useContext(),
        heads.endUserOrganisation(),
        heads.requestingSoftware(),
        PatientInQuery.find(rawQuery),
        application);
  }

  /** Dialect {@code live} takes any text for an id; one that holds an NHS number is not kept. */
  private static @Nullable String impersonal(String id) {
    return !Uuids.isUuid(id) && NhsNumber.standsIn(id) ? null : id;
  }

  /**
   * What a sender wrote is kept as it is when the directory knows it: one in eleven service ids
   * looks like an NHS number. One that it does not know may be anything.
   */
  private @Nullable TargetIdentifier knownTarget() {
    TargetIdentifier asked = target;
    if (asked == null || receiver != null) {
      return asked;
    }
    boolean personal = NhsNumber.standsIn(asked.system()) || NhsNumber.standsIn(asked.value());
    return personal ? null : asked;
  }

  /**
   * @param now 0 for an exchange that has not ended
   */
  private ExchangeRecord.Steps steps(long now) {
    if (passage == null) {
      return new ExchangeRecord.Steps(received, 0, 0, 0, micros(now));
    }
    return new ExchangeRecord.Steps(
        received,
        micros(passage.connectedAt()),
        micros(passage.sentAt()),
        micros(passage.answeredAt()),
        micros(now));
  }

  /**
   * Steps are told by the clock that never jumps, from the one reading of the wall clock at the
   * start.
   */
  private long micros(long nanoTime) {
    return nanoTime == 0 ? 0 : received + TimeUnit.NANOSECONDS.toMicros(nanoTime - startedAt);
  }

  private ExchangeRecord.Result result(Fate fate, int status, @Nullable BarsError error) {
    long fromSender = passage != null ? passage.bytesFromSender() : hold == null ? 0 : hold.bytes();
    long toSender = ownBytes + (passage == null ? 0 : passage.bytesToSender());
    return new ExchangeRecord.Result(fate, status, error, fromSender, toSender);
  }
}
