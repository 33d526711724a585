package org.openbars.router.audit;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.ExchangeRecord;

/** How many records a second one core verifies, from the database and from an export. */
final class VerifyMeasure {
  private static final int BATCH = 500;

  private VerifyMeasure() {}

  public static void main(String[] args) throws Exception {
    int records = args.length > 0 ? Integer.parseInt(args[0]) : 2_000_000;
    Path folder = Files.createTempDirectory("verify-measure");
    try (TestLedger ledger = new TestLedger(folder)) {
      fill(ledger, records);
      Path export = folder.resolve("export");
      ledger.write(export);
      System.out.printf(
          Locale.ROOT,
          "%d records, %d bytes each in an export%n",
          records,
          Files.size(export) / records);
      for (int round = 0; round < 3; round++) {
        measure("database", ledger, null);
        measure("export", ledger, export);
      }
      Files.delete(export);
    }
    System.exit(0);
  }

  private static void fill(TestLedger ledger, int records) throws Exception {
    PostgresSink sink = ledger.sink();
    SampleExchanges samples = new SampleExchanges();
    long cpu = cpuNanos();
    long began = System.nanoTime();
    for (int stored = 0; stored < records; stored += BATCH) {
      List<ExchangeRecord> batch = new ArrayList<>();
      for (int i = 0; i < BATCH; i++) {
        SampleExchanges.Sample sample = SampleExchanges.booking();
        batch.add(samples.record(i % 2 == 0 ? sample.about(SampleExchanges.NHS_NUMBER) : sample));
      }
      ledger.store(sink, batch);
    }
    ledger.seal(Instant.now());
    System.out.printf(
        Locale.ROOT,
        "stored %.0f records/s, CPU of the JVM %.1f us a record (making them included)%n",
        records / ((System.nanoTime() - began) / 1e9),
        (cpuNanos() - cpu) / 1e3 / records);
  }

  private static void measure(String what, TestLedger ledger, @Nullable Path export)
      throws Exception {
    long cpu = cpuNanos();
    long began = System.nanoTime();
    TestLedger.Checked checked =
        TestLedger.verify(
            ledger.config(),
            new AuditVerification.Options(null, null, List.of(), List.of(), export));
    double seconds = (System.nanoTime() - began) / 1e9;
    double cpuSeconds = (cpuNanos() - cpu) / 1e9;
    long records = checked.result().records();
    System.out.printf(
        Locale.ROOT,
        "%s: %s; %.0f records/s, %.0f records/s of one core of the JVM%n",
        what,
        checked.result(),
        records / seconds,
        records / cpuSeconds);
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
