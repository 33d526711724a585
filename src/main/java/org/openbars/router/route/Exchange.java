package org.openbars.router.route;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openbars.router.audit.AuditPlace;
import org.openbars.router.directory.Lookup;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.identify.Identified;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Fate;
import org.openbars.router.message.Target;
import org.openbars.router.outcome.ReceiverErrors;
import org.openbars.router.outcome.Verdict;
import org.openbars.router.stream.Delivery;
import org.openbars.router.stream.DeliveryException;
import org.openbars.router.stream.Outbound;
import org.openbars.router.stream.Passage;
import org.openbars.router.stream.Receiver;
import org.openbars.router.wire.BodyShape;
import org.openbars.router.wire.HeaderRules;
import org.openbars.router.wire.RequestHeads;
import org.openbars.router.wire.RequestTarget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One message's trip, read from top to bottom: framing, room on the node, identity, look-up, audit,
 * receiver, answer. The only place that turns a fault into an answer. On the exchange's event loop.
 */
final class Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
  private static final String RETRY_AFTER_SECONDS = "2";

  private final Router router;
  private final HttpServerRequest request;
  private final RequestHeads heads;
  private final Trace trace;
  private boolean entered;
  private boolean over;
  private @Nullable AuditPlace place;
  private @Nullable Passage passage;

  Exchange(Router router, HttpServerRequest request, RequestHeads heads) {
    this.router = router;
    this.request = request;
    this.heads = heads;
    this.trace = new Trace(router, request, heads);
  }

  void begin() {
    try {
      steps();
    } catch (RuntimeException e) {
      LOG.error("exchange {}: the router failed", trace.id(), e);
      answerError(BarsError.ROUTER_FAULT, Fate.REFUSED, null);
    }
  }

  void refuseUndecodable(BarsError error) {
    answerError(error, Fate.REFUSED, null);
  }

  /** The path. Each step either ends the exchange or hands the next one what it needs. */
  private void steps() {
    RequestTarget target = RequestTarget.parse(request.uri());
    BodyShape body = BodyShape.of(heads, request.version() == HttpVersion.HTTP_2);
    Set<String> nominated = HeaderRules.nominated(heads.connection());

    BarsError malformed = router.framing.fault(request.method(), heads, target, body, nominated);
    if (malformed != null || target == null || body == null) {
      refuse(malformed == null ? BarsError.REQUEST_MALFORMED : malformed);
      return;
    }
    String path = target.below(router.node.listen().basePath());
    if (answeredByEndpoint(path)) {
      return;
    }
    BarsError noRoom = router.node.capacity().enter();
    if (noRoom != null) {
      refuse(noRoom);
      return;
    }
    entered = true;
    trace.query(target.rawQuery());

    Identified identified =
        path == null
            ? trace.outsideBasePath()
            : router.identifier.identify(request.method().name(), path, heads);
    trace.identified(identified);
    if (identified instanceof Identified.Refused refused) {
      answerError(refused.error(), Fate.REFUSED, refused.allow());
    } else if (identified instanceof Identified.OwnMetadata) {
      answerOwnMetadata();
    } else if (identified instanceof Identified.ForReceiver message) {
      lookUp(message, target, body, nominated);
    }
  }

  private void lookUp(
      Identified.ForReceiver message,
      RequestTarget target,
      BodyShape body,
      @Nullable Set<String> nominated) {
    if (heads.loop()) {
      LOG.error("exchange {}: routing loop: a Via header names this router", trace.id());
      refuse(BarsError.ROUTING_LOOP);
      return;
    }
    if (!router.node.directory().loaded()) {
      refuse(BarsError.NO_DIRECTORY);
      return;
    }
    Lookup lookup = router.node.directory().find(message.target());
    if (!(lookup instanceof Lookup.Found found)) {
      refuse(
          lookup instanceof Lookup.Ambiguous
              ? BarsError.TARGET_AMBIGUOUS
              : BarsError.TARGET_UNKNOWN);
      return;
    }
    place = router.node.audit().reserve();
    if (place.refused()) {
      refuse(BarsError.AUDIT_FULL);
      return;
    }
    send(outbound(found.target(), target, body, nominated));
  }

  private Outbound outbound(
      Target target, RequestTarget requested, BodyShape body, @Nullable Set<String> nominated) {
    Receiver receiver = router.node.receivers().at(target.receiver());
    trace.receiver(receiver.host());
    String suffix = requested.rawBelow(router.node.listen().basePath());
    String path = target.basePath() + (suffix == null ? "" : suffix);
    String uri = requested.rawQuery() == null ? path : path + "?" + requested.rawQuery();
    boolean http2 = request.version() == HttpVersion.HTTP_2;
    String protocol = http2 ? "2.0" : request.version() == HttpVersion.HTTP_1_0 ? "1.0" : "1.1";
    boolean awaitsContinue =
        heads.expect() != null && heads.expect().equalsIgnoreCase("100-continue");
    if (heads.trailers()) {
      router.meters.trailersDropped();
    }
    return new Outbound(
        target, receiver, uri, body, nominated, protocol + " " + Router.PSEUDONYM, awaitsContinue);
  }

  private void send(Outbound outbound) {
    Passage sent =
        Passage.open(
            router.node.stream(),
            router.node.listen().maxBody(),
            router.clients,
            router.watch,
            request,
            outbound);
    passage = sent;
    trace.passage(sent);
    sent.answer().onComplete(answer -> guarded(() -> answered(sent, answer)), this::notDelivered);
  }

  /**
   * The receiver's head is there. Its errors without an OperationOutcome are replaced; all else
   * passes as it is.
   */
  private void answered(Passage sent, HttpClientResponse answer) {
    sent.relayed().onFailure(this::notDelivered);
    int status = answer.statusCode();
    if (!router.receiverErrors.looksAt(status)) {
      relay(sent, answer, List.of(), false);
    } else if (unreadable(answer)) {
      judged(
          sent, answer, new ErrorBody(List.of(), false), router.receiverErrors.judgeUnseen(status));
    } else {
      ErrorBody.read(answer, ReceiverErrors.LIMIT)
          .onSuccess(read -> guarded(() -> judged(sent, answer, read, verdict(status, read))));
    }
  }

  private Verdict verdict(int status, ErrorBody read) {
    return read.complete()
        ? router.receiverErrors.judge(status, read.joined())
        : router.receiverErrors.judgeUnseen(status);
  }

  private boolean unreadable(HttpClientResponse answer) {
    String length = answer.getHeader(HttpHeaders.CONTENT_LENGTH);
    boolean large = length != null && length.length() > 5;
    return large
        || HttpMethod.HEAD.equals(request.method())
        || answer.getHeader(HttpHeaders.CONTENT_ENCODING) != null;
  }

  private void judged(Passage sent, HttpClientResponse answer, ErrorBody read, Verdict verdict) {
    if (over) {
      return;
    }
    if (verdict instanceof Verdict.Replace replace) {
      String retryAfter = answer.getHeader(HttpHeaders.RETRY_AFTER);
      if (retryAfter != null && OwnAnswer.possible(request)) {
        request.response().headers().set("Retry-After", retryAfter);
      }
      sent.discard(read.complete());
      answerError(replace.error(), Fate.ANSWER_REPLACED, null);
    } else {
      relay(sent, answer, read.chunks(), read.complete());
    }
  }

  private void relay(Passage sent, HttpClientResponse answer, List<Buffer> read, boolean complete) {
    sent.relay(answer, read, complete, () -> end(Fate.ANSWERED, answer.statusCode(), null))
        .onSuccess(done -> Unread.drop(router.vertx, request, false));
  }

  private void notDelivered(Throwable failure) {
    if (over) {
      return;
    }
    if (!(failure instanceof DeliveryException broken)) {
      LOG.error("exchange {}: the router failed", trace.id(), failure);
      answerError(BarsError.ROUTER_FAULT, Fate.OUTCOME_UNKNOWN, null);
      return;
    }
    Delivery delivery = broken.delivery();
    if (delivery instanceof Delivery.SenderLeft) {
      end(Fate.SENDER_LEFT, 0, null);
    } else if (!OwnAnswer.possible(request)) {
      end(Fate.ANSWER_CUT_OFF, request.response().getStatusCode(), null);
    } else {
      Failures.warn(trace.receiver(), delivery, broken.getMessage());
      answerError(Failures.error(delivery), Failures.fate(delivery), null);
    }
  }

  private boolean answeredByEndpoint(@Nullable String path) {
    HttpMethod method = request.method();
    OwnEndpoints.Reply reply = router.ownEndpoints.preflight(request, request.response().headers());
    boolean reads = HttpMethod.GET.equals(method) || HttpMethod.HEAD.equals(method);
    if (reply == null && reads && path != null) {
      if (path.equals("/_ping")) {
        reply = router.ownEndpoints.ping();
      } else if (path.equals("/_status")) {
        String apikey = request.getHeader("apikey");
        reply = router.ownEndpoints.status(apikey);
        if (reply == null) {
          refuse(apikey == null ? BarsError.TOKEN_MISSING : BarsError.TOKEN_INVALID);
          return true;
        }
      }
    }
    if (reply == null) {
      return false;
    }
    over = true;
    router.ownAnswer.send(request, heads, reply.status(), reply.contentType(), reply.body());
    return true;
  }

  private void answerOwnMetadata() {
    AnswerFormat format = AnswerFormat.of(heads.accept());
    router
        .here(router.node.ownMetadata().apply(format))
        .onComplete(statement -> guarded(() -> answerWith(format, statement)), this::notDelivered);
  }

  private void answerWith(AnswerFormat format, Buffer statement) {
    if (OwnAnswer.possible(request)) {
      OwnAnswer.mirror(request.response(), trace.identity());
      trace.sentBytes(statement.length());
      end(Fate.ANSWERED_BY_ROUTER, 200, null);
      router.ownAnswer.send(request, heads, 200, format.contentType(), statement);
    } else {
      end(Fate.SENDER_LEFT, 0, null);
    }
  }

  private void refuse(BarsError error) {
    answerError(error, Fate.REFUSED, null);
  }

  private void answerError(BarsError error, Fate fate, @Nullable String allow) {
    if (over) {
      return;
    }
    if (!OwnAnswer.possible(request)) {
      end(Fate.SENDER_LEFT, 0, null);
      request.response().reset();
      return;
    }
    AnswerFormat format = AnswerFormat.of(heads.accept());
    Buffer body = router.outcomes.body(error, format, router.uuids.random());
    OwnAnswer.mirror(request.response(), trace.mirrored());
    if (error.retryAfter()) {
      request.response().headers().set("Retry-After", RETRY_AFTER_SECONDS);
    }
    if (allow != null) {
      request.response().headers().set("Allow", allow);
    }
    trace.sentBytes(body.length());
    router.meters.error(error);
    end(fate, error.status(), error);
    router.ownAnswer.send(request, heads, error.status(), format.contentType(), body);
  }

  /** Records the exchange, once, before the last byte goes to the sender. */
  private void end(Fate fate, int status, @Nullable BarsError error) {
    if (over) {
      return;
    }
    over = true;
    if (entered) {
      router.node.capacity().leave();
    }
    try {
      AuditPlace held = place == null ? router.node.audit().reserve() : place;
      trace.end(held, fate, status, error);
    } catch (RuntimeException e) {
      // The receiver has acted: the sender must hear of it though the record failed.
      LOG.error("exchange {}: its record failed", trace.id(), e);
    }
  }

  /**
   * Steps that run later must fail as the first ones do: into an answer, not into the event loop.
   */
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      LOG.error("exchange {}: the router failed", trace.id(), e);
      if (passage != null) {
        passage.discard(false);
      }
      answerError(BarsError.ROUTER_FAULT, Fate.OUTCOME_UNKNOWN, null);
    }
  }
}
