package org.openbars.router.isolate;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/** A clock that never jumps, so that setting the machine's time keeps no breaker open. */
final class MonotonicClock extends Clock {
  private static final long SECOND = 1_000_000_000L;

  private final LongSupplier nanoTime;
  private final long start;

  MonotonicClock(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  @Override
  public Instant instant() {
    long nanos = nanoTime.getAsLong() - start;
    return Instant.ofEpochSecond(nanos / SECOND, nanos % SECOND);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
