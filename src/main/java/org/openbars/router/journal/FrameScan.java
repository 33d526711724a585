package org.openbars.router.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads a segment frame by frame. Damage is skipped: the next frame is the next one with a valid
 * checksum and a possible sequence. For one thread at a time.
 */
final class FrameScan {
  /** Takes what is read. */
  interface Visitor {
    /** Whether no more can be taken for now. */
    boolean full();

    /** A sound frame at {@code offset} of {@code window}, which is {@code at} in the file. */
    void frame(ByteBuffer window, int offset, long at);

    /**
     * Told of what cannot be read and was skipped.
     *
     * @param lost frames that are known to be missing, one at least
     */
    void damaged(long lost);
  }

  /** Bytes of a window: several frames of the largest size. */
  static final int WINDOW = 256 * 1024;

  private final Disk.Content file;
  private final Frame frames;
  private final boolean zerosMayEndIt;
  private long at;
  private long sequence;
  private long skippedFrom = -1;
  private boolean skippedZeros;

  /**
   * @param at where to begin
   * @param sequence of the last frame before that
   * @param zerosMayEndIt whether zeros up to the end are no damage
   */
  FrameScan(Disk.Content file, long salt, long at, long sequence, boolean zerosMayEndIt) {
    this.file = file;
    this.frames = new Frame(salt);
    this.at = at;
    this.sequence = sequence;
    this.zerosMayEndIt = zerosMayEndIt;
  }

  /** Where the next frame is looked for. */
  long at() {
    return at;
  }

  /** The last frame's sequence. */
  long sequence() {
    return sequence;
  }

  /**
   * Reads on.
   *
   * @param window at least {@link #WINDOW} bytes
   * @return whether the limit was reached
   */
  boolean read(long limit, ByteBuffer window, Visitor into) throws IOException {
    while (at < limit) {
      if (into.full()) {
        return false;
      }
      window.clear().limit((int) Math.min(window.capacity(), limit - at));
      Disk.readFully(file, window, at);
      if (!window.hasRemaining()) {
        // Shorter than it was: what is missing cannot be counted.
        into.damaged(1);
        at = limit;
        return true;
      }
      int used = take(window, into);
      at += used;
      if (used == 0 && !into.full()) {
        skip(window, limit, into);
      }
    }
    return true;
  }

  private int take(ByteBuffer window, Visitor into) {
    int used = 0;
    while (!into.full() && frames.isSound(window, used)) {
      long found = Frame.sequence(window, used);
      if (found > sequence) {
        if (found > sequence + 1) {
          into.damaged(found - sequence - 1);
        }
        into.frame(window, used, at + used);
        sequence = found;
      }
      used += Frame.HEADER + Frame.length(window, used);
    }
    return used;
  }

  /** Nothing sound stands here: the end of what was written, or damage. */
  private void skip(ByteBuffer window, long limit, Visitor into) {
    if (skippedFrom < 0) {
      skippedFrom = at;
      skippedZeros = true;
    }
    skippedZeros &= SegmentFile.isZero(window);
    int found = skippedZeros ? -1 : next(window);
    if (found > 0) {
      long next = Frame.sequence(window, found);
      into.damaged(Math.max(1, next - sequence - 1));
      sequence = next - 1;
      at += found;
      skippedFrom = -1;
    } else if (at + window.limit() < limit && window.limit() > Frame.MAX) {
      // A frame that begins near the window's end is whole in the next window only.
      at += window.limit() - Frame.MAX;
    } else {
      if (!(skippedZeros && zerosMayEndIt)) {
        into.damaged(1);
      }
      at = limit;
      skippedFrom = -1;
    }
  }

  private int next(ByteBuffer bytes) {
    for (int from = 1; from + Frame.HEADER <= bytes.limit(); from++) {
      if (frames.isSound(bytes, from)) {
        long found = Frame.sequence(bytes, from);
        if (found > sequence && found <= sequence + (at + from - skippedFrom) / Frame.HEADER + 1) {
          return from;
        }
      }
    }
    return -1;
  }

  /** A frame's payload, when the frame at {@code offset} is sound. */
  static ByteBuffer payload(Disk.Content file, long salt, long offset) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(Frame.MAX);
    Disk.readFully(file, frame, offset);
    if (!new Frame(salt).isSound(frame, 0)) {
      throw new IOException("an entry has changed");
    }
    return Frame.payload(frame, 0);
  }
}
