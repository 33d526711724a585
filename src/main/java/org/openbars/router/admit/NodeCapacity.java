package org.openbars.router.admit;

import io.micrometer.core.instrument.Counter;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Urgency;
import org.openbars.router.meter.Meters;

/**
 * How many exchanges the node carries at once, and whether it takes new ones at all. The less
 * urgent fill only a share of the room, so that the more urgent find some. Any thread, without a
 * lock.
 */
public final class NodeCapacity {
  /** Why a request is refused. */
  enum Reason {
    IN_FLIGHT,
    LOOP_DELAY
  }

  /** By urgency; another array takes its place when the limits change. */
  private volatile int[] most = {};

  private final AtomicInteger inFlight = new AtomicInteger();
  private final Map<Reason, Map<Urgency, Counter>> refused = new EnumMap<>(Reason.class);
  private volatile boolean goingAway;
  private volatile boolean draining;

  public NodeCapacity(AdmitConfig config, Meters meters) {
    limits(config);
    for (Reason reason : Reason.values()) {
      Map<Urgency, Counter> counters = new EnumMap<>(Urgency.class);
      for (Urgency urgency : Urgency.values()) {
        counters.put(urgency, counter(meters, reason, urgency));
      }
      refused.put(reason, counters);
    }
    meters.gauge("bars.exchanges.in.flight", "Exchanges in flight on the node", inFlight::get);
    meters.gauge(
        "bars.exchanges.in.flight.max",
        "Exchanges in flight on the node that may be",
        () -> most[Urgency.CHANGE.rank()]);
  }

  /** Other limits from now on; exchanges that are in flight beyond them end as they would. */
  public void limits(AdmitConfig config) {
    int[] fresh = new int[Urgency.values().length];
    for (Urgency urgency : Urgency.values()) {
      fresh[urgency.rank()] = room(config, urgency);
    }
    most = fresh;
  }

  private static int room(AdmitConfig config, Urgency urgency) {
    double share =
        switch (urgency) {
          case READ -> Math.min(config.readShare(), config.newShare());
          case NEW -> config.newShare();
          case CHANGE -> 1.0;
        };
    return Math.max(1, (int) Math.ceil(share * config.maxInFlight()));
  }

  private static Counter counter(Meters meters, Reason reason, Urgency urgency) {
    return meters.counter(
        "bars.admit.refused",
        "Requests refused because the node has no room for them",
        "reason",
        reason.name().toLowerCase(Locale.ROOT),
        "urgency",
        urgency.name().toLowerCase(Locale.ROOT));
  }

  /** Takes one exchange in; null when it may come in, and then {@link #leave} must follow. */
  public @Nullable BarsError enter(Urgency urgency) {
    if (draining) {
      return BarsError.DRAINING;
    }
    if (inFlight.incrementAndGet() > most[urgency.rank()]) {
      inFlight.decrementAndGet();
      count(Reason.IN_FLIGHT, urgency);
      return BarsError.OVERLOADED;
    }
    return null;
  }

  void count(Reason reason, Urgency urgency) {
    Counter counter = refused.getOrDefault(reason, Map.of()).get(urgency);
    if (counter != null) {
      counter.increment();
    }
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
