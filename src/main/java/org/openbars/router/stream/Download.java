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

  /** What becomes of it. */
  interface Listener {
    /** The last byte is about to be written. */
    void ending();

    /** The last byte has been written. */
    void ended();
  }

  private final HttpServerRequest request;
  private final HttpServerResponse to;
  private final HttpClientResponse from;
  private final Listener listener;
  private final boolean bodiless;
  private boolean chunked;
  private boolean stopped;
  private boolean full;
  private long bytes;

  /** Made of an answer whose head has arrived. */
  Download(HttpServerRequest request, HttpClientResponse from, Listener listener) {
    this.request = request;
    this.to = request.response();
    this.from = from;
    this.listener = listener;
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

  /**
   * Sends the head of an answer whose body is slow to come; a quick one goes with its first bytes,
   * which is cheaper.
   */
  void flushHead() {
    if (!stopped && !bodiless && !to.headWritten() && request.version() != HttpVersion.HTTP_1_0) {
      to.writeHead();
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
    listener.ending();
    to.end();
    if (untilClose) {
      // HTTP/1.0 has no chunks: only the connection's end tells the sender that the body is whole.
      request.connection().close();
    }
    listener.ended();
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

  /** Whether the sender is behind, so that nothing more is read for it. */
  boolean full() {
    return full;
  }

  /** Body bytes written to the sender. */
  long bytes() {
    return bytes;
  }
}
