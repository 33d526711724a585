package org.openbars.router.admit;

import java.util.concurrent.TimeUnit;
import org.openbars.router.message.Urgency;

/**
 * Decides from an event loop's lag what part of its requests to refuse, the least urgent first. A
 * lag counts only when it stood for a while, after CoDel: one long step, such as a collection of
 * garbage, is no overload. What is refused grows fast and shrinks slowly. One event loop's own.
 */
final class Shedding {
  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int LEAST_TICKS = 3;
  private static final double FASTEST_CUT = 0.5;
  private static final double SLOW_GROWTH = 1.05;
  private static final double FAST_GROWTH = 1.15;
  private static final double STEP = 0.01;

  /** Below this share of one urgency, the next is shed as well; the last always keeps as much. */
  private static final double LEAST_SHARE = 0.05;

  private static final int LAST = Urgency.values().length - 1;

  private final double target;
  private final double[] owed = new double[LAST + 1];
  private long intervalStart;
  private int ticks;
  private long least = Long.MAX_VALUE;
  private int shed;
  private double share = 1.0;

  /**
   * Refuses nothing yet.
   *
   * @param target how long the event loop may lag, in nanoseconds
   */
  Shedding(long target, long now) {
    this.target = (double) target;
    this.intervalStart = now;
  }

  /** One measurement of the lag, in nanoseconds. */
  void measured(long lag, long now) {
    ticks++;
    least = Math.min(least, lag);
    long passed = now - intervalStart;
    boolean stood = ticks >= LEAST_TICKS && passed >= INTERVAL_NANOS;
    if (!stood && (ticks < 2 || passed < LONGEST_INTERVAL_NANOS)) {
      return;
    }
    adjust((double) least / target);
    intervalStart = now;
    ticks = 0;
    least = Long.MAX_VALUE;
  }

  private void adjust(double load) {
    if (load > 1) {
      share *= 1 - FASTEST_CUT * Math.min(1, load - 1);
      if (share < LEAST_SHARE) {
        share = shed == LAST ? LEAST_SHARE : 1;
        shed = Math.min(LAST, shed + 1);
      }
    } else {
      share = share * (load > 0.5 ? SLOW_GROWTH : FAST_GROWTH) + STEP;
      if (share >= 1) {
        share = shed == 0 ? 1 : LEAST_SHARE;
        shed = Math.max(0, shed - 1);
      }
    }
  }

  /** Whether this request is to be refused. Not by chance, but one of so many. */
  boolean sheds(Urgency urgency) {
    int rank = urgency.rank();
    if (rank != shed) {
      return rank < shed;
    }
    if (share >= 1) {
      return false;
    }
    owed[rank] += 1 - share;
    if (owed[rank] < 1) {
      return false;
    }
    owed[rank] -= 1;
    return true;
  }

  /** How much is refused: 0 nothing, 1 all reads, 2 new messages too, 3 everything. */
  double level() {
    return shed + (1 - share);
  }
}
