package org.openbars.router.stream;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Map;
import org.openbars.router.wire.HeaderRules;

/**
 * Pumps the receiver's answer to the sender: reads no more while the sender takes no more. On the
 * exchange's event loop.
 */
final class Download {
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;

  private final HttpServerRequest request;
  private final HttpServerResponse to;
  private final HttpClientResponse from;
  private final Runnable beforeEnd;
  private final Runnable ended;
  private final boolean bodiless;
  private boolean chunked;
  private boolean stopped;
  private boolean full;
  private long bytes;

  /**
   * Made of an answer whose head has arrived.
   *
   * @param beforeEnd run just before the last byte is written
   * @param ended run just after
   */
  Download(HttpServerRequest request, HttpClientResponse from, Runnable beforeEnd, Runnable ended) {
    this.request = request;
    this.to = request.response();
    this.from = from;
    this.beforeEnd = beforeEnd;
    this.ended = ended;
    int status = from.statusCode();
    this.bodiless =
        HttpMethod.HEAD.equals(request.method()) || status == NO_CONTENT || status == NOT_MODIFIED;
  }

  /** Writes the head, then {@code read} (what was read of the body already), then the rest. */
  void start(List<Buffer> read, boolean complete) {
    head();
    for (Buffer chunk : read) {
      write(chunk);
    }
    if (complete) {
      end();
      return;
    }
    to.drainHandler(v -> drained());
    from.handler(this::chunk);
    from.endHandler(v -> end());
    if (!full) {
      from.resume();
    }
  }

  private void head() {
    to.setStatusCode(from.statusCode());
    if (request.version() != HttpVersion.HTTP_2) {
      to.setStatusMessage(from.statusMessage());
    }
    List<String> connection = from.headers().getAll(HttpHeaders.CONNECTION);
    HeaderRules.copyToSender(
        from.headers(),
        to.headers(),
        connection.isEmpty() ? null : HeaderRules.nominated(connection));
    if (!bodiless && !from.headers().contains(HttpHeaders.CONTENT_LENGTH)) {
      chunked = true;
      to.setChunked(true);
    }
  }

  private void chunk(Buffer chunk) {
    if (stopped) {
      return;
    }
    write(chunk);
    if (full) {
      from.pause();
    }
  }

  private void write(Buffer chunk) {
    bytes += chunk.length();
    to.write(chunk);
    full = to.writeQueueFull();
  }

  private void drained() {
    if (full && !stopped) {
      full = false;
      from.resume();
    }
  }

  private void end() {
    if (stopped) {
      return;
    }
    stopped = true;
    if (chunked) {
      trailers();
    }
    boolean untilClose = chunked && request.version() == HttpVersion.HTTP_1_0;
    beforeEnd.run();
    to.end();
    if (untilClose) {
      // HTTP/1.0 has no chunks: only the connection's end tells the sender that the body is whole.
      request.connection().close();
    }
    ended.run();
  }

  private void trailers() {
    MultiMap trailers = from.trailers();
    if (trailers != null && !trailers.isEmpty()) {
      for (Map.Entry<String, String> trailer : trailers) {
        if (HeaderRules.isTrailer(trailer.getKey())) {
          to.trailers().add(trailer.getKey(), trailer.getValue());
        }
      }
    }
  }

  /** Reads and writes nothing more. */
  void stop() {
    stopped = true;
  }

  /** Body bytes written to the sender. */
  long bytes() {
    return bytes;
  }
}
