package org.openbars.router.journal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings to the disk what lanes wrote, every 5 ms or as soon as someone waits for it, and tells
 * those who do. While one force is under way, what is written meanwhile gathers for the next.
 */
final class Forcing implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Forcing.class);
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private record Wait(Segment segment, long end, Acknowledgement acknowledgement) {}

  private final Disk disk;
  private final Segments segments;
  private final Health health;
  private final Queue<Wait> arriving = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<Wait> waiting = new ArrayDeque<>();
  private volatile boolean parked;
  private volatile boolean ending;
  private volatile @Nullable Thread thread;

  Forcing(Disk disk, Segments segments, Health health) {
    this.disk = disk;
    this.segments = segments;
    this.health = health;
  }

  /** Tells once everything before {@code end} of a segment is on the disk. Any thread. */
  void await(Segment segment, long end, Acknowledgement acknowledgement) {
    arriving.add(new Wait(segment, end, acknowledgement));
    if (parked) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    while (!ending) {
      try {
        forceAll();
        tell();
      } catch (RuntimeException e) {
        LOG.error("The audit's journal failed to force and goes on", e);
      }
      parked = true;
      if (arriving.isEmpty()) {
        LockSupport.parkNanos(TICK_NANOS);
      }
      parked = false;
    }
  }

  void end() {
    ending = true;
    LockSupport.unpark(thread);
  }

  /** Forces what is written by now. Blocks; not for an event loop. */
  void forceAll() {
    for (Segment segment : segments.writing()) {
      if (segment.needsForce()) {
        try {
          segment.force(disk, segments.folder());
        } catch (IOException e) {
          // Its lane goes on in another one.
          health.notForced(e);
        }
      }
    }
  }

  private void tell() {
    for (Wait wait = arriving.poll(); wait != null; wait = arriving.poll()) {
      waiting.add(wait);
    }
    List<Acknowledgement> written = new ArrayList<>();
    for (int i = waiting.size(); i > 0; i--) {
      Wait wait = waiting.removeFirst();
      if (wait.segment.forced() >= wait.end) {
        written.add(wait.acknowledgement);
      } else if (wait.segment.failedForce()) {
        wait.acknowledgement.tell(false);
      } else if (!wait.acknowledgement.told()) {
        waiting.addLast(wait);
      }
    }
    if (!written.isEmpty()) {
      Acknowledgement.tellAll(written);
    }
  }
}
