package org.openbars.router.journal;

import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread's way into the journal: a segment of its own, each entry one write into the page
 * cache. The lock is for threads that must share a lane and for the rare sealing from outside; an
 * event loop with a lane to itself never waits for it.
 */
final class Lane {
  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

  private final Segments segments;
  private final OpenExchanges open;
  private final Health health;
  private final Timer writes;
  private final ReentrantLock lock = new ReentrantLock();
  // Written under the lock.
  private volatile @Nullable Segment current;
  private Frame frames = new Frame(0);
  // When the write under way began, 0 for none: a write that hangs is seen from outside.
  private volatile long began;

  Lane(Segments segments, OpenExchanges open, Health health, Timer writes) {
    this.segments = segments;
    this.open = open;
    this.health = health;
    this.writes = writes;
  }

  /**
   * Writes the pen's payload as one frame.
   *
   * @return the segment that has it; null when the disk did not take it, or took too long to begin
   */
  @Nullable Segment append(Pen pen, byte type, byte flags, UUID id) {
    if (!lock()) {
      health.heldUp();
      return null;
    }
    // A channel that an interrupted thread writes to is closed.
    boolean interrupted = Thread.interrupted();
    try {
      return write(pen, type, flags, id);
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean lock() {
    if (lock.tryLock()) {
      return true;
    }
    try {
      return lock.tryLock(Health.SLOW_NANOS, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return lock.tryLock();
    }
  }

  private @Nullable Segment write(Pen pen, byte type, byte flags, UUID id) {
    long start = System.nanoTime();
    began = start == 0 ? 1 : start;
    try {
      // The second try is in another segment: a file that failed is not trusted again.
      for (int tries = 0; tries < 2; tries++) {
        try {
          return write(withRoom(pen.end(), type, id), pen, type, flags, id);
        } catch (IOException e) {
          health.failed(e);
          drop();
        }
      }
      return null;
    } finally {
      began = 0;
      long nanos = System.nanoTime() - start;
      writes.record(nanos, TimeUnit.NANOSECONDS);
      if (nanos > Health.SLOW_NANOS) {
        health.slow();
      }
    }
  }

  private Segment write(Segment segment, Pen pen, byte type, byte flags, UUID id)
      throws IOException {
    long at = segment.limit();
    frames.finish(pen.buffer(), pen.end(), type, flags, segment.nextSequence());
    segment.append(pen.buffer(), type);
    if (type == Frame.OPENED) {
      open.locate(id, segment, at);
    }
    pen.wrote(segment.limit());
    return segment;
  }

  private Segment withRoom(int length, byte type, UUID id) throws IOException {
    Segment segment = current;
    // Segments are deleted in the order of their numbers, so an end never stands before its
    // beginning: the beginning alone would be taken for an exchange that never ended.
    Segment beginning = type == Frame.CLOSED ? open.segment(id) : null;
    boolean inOrder =
        segment == null || beginning == null || beginning.number() <= segment.number();
    if (segment != null
        && inOrder
        && !segment.failedForce()
        && segment.limit() + length + Frame.HEADER <= segments.size()) {
      return segment;
    }
    sealCurrent();
    Segment fresh = segments.fresh();
    frames = new Frame(fresh.salt());
    current = fresh;
    return fresh;
  }

  private void drop() {
    Segment segment = current;
    current = null;
    if (segment != null) {
      segment.seal();
    }
  }

  private void sealCurrent() {
    Segment segment = current;
    if (segment == null) {
      return;
    }
    ByteBuffer last = ByteBuffer.allocate(Frame.HEADER);
    frames.finish(last, Frame.HEADER, Frame.SEALED, (byte) 0, segment.nextSequence());
    try {
      segment.append(last, Frame.SEALED);
      segments.charge(Frame.HEADER);
    } catch (IOException e) {
      LOG.debug("A segment could not be sealed", e);
    }
    drop();
  }

  /**
   * Ends the present segment.
   *
   * @return whether it could be had; not while its owner is held up
   */
  boolean seal() {
    if (!lock()) {
      return false;
    }
    try {
      sealCurrent();
      return true;
    } finally {
      lock.unlock();
    }
  }

  boolean writesTo(Segment segment) {
    return current == segment;
  }

  /** Nanoseconds for which a write has been under way, 0 for none. Any thread. */
  long underWay() {
    long since = began;
    return since == 0 ? 0 : Math.max(0, System.nanoTime() - since);
  }
}
