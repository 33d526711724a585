package org.openbars.router.isolate;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A receiver host's circuit breaker, over resilience4j's. It opens when too great a part of the
 * exchanges of its window failed, and then lets one through at a time until that one tells. An
 * exchange's outcome counts only in the period in which it set out, so that a late one neither
 * closes nor opens what has moved on. Any thread.
 */
public final class Breaker {
  /** In place of a period: nothing may be sent. */
  public static final long REFUSED = -1;

  /** Where it stands. */
  public enum State {
    CLOSED(0),
    HALF_OPEN(1),
    OPEN(2);

    private final int level;

    State(int level) {
      this.level = level;
    }

    /** As the metric shows it. */
    public int level() {
      return level;
    }
  }

  private static final Duration NO_SCHEDULE = Duration.ZERO;

  private final boolean on;
  private final CircuitBreaker machine;
  private final LongSupplier nanoTime;
  private final long openNanos;
  private final long probePatienceNanos;
  private final Consumer<State> moved;

  /** Grows with each change of state, on whatever thread makes it. */
  private final AtomicLong period = new AtomicLong();

  private volatile State state = State.CLOSED;
  private volatile long openUntil;
  private long probeSince;

  /**
   * Closed at first.
   *
   * @param probePatience how long one exchange let through may take to tell before another is
   * @param moved told of each change of state, by the thread that makes it
   */
  public Breaker(
      IsolationConfig.BreakerConfig config,
      Duration probePatience,
      Consumer<State> moved,
      LongSupplier nanoTime) {
    this.on = config.on();
    this.nanoTime = nanoTime;
    this.openNanos = config.openTime().toNanos();
    this.probePatienceNanos = probePatience.toNanos();
    this.moved = moved;
    this.machine =
        CircuitBreaker.of(
            "receiver",
            CircuitBreakerConfig.custom()
                .failureRateThreshold((float) Math.max(0.001, config.failureRate() * 100))
                .minimumNumberOfCalls(config.minCalls())
                .slidingWindowType(SlidingWindowType.TIME_BASED)
                .slidingWindowSize((int) Math.max(1, config.window().toSeconds()))
                .permittedNumberOfCallsInHalfOpenState(1)
                .waitDurationInOpenState(config.openTime())
                // Its timers would be threads; probe() has the patience instead.
                .maxWaitDurationInHalfOpenState(NO_SCHEDULE)
                .clock(new MonotonicClock(nanoTime))
                .build());
    machine
        .getEventPublisher()
        .onStateTransition(event -> moved(event.getStateTransition().getToState()));
  }

  private void moved(CircuitBreaker.State to) {
    State now =
        switch (to) {
          case OPEN, FORCED_OPEN -> State.OPEN;
          case HALF_OPEN -> State.HALF_OPEN;
          case CLOSED, DISABLED, METRICS_ONLY -> State.CLOSED;
        };
    if (now == State.OPEN) {
      openUntil = nanoTime.getAsLong() + openNanos;
    }
    // No lock: the machine may hold one of its own here, and probe() takes them the other way
    // round.
    period.incrementAndGet();
    state = now;
    moved.accept(now);
  }

  /**
   * Asks for one exchange.
   *
   * @return the period it sets out in, which {@link #succeeded}, {@link #failed} or {@link #unused}
   *     is told once; or {@link #REFUSED}
   */
  public long tryAcquire() {
    State now = state;
    if (!on) {
      return 0;
    }
    if (now == State.OPEN && nanoTime.getAsLong() - openUntil < 0) {
      return REFUSED;
    }
    long current = period.get();
    if (now == State.CLOSED) {
      return machine.tryAcquirePermission() ? current : REFUSED;
    }
    return probe();
  }

  private synchronized long probe() {
    long now = nanoTime.getAsLong();
    if (machine.tryAcquirePermission()) {
      probeSince = now;
      return period.get();
    }
    // Its sender may be slow, or its outcome may have been one of an earlier period.
    if (state == State.HALF_OPEN && now - probeSince > probePatienceNanos) {
      machine.releasePermission();
      if (machine.tryAcquirePermission()) {
        probeSince = now;
        return period.get();
      }
    }
    return REFUSED;
  }

  /** The receiver answered. */
  public void succeeded(long since, long nanos) {
    if (on && since == period.get()) {
      machine.onSuccess(nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** The receiver did not. */
  public void failed(long since, long nanos) {
    if (on && since == period.get()) {
      machine.onError(nanos, TimeUnit.NANOSECONDS, new Failed());
    }
  }

  /** It came to neither: the exchange ended for a reason that says nothing about the receiver. */
  public void unused(long since) {
    if (on && since == period.get()) {
      machine.releasePermission();
    }
  }

  public State state() {
    return state;
  }

  /** How long to wait before there is use in asking again; at least one second. */
  public Duration retryAfter() {
    long left = state == State.OPEN ? openUntil - nanoTime.getAsLong() : 0;
    return Duration.ofNanos(Math.max(TimeUnit.SECONDS.toNanos(1), left));
  }

  private static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    Failed() {
      super("failed", null, false, false);
    }
  }
}
