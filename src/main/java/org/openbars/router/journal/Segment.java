package org.openbars.router.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One segment. One of this run is written by one lane, under that lane's lock, and read up to
 * {@link #limit} at the same time; one of a former run is only read.
 */
final class Segment {
  private static final Logger LOG = LoggerFactory.getLogger(Segment.class);

  private final long number;
  private final Path path;
  private final boolean former;
  private final long salt;
  private final long createdMillis;
  private final Disk.@Nullable Content file;
  // Exchanges opened here, or carried here, and not closed: while there are any it must stay.
  private final AtomicInteger open = new AtomicInteger();

  // Lane's lock.
  private long sequence;
  // Written by the lane, read by all. `sealed` is set after the last change of `written` and
  // `closes`, so that whoever sees it sees the end.
  private volatile long written = SegmentFile.HEADER;
  private volatile int closes;
  private volatile boolean sealed;
  private volatile long sealedAt;
  private volatile boolean damaged;
  // Force thread.
  private volatile long forced;
  private volatile boolean failedForce;
  // Journal's thread.
  private boolean trimmed;

  private Segment(
      long number,
      Path path,
      boolean former,
      long salt,
      long createdMillis,
      Disk.@Nullable Content file) {
    this.number = number;
    this.path = path;
    this.former = former;
    this.salt = salt;
    this.createdMillis = createdMillis;
    this.file = file;
  }

  static Segment ofThisRun(long number, Path path, long salt, Disk.Content file) {
    return new Segment(number, path, false, salt, System.currentTimeMillis(), file);
  }

  /** A file found at the start: whatever it holds is all it will ever hold. */
  static Segment ofFormerRun(long number, Path path, long createdMillis, long size, int closes) {
    Segment found = new Segment(number, path, true, 0, createdMillis, null);
    found.written = size;
    found.forced = size;
    found.closes = closes;
    found.trimmed = true;
    found.seal();
    return found;
  }

  long number() {
    return number;
  }

  Path path() {
    return path;
  }

  boolean former() {
    return former;
  }

  /** Only of a segment of this run; a former one's stands in its header. */
  long salt() {
    return salt;
  }

  long createdMillis() {
    return createdMillis;
  }

  /** Where the last whole frame ends. */
  long limit() {
    return written;
  }

  /** Entries for the sinks in it. */
  int closes() {
    return closes;
  }

  /** Whether {@link #limit} will not change any more. */
  boolean sealed() {
    return sealed;
  }

  void seal() {
    sealedAt = System.nanoTime();
    sealed = true;
  }

  /** For how long it has been sealed, in nanoseconds. */
  long sealedFor() {
    return System.nanoTime() - sealedAt;
  }

  AtomicInteger open() {
    return open;
  }

  /** Something in it cannot be read: it is kept for whoever looks into it. */
  void foundDamaged() {
    damaged = true;
  }

  boolean damaged() {
    return damaged;
  }

  /** The next frame's sequence. Lane's lock. */
  long nextSequence() {
    return sequence + 1;
  }

  /** Writes one frame; a failure leaves {@link #limit} where it was. Lane's lock. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // One writer at a time, under the lane's lock.
  void append(ByteBuffer frame, byte type) throws IOException {
    if (file == null) {
      throw new IllegalStateException("a former run's segment is not written");
    }
    long end = written + frame.remaining();
    Disk.writeFully(file, frame, written);
    sequence++;
    if (type == Frame.CLOSED) {
      closes++;
    }
    written = end;
  }

  /** Fills it with zeros, so that writing to it needs no more blocks. */
  void allot(long size, ByteBuffer zeros) throws IOException {
    if (file == null) {
      throw new IllegalStateException("a former run's segment is not written");
    }
    for (long at = SegmentFile.HEADER; at < size; ) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), size - at));
      int length = zeros.limit();
      Disk.writeFully(file, zeros, at);
      at += length;
      // A little at a time, or whoever forces an entry meanwhile waits for all of it.
      file.force(false);
    }
  }

  /** Up to where it is on the disk, and its name in the folder. */
  long forced() {
    return forced;
  }

  boolean needsForce() {
    return forced < written && !failedForce;
  }

  /**
   * Whether its file could not be forced: what was not by then may be missing after a power cut.
   */
  boolean failedForce() {
    return failedForce;
  }

  /**
   * Brings to the disk what was written so far. Not for an event loop.
   *
   * @param folder forces the folder's list of files, before this segment counts for the first time
   */
  synchronized void force(Disk disk, Path folder) throws IOException {
    long end = written;
    if (file == null) {
      return;
    }
    try {
      file.force(forced == 0);
      if (forced == 0) {
        disk.forceFolder(folder);
      }
    } catch (IOException e) {
      failedForce = true;
      throw e;
    }
    forced = end;
  }

  /** Gives back what was allotted and not used, once sealed. Journal's thread. */
  void trim() {
    if (trimmed || !sealed || file == null) {
      return;
    }
    trimmed = true;
    try {
      file.truncate(written);
    } catch (IOException e) {
      LOG.debug("A segment keeps the room it does not use", e);
    }
  }

  void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
