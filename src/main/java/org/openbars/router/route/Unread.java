package org.openbars.router.route;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/**
 * What to do with a body that nobody reads, after a refusal. A short one is read and dropped, so
 * that the sender can read its answer and keep its connection; a long or slow one costs it the
 * connection (closing at once could destroy the answer on its way). On the exchange's event loop.
 */
final class Unread {
  private static final long MAX_BYTES = 1024 * 1024;
  private static final long MAX_MS = 5_000;
  private static final long HTTP2_NO_ERROR = 0x0;

  private long bytes;
  private boolean over;

  private Unread() {}

  /** Whether a body of this length, -1 for unknown, would be read to its end. */
  static boolean keepsConnection(long length) {
    return length <= MAX_BYTES;
  }

  /** Reads the rest of the request, within bounds. The answer must have been written. */
  static void drop(Vertx vertx, HttpServerRequest request) {
    if (request.isEnded()) {
      return;
    }
    Unread unread = new Unread();
    long timer = vertx.setTimer(MAX_MS, id -> unread.giveUp(request));
    request.exceptionHandler(e -> unread.end(vertx, timer));
    request.handler(
        chunk -> {
          unread.bytes += chunk.length();
          if (unread.bytes > MAX_BYTES && !unread.over) {
            unread.giveUp(request);
          }
        });
    request.endHandler(v -> unread.end(vertx, timer));
    request.resume();
  }

  private void end(Vertx vertx, long timer) {
    over = true;
    vertx.cancelTimer(timer);
  }

  private void giveUp(HttpServerRequest request) {
    if (!over) {
      over = true;
      if (request.version() == HttpVersion.HTTP_2) {
        request.response().reset(HTTP2_NO_ERROR);
      } else {
        request.connection().close();
      }
    }
  }
}
