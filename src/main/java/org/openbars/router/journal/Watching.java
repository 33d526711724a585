package org.openbars.router.journal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to the bounds on waiting. Its thread never touches the disk, so that a disk that hangs
 * cannot stop it.
 */
final class Watching implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Watching.class);
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Waits waits;
  private final Writing writing;
  private final Health health;
  private volatile boolean ending;

  Watching(Waits waits, Writing writing, Health health) {
    this.waits = waits;
    this.writing = writing;
    this.health = health;
  }

  @Override
  public void run() {
    while (!ending) {
      try {
        waits.expire();
        writing.forEach(this::look);
      } catch (RuntimeException e) {
        LOG.error("The audit's journal failed to watch and goes on", e);
      }
      LockSupport.parkNanos(TICK_NANOS);
    }
    waits.end();
  }

  private void look(Lane lane) {
    if (lane.underWay() > Health.SLOW_NANOS) {
      health.heldUp();
    }
  }

  void end() {
    ending = true;
  }
}
