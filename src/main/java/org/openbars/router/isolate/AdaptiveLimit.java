package org.openbars.router.isolate;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.limit.AIMDLimit;
import com.netflix.concurrency.limits.limit.VegasLimit;
import com.netflix.concurrency.limits.limit.WindowedLimit;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A limit that follows what the receiver shows it can do, over Netflix' concurrency-limits: one
 * step a window of {@value #WINDOW_MS} ms, between a least and a most. Vegas needs to know the
 * receiver's time without a queue; the library takes that anew now and then from whatever it meets,
 * queue and all, and so creeps upwards under steady load. Here the limit is halved for a moment
 * first. Any thread; times are {@link System#nanoTime}.
 */
final class AdaptiveLimit {
  static final int WINDOW_MS = 100;
  private static final int MOST_WINDOW_S = 60;
  private static final int WINDOW_SAMPLES = 10;
  private static final int FEWEST_QUEUED = 2;
  private static final int MOST_QUEUED = 3;
  private static final double DOWN = 0.9;
  private static final double UP = 1.05;
  private static final long RENEW = Duration.ofSeconds(30).toNanos();
  private static final long LEAST_REST = Duration.ofMillis(100).toNanos();
  private static final int NEVER = 1_000_000;

  /** Few enough for the first answers to come without a queue. */
  private static final int FIRST = 20;

  private final boolean vegas;
  private final int min;
  private final int max;
  private volatile Limit limit;

  /** What is allowed while the receiver is watched without a queue; 0 at all other times. */
  private volatile int rested;

  /** The receiver's time without a queue, as far as it is known. */
  private long unqueued = Long.MAX_VALUE / 2;

  /** What was seen in its place and not believed; 0 for nothing. */
  private long doubted;

  private boolean renewed;
  private long renewedAt;
  private long restUntil;
  private long restSum;
  private int restSamples;

  AdaptiveLimit(boolean vegas, int min, int max) {
    this.vegas = vegas;
    this.min = min;
    this.max = max;
    this.limit = vegas ? vegas(Math.max(min, Math.min(max, FIRST)), 0) : windowed(aimd());
  }

  private Limit aimd() {
    return AIMDLimit.newBuilder()
        .initialLimit(max)
        .minLimit(min)
        .maxLimit(max)
        .backoffRatio(DOWN)
        // Its deadline is the router's, told as a drop.
        .timeout(1, TimeUnit.DAYS)
        .build();
  }

  private Limit vegas(int from, long unqueued) {
    VegasLimit made =
        VegasLimit.newBuilder()
            .initialLimit(from)
            .maxConcurrency(max)
            .probeMultiplier(NEVER)
            .alphaFunction(now -> queued(now, FEWEST_QUEUED))
            .betaFunction(now -> queued(now, MOST_QUEUED))
            .thresholdFunction(now -> 0)
            .increaseFunction(now -> Math.max(now + 1, now * UP))
            .decreaseFunction(now -> Math.min(now - 1, now * DOWN))
            .build();
    if (unqueued > 0) {
      made.onSample(0, unqueued, 1, false);
    }
    return windowed(made);
  }

  /** A queue that is worth a step, a part of the limit: answers' times scatter by as much. */
  private static int queued(int now, int fewest) {
    return Math.max(fewest, now * (fewest - 1) / 10);
  }

  private static Limit windowed(Limit each) {
    return WindowedLimit.newBuilder()
        .minWindowTime(WINDOW_MS, TimeUnit.MILLISECONDS)
        // Twice an answer's time, if that is longer: a window with too few samples counts for
        // nothing.
        .maxWindowTime(MOST_WINDOW_S, TimeUnit.SECONDS)
        .minRttThreshold(1, TimeUnit.NANOSECONDS)
        .windowSize(WINDOW_SAMPLES)
        .build(each);
  }

  int get() {
    int now = rested;
    return Math.max(min, Math.min(max, now == 0 ? limit.getLimit() : now));
  }

  /**
   * One exchange's answer, or that there was none.
   *
   * @param started when its last byte had gone
   * @param nanos from then to the answer's head
   * @param inFlight how many there were, itself included
   */
  synchronized void sample(long started, long nanos, int inFlight, boolean dropped) {
    long now = started + nanos;
    if (vegas && !dropped && watched(started, now, nanos, inFlight)) {
      return;
    }
    limit.onSample(started, Math.max(1, nanos), inFlight, dropped);
  }

  /** Whether the sample was for the time without a queue. */
  private boolean watched(long started, long now, long nanos, int inFlight) {
    if (renewedAt == 0) {
      renewedAt = now;
    }
    if (rested == 0) {
      unqueued = renewed ? unqueued : Math.min(unqueued, nanos);
      if (now - renewedAt < RENEW || inFlight * 2 < get()) {
        return false;
      }
      rested = Math.max(1, get() / 2);
      restUntil = now + 2 * Math.max(nanos, LEAST_REST);
      restSum = 0;
      restSamples = 0;
      return true;
    }
    // The first half of the rest is for the queue to go.
    if (started - (restUntil - Math.max(nanos, LEAST_REST)) > 0) {
      restSum += nanos;
      restSamples++;
    }
    if (now - restUntil > 0 && restSamples > 0) {
      renew(restSum / restSamples);
      rested = 0;
      renewedAt = now;
    }
    return true;
  }

  /**
   * Takes the time seen for that without a queue. A much longer one than before may come of a queue
   * that half the limit still makes; the limit comes down then, and a second look tells.
   */
  private void renew(long seen) {
    boolean same = seen <= unqueued + unqueued / 5;
    boolean seenTwice = doubted != 0 && seen >= doubted - doubted / 5;
    if (same || seenTwice) {
      limit = vegas(limit.getLimit(), seen);
      unqueued = seen;
      renewed = true;
      doubted = 0;
    } else {
      doubted = seen;
    }
  }
}
