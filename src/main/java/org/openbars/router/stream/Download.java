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
import org.jspecify.annotations.Nullable;
import org.openbars.router.wire.HeaderRules;

/**
 * Pumps the receiver's answer to the sender: reads no more while the sender takes no more. Whatever
 * would make the answer whole at the sender is held until {@link #finish}: the buffer that
 * completes a body of known length, the last chunk, the end of the stream, the head where there is
 * no body. On the exchange's event loop.
 */
final class Download {
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;

  /** What becomes of it. */
  interface Listener {
    /** The answer is there but for its last byte, which {@link #finish} writes. */
    void ending();
  }

  private final HttpServerRequest request;
  private final HttpServerResponse to;
  private final HttpClientResponse from;
  private final Listener listener;
  private final boolean bodiless;
  private final long length;
  private final Backlog backlog = new Backlog(this::drained);
  private boolean chunked;
  private boolean stopped;
  private boolean full;
  private long bytes;
  private @Nullable Buffer last;

  /** Made of an answer whose head has arrived. */
  Download(HttpServerRequest request, HttpClientResponse from, Listener listener) {
    this.request = request;
    this.to = request.response();
    this.from = from;
    this.listener = listener;
    int status = from.statusCode();
    boolean headAlone =
        HttpMethod.HEAD.equals(request.method()) || status == NO_CONTENT || status == NOT_MODIFIED;
    this.length = headAlone ? 0 : length(from.headers().get(HttpHeaders.CONTENT_LENGTH));
    this.bodiless = length == 0;
  }

  /** Body bytes to come; -1 when they are not told. */
  private static long length(@Nullable String header) {
    try {
      return header == null ? -1 : Long.parseLong(header.trim());
    } catch (NumberFormatException e) {
      return -1;
    }
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
    if (chunk.length() == 0) {
      // HTTP/2 ends a body with an empty frame as it likes: it must not take the last one's place.
      return;
    }
    bytes += chunk.length();
    if (bytes == length) {
      last = chunk;
      return;
    }
    backlog.add(chunk.length(), to.write(chunk));
    full = backlog.isFull() || to.writeQueueFull();
  }

  private void drained() {
    if (full && !stopped && backlog.isLow() && !to.writeQueueFull()) {
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
    listener.ending();
  }

  /** Writes the last byte; false when the sender is gone. */
  boolean finish() {
    if (to.closed()) {
      return false;
    }
    if (last == null) {
      to.end();
    } else {
      to.end(last);
    }
    if (chunked && request.version() == HttpVersion.HTTP_1_0) {
      // HTTP/1.0 has no chunks: only the connection's end tells the sender that the body is whole.
      request.connection().close();
    }
    return true;
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

  /** Body bytes written to the sender, those held to the end included. */
  long bytes() {
    return bytes;
  }
}
