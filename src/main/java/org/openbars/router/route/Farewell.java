package org.openbars.router.route;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.concurrent.TimeUnit;
import org.openbars.router.wire.Connections;

/**
 * Asks a sender to take its next message elsewhere, once the node is about to end: {@code
 * Connection: close} on HTTP/1, GOAWAY on HTTP/2. Cutting an idle connection instead could meet a
 * message on its way. To be called before an answer's head is written, on the event loop.
 */
final class Farewell {
  /** The connection closes with the answer's end; this only bounds how long that may take. */
  private static final long LONGEST_ANSWER_HOURS = 24;

  private Farewell() {}

  static void bid(Router router, HttpServerRequest request) {
    if (!router.node.capacity().goingAway()) {
      return;
    }
    if (request.version() == HttpVersion.HTTP_2) {
      Connections.announceEnd(request.connection());
    } else {
      request.response().headers().set("Connection", "close");
      request.connection().shutdown(LONGEST_ANSWER_HOURS, TimeUnit.HOURS);
    }
  }
}
