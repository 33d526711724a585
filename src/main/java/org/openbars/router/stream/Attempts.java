package org.openbars.router.stream;

import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * How one message gets to its receiver: a permit, a connection, and for a read that broke before
 * any answer one more try, if the receiver's budget has it. A message that is not a read is never
 * sent twice, and no message to another receiver. On the exchange's event loop.
 */
final class Attempts {
  private final Loop loop;
  private final HttpMethod method;
  private final Outbound outbound;
  private final Opening.Listener listener;
  private Opening opening;
  private @Nullable Permit permit;
  private boolean sentBefore;

  Attempts(
      Loop loop,
      HttpServerRequest request,
      Outbound outbound,
      BeforeFirstByte before,
      Opening.Listener listener) {
    this.loop = loop;
    this.method = request.method();
    this.outbound = outbound;
    this.listener = listener;
    this.opening = new Opening(loop, outbound, method, before, listener);
  }

  /** Asks for a permit; null when there is one. */
  Decision.@Nullable Refused admit() {
    Decision admission = outbound.receiver().admit();
    if (admission instanceof Permit given) {
      permit = given;
      return null;
    }
    return (Decision.Refused) admission;
  }

  /** Begins. */
  void start() {
    opening.start();
  }

  /**
   * What was sent broke before any answer.
   *
   * @return whether it is tried again
   */
  boolean again(Throwable cause) {
    outbound.receiver().brokeOff(cause);
    long now = System.nanoTime();
    opening.broke(now);
    boolean read = HttpMethod.GET.equals(method) || HttpMethod.HEAD.equals(method);
    if (!read
        || sentBefore
        || !outbound.body().shape().isEmpty()
        || !outbound.receiver().mayResend()) {
      return false;
    }
    sentBefore = true;
    opening.leave(now, true);
    Opening second = new Opening(loop, outbound, method, null, listener);
    opening = second;
    // Connections that broke together are all gone with the next turn of the loop.
    loop.clients().later(second::start);
    return true;
  }

  /** What it means that nothing could be sent: of a second try, that the first one broke. */
  Delivery notOpened(Delivery.NeverSent why) {
    return sentBefore ? new Delivery.BrokeOff() : why;
  }

  /** The answer's head is there. */
  void answered(HttpClientResponse response, long sent, long now) {
    if (permit != null) {
      permit.answered(response.statusCode(), sent, now);
    }
    boolean ends =
        response.version() == HttpVersion.HTTP_1_0
            || (response.version() == HttpVersion.HTTP_1_1
                && response.headers().contains(HttpHeaders.CONNECTION, "close", true));
    if (ends) {
      opening.endsWithAnswer();
    }
  }

  /** The answer goes to the sender as it is. */
  void passed() {
    if (permit != null) {
      permit.passed();
    }
  }

  /** One of ours takes its place. */
  void replaced() {
    if (permit != null) {
      permit.replaced();
    }
  }

  /** There is no answer, or not the whole of it, and the sender is not at fault. */
  void failed(Delivery delivery) {
    if (permit != null) {
      permit.failed(delivery, System.nanoTime());
    }
  }

  void tick(long now) {
    opening.tick(now);
  }

  /**
   * Gives back permit and connection.
   *
   * @param cut whether the receiver's side is cut short of its end
   */
  void leave(boolean cut) {
    opening.leave(System.nanoTime(), cut);
    if (permit != null) {
      permit.release();
    }
  }

  long connectedAt() {
    return opening.connectedAt();
  }
}
