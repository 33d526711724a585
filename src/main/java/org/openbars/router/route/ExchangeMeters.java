package org.openbars.router.route;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.DestinationMatch;
import org.openbars.router.message.Fate;
import org.openbars.router.message.Inspection;
import org.openbars.router.message.Interaction;
import org.openbars.router.meter.Meters;

/**
 * Counts exchanges: one event loop's own look-up table over the node's meters, so that none is
 * searched by name.
 */
final class ExchangeMeters {
  private final Meters meters;
  private final Map<Interaction, Map<Fate, Timer>> durations = new EnumMap<>(Interaction.class);
  private final Map<Fate, Timer> durationsOfNone = new EnumMap<>(Fate.class);
  private final Map<BarsError, Counter> errors = new EnumMap<>(BarsError.class);
  private final Map<Inspection.State, Counter> inspected = new EnumMap<>(Inspection.State.class);
  private final Counter flagged;
  private final Counter refused;
  private final Counter trailersDropped;
  private final Counter bytesFromSenders;
  private final Counter bytesToSenders;

  ExchangeMeters(Meters meters) {
    this.meters = meters;
    this.trailersDropped =
        meters.counter(
            "bars.request.trailers.dropped", "Requests whose announced trailers were dropped");
    this.bytesFromSenders =
        meters.counter("bars.bytes.from.senders", "Body bytes read from senders");
    this.bytesToSenders = meters.counter("bars.bytes.to.senders", "Body bytes written to senders");
    this.flagged = mismatch("flagged");
    this.refused = mismatch("refused");
    for (Inspection.State state : Inspection.State.values()) {
      inspected.put(
          state,
          meters.counter(
              "bars.inspect", "Bodies by how far they were read", "state", label(state)));
    }
    for (Interaction interaction : Interaction.values()) {
      durations.put(interaction, new EnumMap<>(Fate.class));
    }
  }

  private Counter mismatch(String answer) {
    return meters.counter(
        "bars.inspect.mismatch",
        "Messages whose destination is not their target identifier",
        "answer",
        answer);
  }

  /**
   * A body was looked at.
   *
   * @param kept whether the message was refused for its destination
   */
  void inspected(Inspection inspection, boolean kept) {
    Counter counter = inspected.get(inspection.state());
    if (counter != null) {
      counter.increment();
    }
    if (inspection.destination() == DestinationMatch.DIFFERS) {
      (kept ? refused : flagged).increment();
    }
  }

  /** One exchange has ended. */
  void ended(
      @Nullable Interaction interaction, Fate fate, long nanos, long fromSender, long toSender) {
    Map<Fate, Timer> row =
        interaction == null
            ? durationsOfNone
            : durations.getOrDefault(interaction, durationsOfNone);
    Timer timer = row.get(fate);
    if (timer == null) {
      timer = timer(interaction == null ? "none" : label(interaction), fate);
      row.put(fate, timer);
    }
    timer.record(nanos, TimeUnit.NANOSECONDS);
    bytesFromSenders.increment((double) fromSender);
    bytesToSenders.increment((double) toSender);
  }

  private Timer timer(String interaction, Fate fate) {
    return meters.timer(
        "bars.exchange",
        "Exchanges by interaction and fate, head of the request to end of the answer",
        "interaction",
        interaction,
        "fate",
        label(fate));
  }

  /** An answer of ours named an error. */
  void error(BarsError error) {
    Counter counter = errors.get(error);
    if (counter == null) {
      counter =
          meters.counter(
              "bars.errors",
              "Error answers of the router's own",
              "error",
              label(error),
              "code",
              error.code());
      errors.put(error, counter);
    }
    counter.increment();
  }

  void trailersDropped() {
    trailersDropped.increment();
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
