package org.openbars.router.stream;

/**
 * Whether a sender takes its answer. What it has been given lies in the kernels' buffers first,
 * megabytes of it, and from there it goes in steps: a sender that reads 50 KiB a second was seen to
 * take nothing from the router for half a minute. So bytes taken early count as credit at the
 * lowest rate, and only a sender that takes nothing at all for a minute, or has used its credit up,
 * has stalled. On the exchange's event loop.
 */
final class DrainPace {
  static final long NOTHING_TAKEN_NANOS = 60_000_000_000L;
  private static final long GRACE_SECONDS = 10;

  private final long minRate;
  private final long start;
  private long bytes;
  private long lastTaken;

  /**
   * Begins to look.
   *
   * @param minRate bytes a second
   */
  DrainPace(long minRate, long nowNanos) {
    this.minRate = minRate;
    this.start = nowNanos;
    this.lastTaken = nowNanos;
  }

  /** Whether the sender has stalled, {@code taken} bytes of the answer having left the router. */
  boolean stalled(long nowNanos, long taken) {
    if (taken > bytes) {
      bytes = taken;
      lastTaken = nowNanos;
    }
    if (nowNanos - lastTaken > NOTHING_TAKEN_NANOS) {
      return true;
    }
    long seconds = (nowNanos - start) / 1_000_000_000L;
    return seconds > GRACE_SECONDS && taken / Math.max(1, minRate) < seconds - GRACE_SECONDS;
  }
}
