package org.openbars.router.journal;

import io.micrometer.core.instrument.Counter;
import org.openbars.router.meter.Meters;

/** Counts what a sink's reader could not read. */
final class DamageMeters {
  private final Counter frames;
  private final Counter segments;
  private final Counter unreadable;

  DamageMeters(Meters meters, String sink) {
    this.frames = damaged(meters, sink, "frame");
    this.segments = damaged(meters, sink, "segment");
    this.unreadable =
        meters.counter(
            "bars.audit.journal.unreadable",
            "Entries and segments of a layout not known here",
            "sink",
            sink);
  }

  private static Counter damaged(Meters meters, String sink, String kind) {
    return meters.counter(
        "bars.audit.journal.damaged",
        "Entries or whole segments found damaged or missing",
        "sink",
        sink,
        "kind",
        kind);
  }

  void frames(long count) {
    frames.increment(count);
  }

  void segments(long count) {
    segments.increment(count);
  }

  void unreadable() {
    unreadable.increment();
  }
}
