package org.openbars.router.journal;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;

/**
 * Measures entries at a steady rate: {@code JournalMeasure FOLDER OS|DISK ENTRIES_PER_SECOND
 * SECONDS}. The folder must be on the disk that is meant; it is left for the caller to remove.
 */
final class JournalMeasure {
  private static final int WARM_UP_SECONDS = 5;

  private final Journal journal;
  private final int rate;
  private final ExchangeRecord[] records = new ExchangeRecord[1000];
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private long[] calls = {};
  private long[] acknowledged = {};
  private long cpu;
  private long allocated;

  private JournalMeasure(Journal journal, int rate) {
    this.journal = journal;
    this.rate = rate;
    Samples samples = new Samples();
    Arrays.setAll(records, i -> samples.record());
  }

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory(Path.of(arguments[0]), "journal-");
    JournalConfig.Sync sync = JournalConfig.Sync.valueOf(arguments[1]);
    int rate = Integer.parseInt(arguments[2]);
    Journal journal =
        Journal.open(
            new JournalConfig(folder, 2L << 30, sync, JournalConfig.WhenFull.REFUSE),
            List.of("a"),
            new Meters());
    Thread shipper = new Thread(() -> ship(journal.reader("a")), "shipper");
    shipper.setDaemon(true);
    shipper.start();
    JournalMeasure measure = new JournalMeasure(journal, rate);
    System.out.println(
        "entry bytes: opened "
            + size(Samples.begun(measure.records[0]))
            + ", closed "
            + size(measure.records[0]));
    measure.run(WARM_UP_SECONDS);
    measure.run(Integer.parseInt(arguments[3]));
    measure.report();
    System.exit(0);
  }

  private static int size(ExchangeRecord record) {
    ByteBuffer bytes = ByteBuffer.allocate(Frame.MAX);
    Entry.write(record, bytes);
    return bytes.position() + Frame.HEADER;
  }

  private void report() {
    long exchanges = calls.length / 2;
    System.out.printf(
        "%d entries/s: call us %s; acknowledgement us %s; caller's CPU us an exchange %.1f,"
            + " allocated bytes an entry %d%n",
        rate,
        spread(calls),
        spread(acknowledged),
        cpu / 1000.0 / exchanges,
        allocated / calls.length);
  }

  private static String spread(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return String.format(
        "p50 %.1f p99 %.1f p99.9 %.1f max %.0f",
        at(sorted, 0.5), at(sorted, 0.99), at(sorted, 0.999), at(sorted, 1));
  }

  private static double at(long[] sorted, double part) {
    return sorted[(int) Math.min(sorted.length - 1, sorted.length * part)] / 1000.0;
  }

  private void run(int seconds) {
    calls = new long[rate * seconds];
    acknowledged = new long[calls.length];
    AtomicInteger told = new AtomicInteger();
    AtomicLong refused = new AtomicLong();
    long every = TimeUnit.SECONDS.toNanos(1) / rate;
    cpu = 0;
    allocated = 0;
    long me = Thread.currentThread().getId();
    long next = System.nanoTime();
    for (int i = 0; i < calls.length; i++, next += every) {
      while (System.nanoTime() < next) {
        LockSupport.parkNanos(1);
      }
      ExchangeRecord record = records[i / 2 % records.length];
      int index = i;
      boolean counted = i % 16 < 2;
      long bytes = counted ? threads.getThreadAllocatedBytes(me) : 0;
      long busy = counted ? threads.getCurrentThreadCpuTime() : 0;
      long began = System.nanoTime();
      if (i % 2 == 0) {
        journal.opened(
            record,
            written -> {
              acknowledged[index] = System.nanoTime() - began;
              told.incrementAndGet();
              refused.addAndGet(written ? 0 : 1);
            });
      } else {
        journal.closed(
            record,
            true,
            () -> {
              acknowledged[index] = System.nanoTime() - began;
              told.incrementAndGet();
            });
      }
      calls[i] = System.nanoTime() - began;
      if (counted) {
        cpu += 8 * (threads.getCurrentThreadCpuTime() - busy);
        allocated += 8 * (threads.getThreadAllocatedBytes(me) - bytes);
      }
    }
    while (told.get() < calls.length) {
      LockSupport.parkNanos(1000);
    }
    if (refused.get() > 0) {
      throw new IllegalStateException(refused + " were not written");
    }
  }

  private static void ship(JournalReader reader) {
    try {
      while (true) {
        if (reader.next(500).isEmpty()) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
