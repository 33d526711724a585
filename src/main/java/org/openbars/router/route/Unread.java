package org.openbars.router.route;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/**
 * What to do with a body that nobody reads, after a refusal: it is read and dropped for a while,
 * since closing at once would destroy the answer on its way (the sender's kernel drops what it has
 * not read when it is reset). A short body leaves the sender its connection; a long or slow one
 * costs it. On the exchange's event loop.
 */
final class Unread {
  /** A body up to this length is read to its end whatever happens. */
  private static final long SHORT = 1024 * 1024;

  private static final long MAX_BYTES = 64 * SHORT;
  private static final long MAX_MS = 5_000;
  private static final long HTTP2_NO_ERROR = 0x0;

  private final HttpServerRequest request;
  private final boolean close;
  private long bytes;
  private boolean over;

  private Unread(HttpServerRequest request, boolean close) {
    this.request = request;
    this.close = close;
  }

  /** Whether a sender of a body of this length keeps its HTTP/1.1 connection. */
  static boolean keepsConnection(long length) {
    return length <= SHORT;
  }

  /**
   * Reads the rest of the request, within bounds. The answer must have been written.
   *
   * @param close whether the connection ends afterwards, as the answer has told the sender
   */
  static void drop(Vertx vertx, HttpServerRequest request, boolean close) {
    if (request.isEnded()) {
      return;
    }
    Unread unread = new Unread(request, close);
    long timer = vertx.setTimer(MAX_MS, id -> unread.end(true));
    request.exceptionHandler(
        e -> {
          vertx.cancelTimer(timer);
          unread.over = true;
        });
    request.handler(chunk -> unread.count(chunk.length()));
    request.endHandler(
        v -> {
          vertx.cancelTimer(timer);
          unread.end(false);
        });
    request.resume();
  }

  private void count(int length) {
    bytes += length;
    if (bytes > MAX_BYTES) {
      end(true);
    }
  }

  private void end(boolean unfinished) {
    if (over) {
      return;
    }
    over = true;
    if (request.version() == HttpVersion.HTTP_2) {
      if (unfinished) {
        request.response().reset(HTTP2_NO_ERROR);
      }
    } else if (unfinished || close) {
      request.connection().close();
    }
  }
}
