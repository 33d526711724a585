package org.openbars.router.isolate;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Pauses between attempts to connect to a host that could not be connected to: {@value #FIRST_MS}
 * ms, doubled with each failure in a row up to a limit, each with jitter. At the end of a pause one
 * attempt is made, and the others wait for what comes of it. Any thread; times are {@link
 * System#nanoTime}.
 */
public final class ConnectBackoff {
  static final int FIRST_MS = 50;
  private static final long FIRST = Duration.ofMillis(FIRST_MS).toNanos();
  private static final int MAX_DOUBLINGS = 20;

  /**
   * @param failures in a row
   * @param since when the last of them was
   * @param retryAt when the next attempt may be
   */
  private record Away(int failures, long since, long retryAt) {}

  private final AtomicReference<@Nullable Away> away = new AtomicReference<>();
  private final long longest;

  /**
   * Without a pause at first.
   *
   * @param longest zero for no pauses at all
   */
  public ConnectBackoff(Duration longest) {
    this.longest = longest.toNanos();
  }

  /** Whether the last attempt failed. */
  public boolean isAway() {
    return away.get() != null;
  }

  /**
   * Whether a connection may be tried now.
   *
   * @param hold nanoseconds that others wait for its outcome, if it comes after a pause
   */
  public boolean tryConnect(long now, long hold) {
    Away last = away.get();
    return last == null
        || (now - last.retryAt >= 0
            && away.compareAndSet(last, new Away(last.failures, last.since, now + hold)));
  }

  /** An attempt that began at {@code started} failed. */
  public void failed(long started, long now) {
    if (longest == 0) {
      return;
    }
    Away last = away.get();
    // Attempts side by side that fail together are one failure.
    if (last == null || started - last.since >= 0) {
      int failures = last == null ? 1 : last.failures + 1;
      long pause = Math.min(longest, FIRST << Math.min(failures - 1, MAX_DOUBLINGS));
      long jittered = pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
      away.compareAndSet(last, new Away(failures, now, now + jittered));
    }
  }

  /**
   * A connection was made.
   *
   * @return failures in a row before it
   */
  public int succeeded() {
    Away last = away.get();
    if (last == null) {
      return 0;
    }
    away.set(null);
    return last.failures;
  }

  /** How long until an attempt is allowed; zero when one is now. */
  public Duration pause(long now) {
    Away last = away.get();
    return last == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, last.retryAt - now));
  }
}
