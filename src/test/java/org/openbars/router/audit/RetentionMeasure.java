package org.openbars.router.audit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.openbars.router.fixture.TestDatabase;
import org.openbars.router.message.ExchangeRecord;

/** How long erasing a day of millions takes, and how long it holds up an insert meanwhile. */
final class RetentionMeasure {
  private static final int BATCH = 500;

  private RetentionMeasure() {}

  /** Puts rows of a usual size into one day's partition. */
  static void fill(TestDatabase database, LocalDate day, int rows) {
    database.run(
        ("SELECT audit.ensure_partition('%1$s'); INSERT INTO audit.exchange (day, id, node,"
                + " received_at, sender_address, method, correlation_id, request_id,"
                + " target_system, target_value, receiver, malformed_header, fate, status,"
                + " bytes_from_sender, bytes_to_sender, chain_version, chain_position, chain_hash)"
                + " SELECT '%1$s', gen_random_uuid(), 'filled', timestamptz '%1$s' + n *"
                + " interval '1 millisecond', '10.0.0.1', 'POST', gen_random_uuid()::text,"
                + " gen_random_uuid()::text, 'https://fhir.nhs.uk/Id/dos-service-id',"
                + " '2000011147', 'receiver.example:443', false, 'ANSWERED', 200, 18700, 1024, 1,"
                + " n, sha256(n::text::bytea) FROM generate_series(1, %2$d) AS n")
            .formatted(day, rows));
  }

  public static void main(String[] args) throws Exception {
    int rows = args.length > 0 ? Integer.parseInt(args[0]) : 10_000_000;
    Path folder = Files.createTempDirectory("retention-measure");
    try (TestLedger ledger = new TestLedger(folder)) {
      LocalDate day = LocalDate.now(ZoneOffset.UTC).minusDays(91);
      fill(ledger.database(), day, rows);
      // As a day is after three months: vacuumed long ago, and on disk.
      ledger.database().run("VACUUM ANALYZE audit.exchange");
      ledger.database().run("CHECKPOINT");
      String size = "SELECT pg_database_size(current_database())";
      long before = ledger.database().number(size);
      AtomicBoolean erasing = new AtomicBoolean();
      AtomicBoolean ended = new AtomicBoolean();
      List<Long> during = new ArrayList<>();
      List<Long> otherwise = new ArrayList<>();
      Thread inserts = new Thread(() -> insert(ledger, erasing, ended, during, otherwise));
      inserts.start();
      Thread.sleep(10_000);
      erasing.set(true);
      String erased = erase(ledger);
      erasing.set(false);
      Thread.sleep(5_000);
      ended.set(true);
      inserts.join();
      System.out.printf(
          Locale.ROOT,
          "%d rows: %s; %d MB before, %d MB after%n",
          rows,
          erased,
          before >> 20,
          ledger.database().number(size) >> 20);
      print("inserts meanwhile", during);
      print("inserts otherwise", otherwise);
    }
    System.exit(0);
  }

  /** What a run of the retention does, step by step. */
  private static String erase(TestLedger ledger) throws Exception {
    String border = LocalDate.now(ZoneOffset.UTC).minusDays(90).toString();
    try (Connection connection =
            new AuditDatabase(ledger.database().uri(), null, AuditDatabase.STATEMENT)
                .dataSource()
                .getConnection();
        Statement statement = connection.createStatement()) {
      int tries = 1;
      long began = System.nanoTime();
      while (!detached(statement, border)) {
        tries++;
        Thread.sleep(200);
      }
      long detached = System.nanoTime();
      statement.execute("SELECT audit.drop_detached()");
      return String.format(
          Locale.ROOT,
          "detached by try %d, after %.0f ms; dropped in %.0f ms",
          tries,
          (detached - began) / 1e6,
          (System.nanoTime() - detached) / 1e6);
    }
  }

  private static boolean detached(Statement statement, String border) throws SQLException {
    try {
      return statement.execute("SELECT audit.detach_expired('" + border + "')");
    } catch (SQLException e) {
      if ("55P03".equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  private static void insert(
      TestLedger ledger,
      AtomicBoolean erasing,
      AtomicBoolean ended,
      List<Long> during,
      List<Long> otherwise) {
    try {
      PostgresSink sink = ledger.sink();
      SampleExchanges samples = new SampleExchanges();
      while (!ended.get()) {
        List<ExchangeRecord> batch = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
          batch.add(samples.record());
        }
        boolean meanwhile = erasing.get();
        long began = System.nanoTime();
        ledger.store(sink, batch);
        (meanwhile || erasing.get() ? during : otherwise).add(System.nanoTime() - began);
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void print(String what, List<Long> nanos) {
    List<Long> sorted = nanos.stream().sorted().toList();
    if (!sorted.isEmpty()) {
      System.out.printf(
          Locale.ROOT,
          "%s: %d of %d records, p50 %.1f ms, p99 %.1f ms, longest %.1f ms%n",
          what,
          sorted.size(),
          BATCH,
          sorted.get(sorted.size() / 2) / 1e6,
          sorted.get(sorted.size() * 99 / 100) / 1e6,
          sorted.get(sorted.size() - 1) / 1e6);
    }
  }
}
