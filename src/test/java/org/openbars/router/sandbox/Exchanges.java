package org.openbars.router.sandbox;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A sender for the tests of this package. */
final class Exchanges {
  static final String REQUEST_ID = "c1ab3fba-6bae-4ba4-b257-5a87c44d4a91";
  static final String CORRELATION_ID = "9562466f-c982-4bd5-bb0e-255e9f5e6689";
  private static final int PATIENCE_SECONDS = 60;

  /** What came back; {@code failure} is empty for a body that came whole. */
  record Answered(
      int status,
      HttpVersion version,
      MultiMap headers,
      MultiMap trailers,
      Buffer body,
      long length,
      String sha256,
      String failure) {}

  private final Vertx vertx;
  private final HttpClientAgent client;

  Exchanges(Vertx vertx, HttpVersion version) {
    this.vertx = vertx;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(version)
                .setHttp2ClearTextUpgrade(false)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setUseAlpn(true));
  }

  /** Asks and reads on one event loop: handlers set from another thread come too late. */
  <T> Future<T> with(RequestOptions options, Function<HttpClientRequest, Future<T>> steps) {
    Promise<T> promise = Promise.promise();
    vertx.runOnContext(start -> client.request(options).compose(steps).onComplete(promise));
    return promise.future();
  }

  static RequestOptions to(HttpMethod method, String url) {
    return new RequestOptions()
        .setMethod(method)
        .setAbsoluteURI(url)
        .putHeader("X-Request-Id", REQUEST_ID)
        .putHeader("X-Correlation-Id", CORRELATION_ID)
        .putHeader("Content-Type", "application/fhir+json");
  }

  /** Sends the body whole and reads the answer, hashing it as it comes. */
  Future<Answered> exchange(RequestOptions options, Buffer body) {
    return with(
        options, request -> request.send(body).compose(response -> read(response, 6 << 20)));
  }

  static Future<Answered> read(HttpClientResponse response, int kept) {
    MessageDigest digest = Sha256.digest();
    Buffer start = Buffer.buffer();
    long[] length = {0};
    response.handler(
        chunk -> {
          digest.update(chunk.getBytes());
          length[0] += chunk.length();
          if (start.length() + chunk.length() <= kept) {
            start.appendBuffer(chunk);
          }
        });
    return response
        .end()
        .map("")
        .recover(failure -> Future.succeededFuture(failure.toString()))
        .map(
            failure ->
                new Answered(
                    response.statusCode(),
                    response.version(),
                    response.headers(),
                    response.trailers(),
                    start,
                    length[0],
                    HexFormat.of().formatHex(digest.digest()),
                    failure));
  }

  static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("not in time, or failed", e);
    }
  }
}
