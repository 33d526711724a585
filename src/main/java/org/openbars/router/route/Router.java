package org.openbars.router.route;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.openbars.router.admit.Admission;
import org.openbars.router.audit.AuditPlace;
import org.openbars.router.identify.Identifier;
import org.openbars.router.inspect.InspectConfig;
import org.openbars.router.listen.RequestPath;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Uuids;
import org.openbars.router.outcome.Outcomes;
import org.openbars.router.outcome.ReceiverErrors;
import org.openbars.router.stream.Loop;
import org.openbars.router.stream.ReceiverClients;
import org.openbars.router.stream.Watch;
import org.openbars.router.wire.Connections;
import org.openbars.router.wire.RequestHeads;

/**
 * One event loop's entry to the path: everything its exchanges share. To be made on the event loop
 * it serves.
 */
public final class Router implements RequestPath {
  /** The name by which the router knows its own {@code Via} again. */
  static final String PSEUDONYM = "bars-router";

  final Vertx vertx;
  final Node node;
  final Framing framing;
  final OwnEndpoints ownEndpoints;
  final OwnAnswer ownAnswer;
  final Identifier identifier;
  final Outcomes outcomes;
  final ReceiverErrors receiverErrors;
  final Loop loop;

  /** Takes a place in the audit for one exchange. */
  final Supplier<AuditPlace> places;

  /** The wall's: for what records say, never for how long something may take. */
  final InstantSource clock;

  final Admission admission;
  final Entrance entrance;
  final ExchangeMeters meters;
  final boolean inspects;
  final boolean refusesMismatch;
  final Uuids uuids = new Uuids();

  public Router(Vertx vertx, Node node) {
    this(vertx, node, node.audit()::reserve, InstantSource.system());
  }

  Router(Vertx vertx, Node node, Supplier<AuditPlace> places, InstantSource clock) {
    this.vertx = vertx;
    this.node = node;
    this.places = places;
    this.clock = clock;
    this.framing = new Framing(node.listen());
    this.ownEndpoints = new OwnEndpoints(node.build(), node.statusKey());
    this.ownAnswer = new OwnAnswer(vertx, unsent(node));
    this.identifier = new Identifier(node.dialect());
    this.outcomes = new Outcomes(node.dialect());
    this.receiverErrors = new ReceiverErrors(node.dialect());
    this.loop =
        new Loop(
            node.stream(),
            node.listen().maxBody(),
            new ReceiverClients(vertx, node.stream(), node.receivers().keyring()),
            new Watch(vertx),
            node.heldBytes());
    this.admission =
        new Admission(
            vertx, node.admit(), node.listen().eventLoops(), node.capacity(), node.meters());
    this.entrance = new Entrance(node.gate());
    this.meters = new ExchangeMeters(node.meters());
    this.inspects = node.inspect().mode() == InspectConfig.Mode.ENVELOPE;
    this.refusesMismatch = node.inspect().onMismatch() == InspectConfig.OnMismatch.REFUSE;
  }

  /** This loop's part of the answers that may wait: in all no more than exchanges may be. */
  private UnsentAnswers unsent(Node node) {
    int loops = node.listen().eventLoops();
    return new UnsentAnswers(
        vertx, Math.max(16, node.admit().maxInFlight() / loops), node.meters());
  }

  @Override
  public void handle(HttpServerRequest request) {
    // Nothing of the body is read before it is known who takes it.
    request.pause();
    if (!Connections.takesMore(request.connection())) {
      return;
    }
    RequestHeads heads = RequestHeads.read(request.headers(), PSEUDONYM);
    new Exchange(this, request, heads).begin();
  }

  @Override
  public void handleUndecodable(HttpServerRequest request) {
    RequestHeads heads = RequestHeads.read(request.headers(), PSEUDONYM);
    BarsError error = Framing.undecodable(request.decoderResult().cause());
    new Exchange(this, request, heads).refuseUndecodable(error);
  }

  /**
   * The same outcome, told on the event loop that asks: an exchange's state belongs to it alone.
   */
  <T> Future<T> here(Future<T> outcome) {
    Context asking = vertx.getOrCreateContext();
    Promise<T> told = Promise.promise();
    outcome.onComplete(
        (result, failure) -> asking.runOnContext(v -> told.complete(result, failure)));
    return told.future();
  }

  @Override
  public Future<Void> close() {
    loop.watch().stop();
    admission.close();
    ownAnswer.close();
    return loop.clients().close();
  }
}
