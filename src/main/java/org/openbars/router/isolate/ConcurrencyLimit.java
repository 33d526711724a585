package org.openbars.router.isolate;

import org.jspecify.annotations.Nullable;

/**
 * How many exchanges one receiver host may have in flight: what is configured, less while the host
 * recovers, and less while it shows that it cannot do as much. Any thread; times are {@link
 * System#nanoTime}.
 */
public final class ConcurrencyLimit {
  /** What a host that has just recovered may have at once. */
  static final int RAMP_FROM = 4;

  private volatile int max;
  private final @Nullable AdaptiveLimit adaptive;
  private final long rampNanos;

  /** When the host recovered; 0 when it is not being spared. */
  private volatile long rampSince;

  /**
   * @param max what is never passed
   */
  public ConcurrencyLimit(IsolationConfig config, int max) {
    this.max = max;
    this.rampNanos = config.breaker().rampUp().toNanos();
    this.adaptive =
        config.adaptiveLimit() == IsolationConfig.Adaptive.OFF
            ? null
            : new AdaptiveLimit(
                config.adaptiveLimit() == IsolationConfig.Adaptive.VEGAS,
                Math.min(max, config.adaptiveMin()),
                max);
  }

  /** Another limit from now on; the adaptive one stays below what it began with. */
  public void max(int other) {
    max = other;
  }

  /** The limit now. */
  public int get(long now) {
    int limit = adaptive == null ? max : Math.min(max, adaptive.get());
    long since = rampSince;
    return since == 0 ? limit : Math.min(limit, ramped(now - since));
  }

  private int ramped(long nanos) {
    if (nanos >= rampNanos) {
      rampSince = 0;
      return max;
    }
    return (int) Math.min(max, RAMP_FROM + (double) max * nanos / rampNanos);
  }

  /** The host has recovered, and is spared for a while. */
  public void recovered(long now) {
    // 0 means never; one nanosecond is no matter.
    rampSince = rampNanos == 0 ? 0 : now == 0 ? 1 : now;
  }

  /**
   * One exchange's answer, or that there was none.
   *
   * @param sent when its last byte had gone
   * @param dropped whether the receiver did not or could not do it
   */
  public void sample(long sent, long now, int inFlight, boolean dropped) {
    if (adaptive != null) {
      adaptive.sample(sent, now - sent, inFlight, dropped);
    }
  }
}
