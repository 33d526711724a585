package org.openbars.router.stream;

/**
 * Whether a body gets on: at least so many bytes over each ten seconds. Any wait shorter than that
 * is allowed, so that a slow sender is not taken for a dead one. On the exchange's event loop.
 */
final class Pace {
  private static final long WINDOW_SECONDS = 10;
  private static final long WINDOW_NANOS = WINDOW_SECONDS * 1_000_000_000L;

  private final long leastBytes;
  private long windowStart;
  private long bytesBefore;

  /**
   * Begins to look.
   *
   * @param minRate bytes a second
   */
  Pace(long minRate, long nowNanos) {
    this.leastBytes = minRate * WINDOW_SECONDS;
    this.windowStart = nowNanos;
  }

  /** Another body begins, or one that was held back by somebody else goes on. */
  void restart(long nowNanos, long bytes) {
    windowStart = nowNanos;
    bytesBefore = bytes;
  }

  /** Whether the last ten seconds brought too little. */
  boolean stalled(long nowNanos, long bytes) {
    if (nowNanos - windowStart < WINDOW_NANOS) {
      return false;
    }
    if (bytes - bytesBefore < leastBytes) {
      return true;
    }
    restart(nowNanos, bytes);
    return false;
  }
}
