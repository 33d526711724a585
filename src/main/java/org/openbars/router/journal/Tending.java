package org.openbars.router.journal;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal's own thread: writes what was handed over, keeps a segment ready, and deletes from
 * the front what every sink has stored.
 */
final class Tending implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Tending.class);
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long EXPIRE_EVERY_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final long MOST_WAIT_MILLIS = 50;

  private final Writing writing;
  private final Front front;
  private final Segments segments;
  private final DamagedFiles damaged;
  private final Health health;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean ending;
  private volatile @Nullable Thread thread;
  private long retryAt = System.nanoTime();
  private long expireAt = System.nanoTime();

  Tending(Writing writing, Front front, Segments segments, DamagedFiles damaged, Health health) {
    this.writing = writing;
    this.front = front;
    this.segments = segments;
    this.damaged = damaged;
    this.health = health;
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    while (!ending) {
      tick();
      if (writing.idle()) {
        LockSupport.parkNanos(TICK_NANOS);
      } else if (health.failing()) {
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
  }

  void wake() {
    LockSupport.unpark(thread);
  }

  void end() {
    ending = true;
    wake();
  }

  private void tick() {
    lock.lock();
    try {
      writing.writeWaiting();
      grow();
      segments.closeSealed();
      front.advance();
      if (System.nanoTime() - expireAt >= 0) {
        expireAt = System.nanoTime() + EXPIRE_EVERY_NANOS;
        damaged.expire(System.currentTimeMillis());
      }
    } catch (IOException e) {
      health.cannotGrow(e);
    } catch (RuntimeException e) {
      LOG.error("The audit's journal thread failed and goes on", e);
    } finally {
      lock.unlock();
    }
  }

  private void grow() {
    if (health.failing() && System.nanoTime() - retryAt < 0) {
      return;
    }
    try {
      if (!segments.hasSpare()) {
        segments.prepare();
      }
      health.canGrow();
    } catch (IOException e) {
      retryAt = System.nanoTime() + RETRY_NANOS;
      health.cannotGrow(e);
    }
  }

  /** Deletes what can go, on the caller's thread, when the journal's own is not at it. */
  void advanceNow() throws IOException {
    boolean locked = lock.tryLock();
    try {
      locked = locked || lock.tryLock(MOST_WAIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (locked) {
      try {
        segments.closeSealed();
        front.advance();
      } finally {
        lock.unlock();
      }
    }
  }

  /** As {@link #advanceNow}, for a lane that has no room. */
  void advanceFor(boolean mayWait) {
    if (lock.isHeldByCurrentThread()) {
      return;
    }
    try {
      if (mayWait) {
        advanceNow();
      } else if (lock.tryLock()) {
        try {
          front.advance();
        } finally {
          lock.unlock();
        }
      }
    } catch (IOException e) {
      health.cannotGrow(e);
    }
  }

  /** The last things, once the thread has ended. */
  void last(Collection<Lane> lanes) throws IOException {
    lock.lock();
    try {
      writing.writeWaiting();
      lanes.forEach(Lane::seal);
      segments.closeSealed();
      front.advance();
    } finally {
      lock.unlock();
    }
  }

  static Thread start(Runnable body, String name) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  static void join(List<Thread> threads) {
    for (Thread thread : threads) {
      try {
        thread.join(TimeUnit.SECONDS.toMillis(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
