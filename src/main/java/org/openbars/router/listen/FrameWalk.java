package org.openbars.router.listen;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;

/**
 * Follows the frames of an HTTP/2 connection by their heads, 9 bytes each, and counts those that
 * carry nothing of an exchange (PING, SETTINGS, PRIORITY, empty DATA, kinds nobody knows) and those
 * that take one back (RST_STREAM). Netty answers each PING and SETTINGS and has no bound on how
 * many may come; of resets it bounds the number, which would end a gateway's connection for what
 * some of its many senders do, where the part of exchanges that are taken back tells an attack.
 * WINDOW_UPDATE counts where it lets pass less than {@value #BYTES_FOR_AN_UPDATE} bytes: who reads
 * an answer in the smallest steps sends two for 512. On the connection's event loop.
 */
final class FrameWalk {
  private static final long WINDOW_NANOS =
      TimeUnit.SECONDS.toNanos(ListenConfig.Http2.WINDOW_SECONDS);

  /** Of the connection's window, for each frame. */
  private static final int BYTES_FOR_AN_UPDATE = 256;

  private static final int HEAD = 9;
  private static final int DATA = 0x0;
  private static final int HEADERS = 0x1;
  private static final int RST_STREAM = 0x3;
  private static final int SETTINGS = 0x4;
  private static final int ACK = 0x1;
  private static final int WINDOW_UPDATE = 0x8;
  private static final int CONTINUATION = 0x9;
  private static final int END_STREAM = 0x1;
  private static final int END_HEADERS = 0x4;

  private final ListenConfig.Http2 limits;
  private long windowStart;
  private boolean counting;
  private int idle;
  private int useful;
  private int begun;
  private int resets;
  private int updates;
  private long granted;

  private int headRead;
  private int length;
  private int type;
  private int flags;
  private int stream;
  private int increment;
  private int payloadLeft;
  private boolean openHeaders;
  private boolean settingsKnown;

  /** Starts after the connection's preface. */
  FrameWalk(ListenConfig.Http2 limits) {
    this.limits = limits;
  }

  /** Reads along without moving the reader's index; false when there are too many such frames. */
  boolean walk(ByteBuf bytes, long now) {
    if (!counting || now - windowStart > WINDOW_NANOS) {
      counting = true;
      windowStart = now;
      idle = 0;
      useful = 0;
      begun = 0;
      resets = 0;
      updates = 0;
      granted = 0;
    }
    int at = bytes.readerIndex();
    int end = bytes.writerIndex();
    while (at < end) {
      if (payloadLeft > 0) {
        int step = Math.min(payloadLeft, end - at);
        if (type == WINDOW_UPDATE) {
          update(bytes, at, step);
        }
        payloadLeft -= step;
        at += step;
      } else {
        head(bytes.getByte(at) & 0xff);
        at++;
      }
    }
    long nothing = idle + Math.max(0, updates - granted / BYTES_FOR_AN_UPDATE);
    return nothing - useful <= limits.maxControlFrames()
        && resets - begun / 2 <= limits.maxResets();
  }

  private void update(ByteBuf bytes, int at, int step) {
    for (int i = 0; i < step; i++) {
      increment = (increment << 8) | (bytes.getByte(at + i) & 0xff);
    }
    if (step == payloadLeft) {
      updates++;
      // Only the connection's: a stream's says the same bytes again.
      granted += stream == 0 ? Integer.toUnsignedLong(increment) & Integer.MAX_VALUE : 0;
      increment = 0;
    }
  }

  /**
   * Whether the sender owes something before anything else: the rest of a header block or of a
   * small frame, or its word that it knows our settings. Before that word Netty does not hold it to
   * {@code listen.http2.max-streams}.
   */
  boolean owes() {
    return openHeaders || !settingsKnown || (headRead > 0) || (payloadLeft > 0 && type != DATA);
  }

  private void head(int b) {
    switch (headRead) {
      case 0, 1, 2 -> length = headRead == 0 ? b : (length << 8) | b;
      case 3 -> type = b;
      case 4 -> flags = b;
      default -> stream = headRead == 5 ? b & 0x7f : (stream << 8) | b;
    }
    headRead++;
    if (headRead == HEAD) {
      headRead = 0;
      payloadLeft = length;
      count();
    }
  }

  private void count() {
    switch (type) {
      case HEADERS, CONTINUATION -> {
        openHeaders = (flags & END_HEADERS) == 0;
        int headers = type == HEADERS ? 1 : 0;
        useful += headers;
        begun += headers;
      }
      case DATA -> {
        if (length > 0 || (flags & END_STREAM) != 0) {
          useful++;
        } else {
          idle++;
        }
      }
      case SETTINGS -> {
        settingsKnown |= (flags & ACK) != 0;
        idle++;
      }
      case RST_STREAM -> resets++;
      case WINDOW_UPDATE -> {
        // Counted when it is known what it lets pass.
      }
      default -> idle++;
    }
  }
}
