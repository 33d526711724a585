package org.openbars.router.route;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;
import org.openbars.router.audit.AuditPlace;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Fate;
import org.openbars.router.wire.RequestHeads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How an exchange ends: once, first recorded, then answered. Between the two the record may have to
 * wait for its disk, and the sender may leave. On the exchange's event loop.
 */
final class Ending {
  private static final Logger LOG = LoggerFactory.getLogger(Ending.class);
  private static final String RETRY_AFTER_SECONDS = "2";

  /** What an operator has stopped does not go again within seconds. */
  private static final String SUSPENDED_SECONDS = "60";

  private final Router router;
  private final HttpServerRequest request;
  private final RequestHeads heads;
  private final Trace trace;
  private @Nullable AuditPlace place;
  private boolean counted;
  private boolean continued;
  private boolean malformed;
  private boolean over;

  Ending(Router router, HttpServerRequest request, RequestHeads heads, Trace trace) {
    this.router = router;
    this.request = request;
    this.heads = heads;
    this.trace = trace;
  }

  boolean isOver() {
    return over;
  }

  /** The exchange counts as in flight on the node, up to its end. */
  void counted() {
    counted = true;
  }

  /** The exchange has a place in the audit for its record. */
  void place(AuditPlace held) {
    place = held;
  }

  /** The sender was sent 100: its body is on its way. */
  void continued() {
    continued = true;
  }

  /** An answer that leaves no record, as to a health check. */
  void unrecorded(OwnEndpoints.Reply reply) {
    over = true;
    send(reply);
  }

  /** An error that leaves no record, for want of room even for that. */
  void unrecorded(BarsError error) {
    unrecorded(reply(error, null));
  }

  /** An answer of our own that is a success. */
  void own(OwnEndpoints.Reply reply) {
    if (OwnAnswer.possible(request)) {
      OwnAnswer.mirror(request.response(), trace.identity());
      trace.sentBytes(reply.body().length());
      end(Fate.ANSWERED_BY_ROUTER, reply.status(), null, () -> send(reply));
    } else {
      senderLeft();
    }
  }

  void senderLeft() {
    end(Fate.SENDER_LEFT, 0, null, () -> {});
  }

  void refuse(BarsError error) {
    error(error, Fate.REFUSED, null);
  }

  /**
   * @param retryAfter seconds; 0 where nothing better is known than for any such error
   */
  void refuse(BarsError error, int retryAfter) {
    if (retryAfter > 0 && OwnAnswer.possible(request)) {
      request.response().headers().set("Retry-After", Integer.toString(retryAfter));
    }
    refuse(error);
  }

  /**
   * @param allow the methods that the path does allow; null where that is not the fault
   */
  void error(BarsError error, Fate fate, @Nullable String allow) {
    if (over) {
      return;
    }
    if (!OwnAnswer.possible(request)) {
      senderLeft();
      request.response().reset();
      return;
    }
    OwnEndpoints.Reply reply = reply(error, allow);
    trace.sentBytes(reply.body().length());
    end(fate, error.status(), error, () -> send(reply));
  }

  /** The answer that names an error, its headers set already. */
  private OwnEndpoints.Reply reply(BarsError error, @Nullable String allow) {
    AnswerFormat format = AnswerFormat.of(heads.accept());
    Buffer body = router.outcomes.body(error, format, router.uuids.random());
    OwnAnswer.mirror(request.response(), trace.mirrored());
    if (error.retryAfter() && !request.response().headers().contains("Retry-After")) {
      request
          .response()
          .headers()
          .set(
              "Retry-After",
              error == BarsError.TARGET_SUSPENDED ? SUSPENDED_SECONDS : RETRY_AFTER_SECONDS);
    }
    if (allow != null) {
      request.response().headers().set("Allow", allow);
    }
    // Where such a request ends may be read in two ways, and so what would follow it.
    malformed = error == BarsError.REQUEST_MALFORMED;
    router.meters.error(error);
    return new OwnEndpoints.Reply(error.status(), format.contentType(), body);
  }

  private void send(OwnEndpoints.Reply reply) {
    if (OwnAnswer.possible(request)) {
      Farewell.bid(router, request);
      router.ownAnswer.send(request, heads, heads.expect() != null && !continued, malformed, reply);
    }
  }

  /**
   * Records the exchange, once, before the last byte goes to the sender.
   *
   * @param last writes that byte
   */
  void end(Fate fate, int status, @Nullable BarsError error, Runnable last) {
    if (over) {
      return;
    }
    over = true;
    Last once = new Last(last);
    try {
      ExchangeRecord record = trace.end(fate, status, error);
      AuditPlace held = place == null ? router.places.get() : place;
      held.record(record, once);
    } catch (RuntimeException e) {
      // The receiver has acted: the sender must hear of it though the record failed.
      LOG.error("exchange {}: its record failed", trace.id(), e);
      once.run();
    }
  }

  /** The last step of an exchange, which also gives back its room on the node. */
  private final class Last implements Runnable {
    private final Runnable write;
    private boolean done;

    Last(Runnable write) {
      this.write = write;
    }

    @Override
    public void run() {
      if (done) {
        return;
      }
      done = true;
      if (counted) {
        router.node.capacity().leave();
      }
      write.run();
    }
  }
}
