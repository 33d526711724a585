package org.openbars.router.admit;

import io.micrometer.core.instrument.Counter;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.BarsError;
import org.openbars.router.meter.Meters;

/**
 * How many exchanges the node carries at once, and whether it takes new ones at all. Any thread,
 * without a lock.
 */
public final class NodeCapacity {
  private final int maxInFlight;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Counter refused;
  private volatile boolean goingAway;
  private volatile boolean draining;

  public NodeCapacity(AdmitConfig config, Meters meters) {
    this.maxInFlight = config.maxInFlight();
    this.refused =
        meters.counter("bars.admit.refused", "Exchanges refused for want of room on the node");
    meters.gauge("bars.exchanges.in.flight", "Exchanges in flight on the node", inFlight::get);
  }

  /** Takes one exchange in; null when it may come in, and then {@link #leave} must follow. */
  public @Nullable BarsError enter() {
    if (draining) {
      return BarsError.DRAINING;
    }
    if (inFlight.incrementAndGet() > maxInFlight) {
      inFlight.decrementAndGet();
      refused.increment();
      return BarsError.OVERLOADED;
    }
    return null;
  }

  /** An exchange that had come in has ended. */
  public void leave() {
    inFlight.decrementAndGet();
  }

  /** The node is about to end: it takes new exchanges still, and asks senders to go elsewhere. */
  public void goAway() {
    goingAway = true;
  }

  /** Whether senders are to be asked to go elsewhere. */
  public boolean goingAway() {
    return goingAway;
  }

  /** Refuses new exchanges from now on; those in flight go on. */
  public void drain() {
    goingAway = true;
    draining = true;
  }

  public boolean draining() {
    return draining;
  }

  /** Exchanges in flight now. */
  public int inFlight() {
    return inFlight.get();
  }
}
