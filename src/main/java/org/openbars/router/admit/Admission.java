package org.openbars.router.admit;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Urgency;
import org.openbars.router.meter.Meters;

/**
 * One event loop's gate to the node: there must be room ({@link NodeCapacity}), and the loop itself
 * must keep up. Exchanges in flight say nothing of a processor that is the bottleneck; how late a
 * timer fires does, because everything else on the loop is as late. To be made and used on that
 * loop.
 */
public final class Admission {
  private static final long TICK_MS = 20;
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MS);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Vertx vertx;
  private final NodeCapacity capacity;
  private final Shedding shedding;
  private final int maxRecorded;
  private final Counter unrecorded;
  private long timer;
  private long due;
  private long secondStart;
  private int recorded;

  // What /metrics asks for, from another thread.
  private volatile double lagSeconds;
  private volatile double level;

  /**
   * Starts to measure.
   *
   * @param loops how many event loops share what may be recorded
   */
  public Admission(
      Vertx vertx, AdmitConfig config, int loops, NodeCapacity capacity, Meters meters) {
    this.vertx = vertx;
    this.capacity = capacity;
    this.maxRecorded = (config.maxRecorded() + loops - 1) / loops;
    this.shedding = new Shedding(config.maxLoopDelay().toNanos(), System.nanoTime());
    this.unrecorded =
        meters.counter(
            "bars.admit.unrecorded", "Refusals for overload that left no record in the audit");
    String loop = Thread.currentThread().getName();
    meters.gauge(
        "bars.loop.delay.seconds", "How late the event loop is", () -> lagSeconds, "loop", loop);
    meters.gauge(
        "bars.loop.shedding",
        "What the event loop refuses: 0 nothing, 1 reads, 2 new messages too, 3 everything",
        () -> level,
        "loop",
        loop);
    next();
  }

  private void next() {
    due = System.nanoTime() + TICK_NANOS;
    timer = vertx.setTimer(TICK_MS, id -> tick());
  }

  private void tick() {
    long now = System.nanoTime();
    long lag = Math.max(0, now - due);
    shedding.measured(lag, now);
    lagSeconds = lag / (double) SECOND;
    level = shedding.level();
    next();
  }

  /**
   * Takes one exchange in; null when it may come in, and then {@link NodeCapacity#leave} must
   * follow.
   */
  public @Nullable BarsError enter(Urgency urgency) {
    if (shedding.sheds(urgency) && !capacity.draining()) {
      capacity.count(NodeCapacity.Reason.LOOP_DELAY, urgency);
      return BarsError.OVERLOADED;
    }
    return capacity.enter(urgency);
  }

  /**
   * Whether a refusal for overload may leave a record as any exchange does. Beyond {@code
   * admit.max-recorded} a second it must not, or writing down what was refused would cost more than
   * carrying it; it is counted then.
   */
  public boolean mayRecord() {
    long now = System.nanoTime();
    if (now - secondStart > SECOND) {
      secondStart = now;
      recorded = 0;
    }
    if (recorded < maxRecorded) {
      recorded++;
      return true;
    }
    unrecorded.increment();
    return false;
  }

  /** Ends the measuring. */
  public void close() {
    vertx.cancelTimer(timer);
  }
}
