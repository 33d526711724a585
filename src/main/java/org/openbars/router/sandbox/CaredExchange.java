package org.openbars.router.sandbox;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.openbars.router.sandbox.care.CareAnswer;
import org.openbars.router.sandbox.care.CareReceiver;
import org.openbars.router.sandbox.care.CareRequest;

/**
 * A request that a {@link CareReceiver} answers: its body held up to 1 MiB, its care given by a
 * worker, {@value #AT_ONCE} at once for each receiver. On the request's event loop.
 */
final class CaredExchange {
  static final int AT_ONCE = 64;

  private static final int MAX_BODY = 1 << 20;

  private final Vertx vertx;
  private final CareReceiver care;
  private final Semaphore permits;
  private final HttpServerRequest request;
  private final String path;
  private final Buffer body = Buffer.buffer();
  private boolean tooLarge;
  private boolean over;
  private @Nullable CareAnswer made;

  CaredExchange(
      Vertx vertx, CareReceiver care, Semaphore permits, HttpServerRequest request, String path) {
    this.vertx = vertx;
    this.care = care;
    this.permits = permits;
    this.request = request;
    this.path = path;
  }

  void take(Buffer chunk) {
    if (body.length() + chunk.length() > MAX_BODY) {
      tooLarge = true;
    } else {
      body.appendBuffer(chunk);
    }
  }

  /** Completes when the answer knows what to say. */
  Future<Void> begin(Answer answer) {
    if (tooLarge) {
      answer.refuse(413);
      return Future.succeededFuture();
    }
    if (!permits.tryAcquire()) {
      answer.refuse(429);
      return Future.succeededFuture();
    }
    CareRequest whole =
        new CareRequest(
            request.method().name().equals("HEAD") ? "GET" : request.method().name(),
            decoded(),
            request.query(),
            request.getHeader("X-Request-Id"),
            request.getHeader("X-Correlation-Id"),
            request.getHeader(HttpHeaders.ACCEPT),
            request.getHeader(HttpHeaders.CONTENT_TYPE),
            body.toString(StandardCharsets.UTF_8));
    // In one chain: a handler beside it may run after the chain's end.
    return vertx
        .executeBlocking(() -> care.answer(whole), false)
        .onComplete(done -> permits.release())
        .map(cared -> used(answer, cared))
        .otherwise(
            failure -> {
              answer.refuse(500);
              return true;
            })
        .mapEmpty();
  }

  private boolean used(Answer answer, CareAnswer cared) {
    made = cared;
    answer.use(cared);
    if (over) {
      care.answered(cared);
    }
    return true;
  }

  private String decoded() {
    try {
      // A plus is a plus in a path.
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return path;
    }
  }

  /** The answer goes out, or nobody is there any more to take it. */
  void answered() {
    over = true;
    if (made != null) {
      care.answered(made);
    }
  }
}
