package org.openbars.router.meter;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;
import org.slf4j.spi.NOPLoggingEventBuilder;

/**
 * Warnings, at most one a second for each key, such as a receiver's host. A line says how many of
 * its key were held back before it. Safe on any thread and never waits. Beyond the bound of keys,
 * new ones share one second and are logged as {@value #OTHERS}.
 */
public final class RateLimitedLog {
  private static final String OTHERS = "(others)";
  private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);

  private final Logger log;
  private final String keyName;
  private final int maxKeys;
  private final LongSupplier nanoTime;
  private final ConcurrentHashMap<String, Slot> slots = new ConcurrentHashMap<>();
  private final Slot others;
  private final LongAdder heldBack = new LongAdder();

  /**
   * @param keyName the field that names the key in a line, for example {@code receiver}
   * @param maxKeys keys with a second of their own, at the most
   */
  public RateLimitedLog(Logger log, String keyName, int maxKeys) {
    this(log, keyName, maxKeys, System::nanoTime);
  }

  RateLimitedLog(Logger log, String keyName, int maxKeys, LongSupplier nanoTime) {
    this.log = log;
    this.keyName = keyName;
    this.maxKeys = maxKeys;
    this.nanoTime = nanoTime;
    this.others = new Slot(nanoTime.getAsLong());
  }

  /**
   * A warning to add to and log when this key's second is free, else one that goes nowhere. Carries
   * the key, and {@code heldBack} when lines were.
   */
  public LoggingEventBuilder atWarn(String key) {
    long now = nanoTime.getAsLong();
    Slot slot = slot(key, now);
    if (!slot.take(now)) {
      slot.heldBack.incrementAndGet();
      heldBack.increment();
      return NOPLoggingEventBuilder.singleton();
    }
    LoggingEventBuilder line = log.atWarn().addKeyValue(keyName, slot == others ? OTHERS : key);
    long before = slot.heldBack.getAndSet(0);
    return before == 0 ? line : line.addKeyValue("heldBack", before);
  }

  /** Lines held back since the start, of all keys. */
  public long heldBack() {
    return heldBack.sum();
  }

  private Slot slot(String key, long now) {
    Slot slot = slots.get(key);
    if (slot != null) {
      return slot;
    }
    // Threads that come here together may pass the bound by as many keys as there are threads.
    if (slots.size() >= maxKeys) {
      return others;
    }
    Slot fresh = new Slot(now);
    Slot earlier = slots.putIfAbsent(key, fresh);
    return earlier == null ? fresh : earlier;
  }

  private static final class Slot {
    /** When the next line may go out, on the clock of {@link System#nanoTime()}. */
    private final AtomicLong next;

    private final AtomicLong heldBack = new AtomicLong();

    Slot(long now) {
      next = new AtomicLong(now);
    }

    boolean take(long now) {
      long free = next.get();
      // A difference, since nanoTime may wrap.
      return now - free >= 0 && next.compareAndSet(free, now + INTERVAL);
    }
  }
}
