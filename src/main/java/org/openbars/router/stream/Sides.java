package org.openbars.router.stream;

import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;
import org.openbars.router.wire.Connections;

/**
 * The two sides of a passage, and how each is left when it was cut: reset, never ended. On the
 * exchange's event loop.
 */
final class Sides {
  private static final long HTTP2_CANCEL = 0x8;

  private final HttpServerRequest sender;
  private @Nullable HttpClientRequest receiver;
  private @Nullable HttpClientResponse answer;

  Sides(HttpServerRequest sender) {
    this.sender = sender;
  }

  void receiver(HttpClientRequest connection) {
    receiver = connection;
  }

  /** Whether it is the one that carries the message now. */
  boolean isReceiver(HttpClientRequest connection) {
    return receiver == connection;
  }

  /** It is gone by itself, and another is to come. */
  void receiverGone() {
    receiver = null;
  }

  void answer(HttpClientResponse response) {
    answer = response;
  }

  /**
   * Resets the receiver's side. Over HTTP/1.1 that must be the connection: Vert.x would hand it,
   * its request half written, to the next message.
   */
  void resetReceiver() {
    HttpClientRequest connection = receiver;
    if (connection == null) {
      return;
    }
    if (answer != null) {
      // Vert.x never releases what a closed connection had read while it was paused.
      answer.resume();
    }
    if (connection.version() == HttpVersion.HTTP_2) {
      connection.reset(HTTP2_CANCEL);
    } else {
      Connections.reset(connection.connection());
    }
  }

  void resetSender() {
    resetSender(sender);
  }

  /** Resets a sender's side, for the same reasons. */
  static void resetSender(HttpServerRequest request) {
    if (!request.isEnded()) {
      request.resume();
    }
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset(HTTP2_CANCEL);
    } else {
      Connections.reset(request.connection());
    }
  }
}
