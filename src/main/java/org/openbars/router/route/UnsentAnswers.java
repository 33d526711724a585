package org.openbars.router.route;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.openbars.router.meter.Meters;
import org.openbars.router.wire.Connections;

/**
 * Answers of ours that their senders do not take. Their exchanges have ended, so nothing else
 * bounds them: a sender that opens no window on HTTP/2, or reads nothing of what it pipelined on
 * HTTP/1.1, would have the router keep them. Each is given up after {@value #PATIENCE_SECONDS} s.
 * One event loop's own.
 */
final class UnsentAnswers {
  private static final int PATIENCE_SECONDS = 10;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
  private static final long LOOK_MS = 500;

  /** Of RFC 9113, 7: nothing was done, the sender may try again. */
  private static final long REFUSED_STREAM = 0x7;

  private static final long CANCEL = 0x8;

  private record Unsent(HttpServerRequest request, Future<Void> sent, long since) {}

  private final Vertx vertx;
  private final int most;
  private final Counter givenUp;
  private final long timer;

  /** In the order they were written, with some that were sent since. */
  private final ArrayDeque<Unsent> waiting = new ArrayDeque<>();

  private int http2Waiting;

  /**
   * None yet. To be made on the event loop it serves.
   *
   * @param most answers that may wait on HTTP/2; beyond, a stream is reset unanswered
   */
  UnsentAnswers(Vertx vertx, int most, Meters meters) {
    this.vertx = vertx;
    this.most = most;
    this.givenUp =
        meters.counter(
            "bars.answers.given.up", "Answers of the router's own that their senders did not take");
    this.timer = vertx.setPeriodic(LOOK_MS, id -> look(System.nanoTime()));
  }

  /** Writes the last of an answer; false when the stream had to be reset instead. */
  boolean send(HttpServerRequest request, Buffer body) {
    boolean http2 = request.version() == HttpVersion.HTTP_2;
    dropSent();
    if (http2 && http2Waiting >= most) {
      givenUp.increment();
      request.response().reset(REFUSED_STREAM);
      return false;
    }
    Future<Void> sent = request.response().end(body);
    if (http2) {
      http2Waiting++;
      sent.onComplete(done -> http2Waiting--);
    }
    // On HTTP/1.1 one answer is under way at a time, and a connection that takes bytes takes it.
    if (!sent.isComplete() && (http2 || Connections.isBehind(request.connection()))) {
      waiting.add(new Unsent(request, sent, System.nanoTime()));
    }
    return true;
  }

  private void dropSent() {
    for (Unsent first = waiting.peek(); first != null; first = waiting.peek()) {
      if (!first.sent.isComplete()) {
        return;
      }
      waiting.remove();
    }
  }

  private void look(long now) {
    // One that waits at the front may hide others that were sent.
    waiting.removeIf(each -> each.sent.isComplete());
    for (Unsent first = waiting.peek(); first != null; first = waiting.peek()) {
      if (now - first.since < PATIENCE_NANOS) {
        return;
      }
      waiting.remove();
      givenUp.increment();
      if (first.request.version() == HttpVersion.HTTP_2) {
        first.request.response().reset(CANCEL);
      } else {
        Connections.reset(first.request.connection());
      }
    }
  }

  void close() {
    vertx.cancelTimer(timer);
  }
}
