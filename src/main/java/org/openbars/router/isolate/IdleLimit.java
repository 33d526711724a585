package org.openbars.router.isolate;

import java.time.Duration;

/**
 * How long a connection to one receiver host may have been idle and still carry a message: half the
 * shortest idle time after which the host was seen to close one, since a message that meets the
 * close on its way is lost or doubled. What a host closes when it restarts says little, so {@value
 * #SURVIVALS} connections in a row that outlive the shortest time lift the limit again. Any thread.
 */
public final class IdleLimit {
  static final int SURVIVALS = 16;
  private static final long NEVER = Long.MAX_VALUE;

  private final long configured;
  private volatile long limit;
  private long shortest = NEVER;
  private int survivals;

  /**
   * @param configured the limit when nothing is known, and always the highest
   */
  public IdleLimit(Duration configured) {
    this.configured = configured.toNanos();
    this.limit = this.configured;
  }

  /** Nanoseconds. */
  public long nanos() {
    return limit;
  }

  /** Nanoseconds after which an unused connection is of no use, whatever was learned. */
  public long configuredNanos() {
    return configured;
  }

  /** The host closed a connection that had been idle for so long. */
  public synchronized void closedAfter(long idleNanos) {
    survivals = 0;
    if (idleNanos < shortest) {
      shortest = Math.max(0, idleNanos);
      limit = Math.min(configured, shortest / 2);
    }
  }

  /** A connection was still open after so long. */
  public synchronized void outlived(long idleNanos) {
    if (shortest != NEVER && idleNanos > shortest && ++survivals >= SURVIVALS) {
      survivals = 0;
      shortest = NEVER;
      limit = configured;
    }
  }
}
