package org.openbars.router.route;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openbars.router.admit.Entry;
import org.openbars.router.audit.AuditPlace;
import org.openbars.router.directory.Lookup;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.identify.Identified;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Fate;
import org.openbars.router.message.Interaction;
import org.openbars.router.message.Target;
import org.openbars.router.message.Urgency;
import org.openbars.router.outcome.ReceiverErrors;
import org.openbars.router.outcome.Verdict;
import org.openbars.router.stream.Delivery;
import org.openbars.router.stream.DeliveryException;
import org.openbars.router.stream.Held;
import org.openbars.router.stream.Hold;
import org.openbars.router.stream.Outbound;
import org.openbars.router.stream.Passage;
import org.openbars.router.stream.Receiver;
import org.openbars.router.stream.RequestBody;
import org.openbars.router.wire.BodyShape;
import org.openbars.router.wire.BodyTap;
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

  private final Router router;
  private final HttpServerRequest request;
  private final RequestHeads heads;
  private final Trace trace;
  private final Ending ending;
  private @Nullable Passage passage;

  Exchange(Router router, HttpServerRequest request, RequestHeads heads) {
    this.router = router;
    this.request = request;
    this.heads = heads;
    this.trace = new Trace(router, request, heads);
    this.ending = new Ending(router, request, heads, trace);
  }

  void begin() {
    try {
      steps();
    } catch (RuntimeException e) {
      LOG.error("exchange {}: the router failed", trace.id(), e);
      ending.refuse(BarsError.ROUTER_FAULT);
    }
  }

  void refuseUndecodable(BarsError error) {
    ending.refuse(error);
  }

  /** The path. Each step either ends the exchange or hands the next one what it needs. */
  private void steps() {
    RequestTarget target = RequestTarget.parse(request.uri());
    BodyShape body = BodyShape.of(heads, request.version() == HttpVersion.HTTP_2);
    Set<String> nominated = HeaderRules.nominated(heads.connection());

    BarsError malformed = router.framing.fault(request, heads, target, body, nominated);
    if (malformed != null || target == null || body == null) {
      ending.refuse(malformed == null ? BarsError.REQUEST_MALFORMED : malformed);
      return;
    }
    String path = target.below(router.node.listen().basePath());
    if (answeredByEndpoint(path)) {
      return;
    }
    Interaction.Match match = path == null ? null : Interaction.find(request.method().name(), path);
    BarsError noRoom = router.admission.enter(urgency(match));
    if (noRoom != null) {
      noRoom(noRoom);
      return;
    }
    ending.counted();
    trace.query(target.rawQuery());

    Identified identified =
        path == null || match == null
            ? trace.outsideBasePath()
            : router.identifier.identify(match, path, heads);
    trace.identified(identified);
    AuditPlace place = router.places.get();
    ending.place(place);
    if (identified instanceof Identified.OwnMetadata) {
      answerOwnMetadata();
    } else if (place.refused()) {
      ending.refuse(BarsError.AUDIT_FULL);
    } else {
      admit(entry -> entered(entry, place, identified, target, body, nominated));
    }
  }

  /** Only a token that is not known yet has to wait, to be checked. */
  private void admit(Consumer<Entry> then) {
    Future<Entry> asked = router.entrance.ask(request, heads);
    if (asked.succeeded()) {
      then.accept(asked.result());
    } else {
      router
          .here(asked)
          .onComplete(entry -> guarded(() -> stillThere(entry, then)), this::notDelivered);
    }
  }

  private void stillThere(Entry entry, Consumer<Entry> then) {
    if (request.response().closed()) {
      ending.senderLeft();
    } else {
      then.accept(entry);
    }
  }

  private void entered(
      Entry entry,
      AuditPlace place,
      Identified identified,
      RequestTarget target,
      BodyShape body,
      @Nullable Set<String> nominated) {
    if (entry instanceof Entry.Refused refused) {
      trace.application(refused.application());
      ending.refuse(refused.error(), refused.retryAfter());
      return;
    }
    trace.application(((Entry.Admitted) entry).application());
    if (identified instanceof Identified.Refused refused) {
      ending.error(refused.error(), Fate.REFUSED, refused.allow());
    } else if (identified instanceof Identified.ForReceiver message) {
      lookUp(place, message, target, body, nominated);
    }
  }

  /** What neither a method nor a path makes more of is worth least. */
  private static Urgency urgency(Interaction.@Nullable Match match) {
    return match instanceof Interaction.Match.Found found
        ? found.interaction().urgency()
        : Urgency.READ;
  }

  private void noRoom(BarsError error) {
    if (error != BarsError.OVERLOADED || router.admission.mayRecord()) {
      ending.refuse(error);
    } else {
      ending.unrecorded(error);
    }
  }

  private void lookUp(
      AuditPlace place,
      Identified.ForReceiver message,
      RequestTarget target,
      BodyShape body,
      @Nullable Set<String> nominated) {
    if (heads.loop()) {
      LOG.error("exchange {}: routing loop: a Via header names this router", trace.id());
      ending.refuse(BarsError.ROUTING_LOOP);
      return;
    }
    if (!router.node.directory().loaded()) {
      ending.refuse(BarsError.NO_DIRECTORY);
      return;
    }
    if (SendingApplication.suspended(
        router.node.directory().suspensions(), trace.application(), heads)) {
      ending.refuse(BarsError.APPLICATION_SUSPENDED);
      return;
    }
    Lookup lookup = router.node.directory().find(message.target());
    if (!(lookup instanceof Lookup.Found found)) {
      ending.refuse(notFound(lookup));
      return;
    }
    BodyLook look = look(message, body);
    Outbound outbound = outbound(found.target(), target, body, nominated, look);
    if (look != null && router.refusesMismatch && look.opinion() == BodyTap.Opinion.WAIT) {
      hold(place, outbound, look);
    } else {
      send(place, outbound);
    }
  }

  private static BarsError notFound(Lookup lookup) {
    if (lookup instanceof Lookup.Suspended) {
      return BarsError.TARGET_SUSPENDED;
    }
    return lookup instanceof Lookup.Ambiguous
        ? BarsError.TARGET_AMBIGUOUS
        : BarsError.TARGET_UNKNOWN;
  }

  private @Nullable BodyLook look(Identified.ForReceiver message, BodyShape body) {
    if (!router.inspects || body.isEmpty()) {
      return null;
    }
    BodyLook look = BodyLook.at(request, message.target());
    trace.look(look);
    return look;
  }

  private Outbound outbound(
      Target target,
      RequestTarget requested,
      BodyShape body,
      @Nullable Set<String> nominated,
      @Nullable BodyTap tap) {
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
    RequestBody passing = new RequestBody(body, awaitsContinue, tap, Held.NOTHING);
    return new Outbound(
        target, receiver, uri, passing, nominated, protocol + " " + Router.PSEUDONYM);
  }

  /** Waits for the message's own destination, nothing of it having left yet. */
  private void hold(AuditPlace place, Outbound outbound, BodyTap look) {
    Hold hold = new Hold(router.loop, request, look);
    trace.hold(hold);
    Future<Hold.Outcome> outcome = hold.read(outbound.body().awaitsContinue());
    if (hold.continued()) {
      ending.continued();
    }
    outcome.onComplete(
        reached -> guarded(() -> held(place, outbound, reached)), this::notDelivered);
  }

  private void held(AuditPlace place, Outbound outbound, Hold.Outcome outcome) {
    if (outcome instanceof Hold.Outcome.Go go) {
      send(place, outbound.after(go.held()));
    } else if (outcome instanceof Hold.Outcome.Refused) {
      ending.refuse(BarsError.DESTINATION_MISMATCH);
    } else if (outcome instanceof Hold.Outcome.TooLarge) {
      ending.refuse(BarsError.BODY_TOO_LARGE);
    } else {
      ending.refuse(BarsError.OVERLOADED);
    }
  }

  private void send(AuditPlace place, Outbound outbound) {
    Passage sent = Passage.of(router.loop, request, outbound, then -> opened(place, then));
    passage = sent;
    trace.passage(sent);
    sent.start();
    sent.answer().onComplete(answer -> guarded(() -> answered(sent, answer)), this::notDelivered);
  }

  /** Writes down that the message is about to go; one that cannot be told of must not. */
  private void opened(AuditPlace place, Consumer<Boolean> then) {
    try {
      place.opened(trace.soFar(), then);
    } catch (RuntimeException e) {
      LOG.error("exchange {}: the router failed", trace.id(), e);
      then.accept(false);
    }
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
    if (ending.isOver()) {
      return;
    }
    if (verdict instanceof Verdict.Replace replace) {
      String retryAfter = answer.getHeader(HttpHeaders.RETRY_AFTER);
      if (retryAfter != null && OwnAnswer.possible(request)) {
        request.response().headers().set("Retry-After", retryAfter);
      }
      sent.discard(read.complete());
      error(replace.error(), Fate.ANSWER_REPLACED);
    } else {
      relay(sent, answer, read.chunks(), read.complete());
    }
  }

  private void relay(Passage sent, HttpClientResponse answer, List<Buffer> read, boolean complete) {
    int status = answer.statusCode();
    Farewell.bid(router, request);
    sent.relay(answer, read, complete, last -> ending.end(Fate.ANSWERED, status, null, last))
        .onSuccess(done -> Unread.drop(router.vertx, request, false));
  }

  private void notDelivered(Throwable failure) {
    if (ending.isOver()) {
      return;
    }
    if (!(failure instanceof DeliveryException broken)) {
      LOG.error("exchange {}: the router failed", trace.id(), failure);
      error(BarsError.ROUTER_FAULT, Fate.OUTCOME_UNKNOWN);
      return;
    }
    Delivery delivery = broken.delivery();
    if (delivery instanceof Delivery.SenderLeft) {
      ending.senderLeft();
    } else if (!OwnAnswer.possible(request)) {
      int status = request.response().getStatusCode();
      ending.end(Fate.ANSWER_CUT_OFF, status, null, () -> {});
    } else {
      Failures.warn(trace.receiver(), delivery, broken.getMessage());
      if (Failures.retryAfter(delivery) > 0) {
        String seconds = Integer.toString(Failures.retryAfter(delivery));
        request.response().headers().set("Retry-After", seconds);
      }
      error(Failures.error(delivery), Failures.fate(delivery));
    }
  }

  private void error(BarsError error, Fate fate) {
    if (passage != null && passage.continued()) {
      ending.continued();
    }
    ending.error(error, fate, null);
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
          ending.refuse(apikey == null ? BarsError.TOKEN_MISSING : BarsError.TOKEN_INVALID);
          return true;
        }
      }
    }
    if (reply == null) {
      return false;
    }
    ending.unrecorded(reply);
    return true;
  }

  private void answerOwnMetadata() {
    AnswerFormat format = AnswerFormat.of(heads.accept());
    router
        .here(router.node.ownMetadata().apply(format))
        .map(statement -> new OwnEndpoints.Reply(200, format.contentType(), statement))
        .onComplete(statement -> guarded(() -> ending.own(statement)), this::notDelivered);
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
      error(BarsError.ROUTER_FAULT, Fate.OUTCOME_UNKNOWN);
    }
  }
}
