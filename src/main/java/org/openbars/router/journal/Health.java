package org.openbars.router.journal;

import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openbars.router.meter.Meters;
import org.openbars.router.meter.RateLimitedLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the disk does. While it is slow or fails, event loops do not write to it themselves: entries
 * are handed over to the journal's thread, until it has been well for a second. Any thread.
 */
final class Health {
  /** A write that takes longer is one too many for an event loop. */
  static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final long WELL_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Logger LOG = LoggerFactory.getLogger(Health.class);

  private final RateLimitedLog warnings = new RateLimitedLog(LOG, "journal", 2);
  private final Counter failures;
  private final Counter slowWrites;
  // Writes failed, or no segment could be made: nothing new begins.
  private volatile boolean failing;
  private volatile boolean handingOver;
  private volatile long troubledAt;

  Health(Meters meters) {
    this.failures =
        meters.counter("bars.audit.journal.failed", "Operations that the journal's disk refused");
    this.slowWrites =
        meters.counter("bars.audit.journal.slow", "Writes that took the journal's disk over 50 ms");
    meters.gauge(
        "bars.audit.journal.handing.over",
        "1 while event loops do not write to the journal's disk themselves",
        () -> handingOver ? 1 : 0);
  }

  boolean failing() {
    return failing;
  }

  boolean handingOver() {
    return handingOver;
  }

  /** A segment could not be made: those that there are can still be written. */
  void cannotGrow(IOException e) {
    failing = true;
    failures.increment();
    warnings.atWarn("disk").log("The audit's journal cannot grow: {}", e.toString());
  }

  /** A write failed: the disk is left to the journal's thread. */
  void failed(IOException e) {
    cannotGrow(e);
    handOver();
  }

  /** A segment could not be forced. */
  void notForced(IOException e) {
    failures.increment();
    warnings
        .atWarn("force")
        .log("A segment of the audit's journal is not on disk: {}", e.toString());
  }

  void slow() {
    slowWrites.increment();
    warnings.atWarn("disk").log("A write to the audit's journal took over 50 ms");
    handOver();
  }

  private void handOver() {
    troubledAt = System.nanoTime();
    handingOver = true;
  }

  /** A lane could not be had in time: its owner is held up in a write. */
  void heldUp() {
    handOver();
  }

  /** A segment could be made. */
  void canGrow() {
    if (failing) {
      failing = false;
      LOG.info("The audit's journal can be written again");
    }
  }

  /** Gives writing back to the event loops once it is time; called when nothing waits. */
  void wellIfCalm() {
    if (handingOver && System.nanoTime() - troubledAt >= WELL_AFTER_NANOS) {
      handingOver = false;
    }
  }
}
