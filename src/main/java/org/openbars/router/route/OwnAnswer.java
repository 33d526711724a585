package org.openbars.router.route;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;
import org.openbars.router.identify.Identified.Identity;
import org.openbars.router.wire.Connections;
import org.openbars.router.wire.RequestHeads;

/**
 * Writes answers of our own: ids mirrored as they came, length told, the request's rest dealt with.
 */
final class OwnAnswer {
  private static final String REQUEST_ID = "X-Request-Id";
  private static final String CORRELATION_ID = "X-Correlation-Id";

  private final Vertx vertx;
  private final UnsentAnswers unsent;

  OwnAnswer(Vertx vertx, UnsentAnswers unsent) {
    this.vertx = vertx;
    this.unsent = unsent;
  }

  void close() {
    unsent.close();
  }

  /** Whether an answer can still be written. */
  static boolean possible(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    return !response.headWritten() && !response.ended() && !response.closed();
  }

  /** Sets the ids that may be mirrored. */
  static void mirror(HttpServerResponse response, @Nullable Identity identity) {
    if (identity != null && identity.requestId() != null) {
      response.headers().set(REQUEST_ID, identity.requestId().value());
    }
    if (identity != null && identity.correlationId() != null) {
      response.headers().set(CORRELATION_ID, identity.correlationId().value());
    }
  }

  /**
   * Sends the answer; every header but content type and length is set already.
   *
   * @param awaits100 whether the sender waits for a 100 that it was not sent, so that nothing of
   *     its body is on its way
   * @param last whether an HTTP/1.1 connection must end with it
   */
  void send(
      HttpServerRequest request,
      RequestHeads heads,
      boolean awaits100,
      boolean last,
      OwnEndpoints.Reply reply) {
    HttpServerResponse response = request.response();
    int status = reply.status();
    Buffer body = reply.body();
    response.setStatusCode(status);
    if (request.version() != HttpVersion.HTTP_2) {
      // A receiver's own phrase may stand there, from an answer that never got under way.
      response.setStatusMessage(HttpResponseStatus.valueOf(status).reasonPhrase());
    }
    response.headers().set("Content-Type", reply.contentType());
    // What is true of this request is of no other, and is no page whatever it looks like.
    response.headers().set("Cache-Control", "no-store").set("X-Content-Type-Options", "nosniff");
    response.headers().set("Content-Length", Integer.toString(body.length()));
    boolean ends = last && request.version() != HttpVersion.HTTP_2;
    if (ends) {
      // Vert.x would still hand on what came in the same packet.
      Connections.takeNoMore(request.connection());
    }
    boolean close = ends || (!request.isEnded() && mustClose(request, heads));
    if (close) {
      response.headers().set("Connection", "close");
    }
    if (close && (awaits100 || request.isEnded())) {
      response.end(body).onComplete(done -> request.connection().close());
      return;
    }
    if (unsent.send(request, body)) {
      Unread.drop(vertx, request, close);
    }
  }

  private static boolean mustClose(HttpServerRequest request, RequestHeads heads) {
    if (request.version() == HttpVersion.HTTP_2) {
      return false;
    }
    if (heads.expect() != null) {
      return true;
    }
    String length = heads.contentLength();
    try {
      return length != null && !Unread.keepsConnection(Long.parseLong(length));
    } catch (NumberFormatException e) {
      return true;
    }
  }
}
