package org.openbars.router.stream;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;
import org.openbars.router.wire.BodyShape;
import org.openbars.router.wire.BodyTap;

/**
 * Pumps the sender's body to the receiver: reads no more while the receiver takes no more. On the
 * exchange's event loop.
 */
final class Upload {
  /** What becomes of it. */
  interface Listener {
    /** The last byte has been handed to the connection. */
    void uploaded();

    /** The body passed {@code maxBody}; nothing more is read. */
    void tooLarge();
  }

  private final HttpServerRequest from;
  private final HttpClientRequest to;
  private final BodyShape shape;
  private final @Nullable BodyTap tap;
  private final Held held;
  private final long maxBody;
  private final Listener listener;
  private final Backlog backlog = new Backlog(this::drained);
  private long bytes;
  private boolean started;
  private boolean ended;
  private boolean stopped;
  private long fullSince;
  private long lastChunk = System.nanoTime();

  Upload(
      HttpServerRequest from,
      HttpClientRequest to,
      RequestBody body,
      long maxBody,
      Listener listener) {
    this.from = from;
    this.to = to;
    this.shape = body.shape();
    this.tap = body.tap();
    this.held = body.held();
    this.maxBody = maxBody;
    this.listener = listener;
  }

  /** Begins; {@code from} must be paused. */
  void start(boolean headFirst) {
    if (shape.isEmpty()) {
      from.resume();
      end();
      return;
    }
    if (shape.kind() == BodyShape.Kind.CHUNKED) {
      to.setChunked(true);
    }
    if (headFirst && shape.kind() != BodyShape.Kind.STREAM) {
      // The sender waits for the receiver's 100, so the head must not wait for the body.
      to.sendHead();
      started = true;
    }
    to.drainHandler(v -> drained());
    if (held.wasRead()) {
      bytes = held.bytes();
      held.take().forEach(this::write);
      if (held.complete()) {
        finish();
        return;
      }
    }
    from.handler(this::chunk);
    from.endHandler(v -> end());
    if (fullSince == 0) {
      from.resume();
    }
  }

  private void chunk(Buffer chunk) {
    if (stopped) {
      return;
    }
    bytes += chunk.length();
    if (bytes > maxBody) {
      stop();
      listener.tooLarge();
      return;
    }
    if (tap != null) {
      tap.chunk(chunk);
    }
    write(chunk);
  }

  private void write(Buffer chunk) {
    if (!started) {
      started = true;
      if (shape.kind() == BodyShape.Kind.STREAM) {
        to.setChunked(true);
      }
    }
    lastChunk = System.nanoTime();
    backlog.add(chunk.length(), to.write(chunk));
    if (backlog.isFull() || to.writeQueueFull()) {
      fullSince = lastChunk;
      from.pause();
    }
  }

  private void drained() {
    if (fullSince != 0 && !stopped && backlog.isLow() && !to.writeQueueFull()) {
      fullSince = 0;
      lastChunk = System.nanoTime();
      from.resume();
    }
  }

  private void end() {
    if (stopped) {
      return;
    }
    if (tap != null) {
      tap.ended();
    }
    finish();
  }

  private void finish() {
    ended = true;
    fullSince = 0;
    to.end();
    listener.uploaded();
  }

  /** Reads and writes nothing more; what was sent stays sent. */
  void stop() {
    stopped = true;
  }

  /** Body bytes read from the sender. */
  long bytes() {
    return bytes;
  }

  /** Whether the last byte has been handed to the connection. */
  boolean ended() {
    return ended;
  }

  /**
   * Since when the receiver has taken nothing, {@link System#nanoTime}; 0 when it is not behind.
   */
  long fullSince() {
    return fullSince;
  }

  /** When the sender last sent something. */
  long lastChunk() {
    return lastChunk;
  }
}
