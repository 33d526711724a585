package org.openbars.router.journal;

import java.nio.ByteBuffer;

/** A thread's own means to write entries, so that encoding neither waits nor allocates. */
final class Pen {
  private final Lane lane;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(Frame.MAX);
  private int end;
  private long writtenTo;

  Pen(Lane lane) {
    this.lane = lane;
  }

  Lane lane() {
    return lane;
  }

  /** The buffer, ready for a payload. */
  ByteBuffer start() {
    return buffer.clear().position(Frame.HEADER);
  }

  /** The payload is complete; the frame's length. */
  int finish() {
    end = buffer.position();
    return end;
  }

  /** A payload that was written before; the frame's length. */
  int copy(ByteBuffer payload) {
    start().put(payload.duplicate());
    return finish();
  }

  /** A copy of the payload. */
  ByteBuffer payload() {
    buffer.clear().limit(end).position(Frame.HEADER);
    return ByteBuffer.allocate(end - Frame.HEADER).put(buffer).flip();
  }

  ByteBuffer buffer() {
    return buffer;
  }

  int end() {
    return end;
  }

  /** Where in its segment the last frame written ends. */
  long writtenTo() {
    return writtenTo;
  }

  void wrote(long segmentEnd) {
    writtenTo = segmentEnd;
  }
}
