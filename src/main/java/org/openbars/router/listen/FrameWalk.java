package org.openbars.router.listen;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;

/**
 * Follows the frames of an HTTP/2 connection by their heads, 9 bytes each, and counts those that
 * carry nothing of an exchange: PING, SETTINGS, PRIORITY, empty DATA and kinds nobody knows. Netty
 * answers each PING and SETTINGS and has no bound on how many may come. Resets and CONTINUATION it
 * does bound. On the connection's event loop.
 */
final class FrameWalk {
  private static final long WINDOW_NANOS =
      TimeUnit.SECONDS.toNanos(ListenConfig.Http2.WINDOW_SECONDS);

  private static final int HEAD = 9;
  private static final int DATA = 0x0;
  private static final int HEADERS = 0x1;
  private static final int RST_STREAM = 0x3;
  private static final int WINDOW_UPDATE = 0x8;
  private static final int CONTINUATION = 0x9;
  private static final int END_STREAM = 0x1;
  private static final int END_HEADERS = 0x4;

  private final int most;
  private long windowStart;
  private boolean counting;
  private int idle;
  private int useful;

  private int headRead;
  private int length;
  private int type;
  private int flags;
  private int payloadLeft;
  private boolean openHeaders;

  /**
   * Starts after the connection's preface.
   *
   * @param most frames in {@value ListenConfig.Http2#WINDOW_SECONDS} s that carry nothing, beyond
   *     one for each frame that carries something
   */
  FrameWalk(int most) {
    this.most = most;
  }

  /** Reads along without moving the reader's index; false when there are too many such frames. */
  boolean walk(ByteBuf bytes, long now) {
    if (!counting || now - windowStart > WINDOW_NANOS) {
      counting = true;
      windowStart = now;
      idle = 0;
      useful = 0;
    }
    int at = bytes.readerIndex();
    int end = bytes.writerIndex();
    while (at < end) {
      if (payloadLeft > 0) {
        int step = Math.min(payloadLeft, end - at);
        payloadLeft -= step;
        at += step;
      } else {
        head(bytes.getByte(at) & 0xff);
        at++;
      }
    }
    return idle - useful <= most;
  }

  /** Whether a HEADERS frame has begun whose block is not complete, or any small frame is not. */
  boolean withinHeaders() {
    return openHeaders || (headRead > 0) || (payloadLeft > 0 && type != DATA);
  }

  private void head(int b) {
    switch (headRead) {
      case 0, 1, 2 -> length = headRead == 0 ? b : (length << 8) | b;
      case 3 -> type = b;
      case 4 -> flags = b;
      default -> {
        // The stream's id, which does not matter here.
      }
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
        useful += type == HEADERS ? 1 : 0;
      }
      case DATA -> {
        if (length > 0 || (flags & END_STREAM) != 0) {
          useful++;
        } else {
          idle++;
        }
      }
      case RST_STREAM, WINDOW_UPDATE -> {
        // Resets have a bound of their own; a window's updates come with the data it lets pass.
      }
      default -> idle++;
    }
  }
}
