package org.openbars.router.audit;

import io.micrometer.core.instrument.Counter;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jctools.queues.MpscArrayQueue;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;

/**
 * Records between the event loops and the one writer, bounded exactly: {@code held} counts places
 * reserved, records waiting and records being written, and never passes {@code capacity} by a write
 * interaction nor {@code capacity} and a fifth by anything else. Any thread may add; only the
 * writer takes.
 */
final class AuditQueue implements AuditPlace.Entries {
  /** Head-room above the capacity for reads and refusals: a fifth. */
  private static final int HEAD_ROOM = 5;

  private final int capacity;
  private final int limit;
  private final MpscArrayQueue<ExchangeRecord> records;
  // Shared by all event loops: one compare-and-set an exchange, or two threads could both take the
  // last place.
  private final AtomicInteger held = new AtomicInteger();
  // True while the writer is at work or has been woken, so that a busy queue costs no wake-ups.
  private final AtomicBoolean awake = new AtomicBoolean(true);
  private final Counter refused;
  private final Counter lostFull;
  private final Runnable wake;

  /**
   * @param wake called, on the adding thread, when a record arrives and the writer is asleep
   */
  AuditQueue(int capacity, Meters meters, Runnable wake) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1, is " + capacity);
    }
    this.capacity = capacity;
    this.limit = capacity + Math.max(1, capacity / HEAD_ROOM);
    this.records = new MpscArrayQueue<>(limit);
    this.wake = wake;
    this.refused =
        meters.counter("bars.audit.refused", "Write interactions refused: the audit had no room");
    this.lostFull = lost(meters, "full");
    meters.gauge("bars.audit.held", "Places reserved and records not yet stored", held::get);
    meters.gauge(
        "bars.audit.capacity", "Held places beyond which writes are refused", () -> capacity);
    meters.gauge("bars.audit.queue", "Records waiting for the writer", records::size);
  }

  /** The counter of records that were lost for {@code reason}. */
  static Counter lost(Meters meters, String reason) {
    return meters.counter("bars.audit.lost", "Audit records lost", "reason", reason);
  }

  AuditPlace reserve(boolean write) {
    if (take(write ? capacity : limit)) {
      return AuditPlace.held(this);
    }
    if (write) {
      refused.increment();
      return AuditPlace.refused(this);
    }
    return AuditPlace.without(this);
  }

  /** Nothing is kept of a message that is about to go: only its record is. */
  @Override
  public void opened(ExchangeRecord soFar, Consumer<Boolean> then) {
    then.accept(true);
  }

  @Override
  public void closed(ExchangeRecord exchange, boolean placed, Runnable then) {
    if (placed) {
      addToHeldPlace(exchange);
    } else {
      add(exchange);
    }
    then.run();
  }

  @Override
  public void released() {
    giveBack(1);
  }

  /** Adds a record that has no place yet; it is lost when the head-room is full too. */
  void add(ExchangeRecord exchange) {
    if (take(limit)) {
      addToHeldPlace(exchange);
    } else {
      lostFull.increment();
    }
  }

  void addToHeldPlace(ExchangeRecord exchange) {
    // Cannot fail: the array has room for every place that may be held.
    if (!records.offer(AuditText.bounded(exchange))) {
      giveBack(1);
      lostFull.increment();
      return;
    }
    if (!awake.get() && awake.compareAndSet(false, true)) {
      wake.run();
    }
  }

  void giveBack(int places) {
    held.addAndGet(-places);
  }

  /** Moves up to {@code most} records, oldest first; their places stay held. Writer only. */
  void take(List<ExchangeRecord> into, int most) {
    records.drain(into::add, most);
  }

  /** Whether the writer may sleep; false when a record came meanwhile. Writer only. */
  boolean sleep() {
    awake.set(false);
    return records.isEmpty() || !awake.compareAndSet(false, true);
  }

  int waiting() {
    return records.size();
  }

  private boolean take(int most) {
    int now = held.get();
    while (now < most) {
      if (held.compareAndSet(now, now + 1)) {
        return true;
      }
      now = held.get();
    }
    return false;
  }
}
