package org.openbars.router.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openbars.router.audit.SampleExchanges.booking;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.journal.Gap;
import org.openbars.router.message.ExchangeRecord;

/**
 * Days that are 91 days old and older are what the audit looks like once the clock moved on; the
 * clocks themselves, the router's and PostgreSQL's, are right.
 */
class AuditRetentionTest {
  private static final Duration RETENTION = Duration.ofDays(90);
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
  private final LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);

  @TempDir Path folder;

  private final SampleExchanges samples = new SampleExchanges();
  private TestLedger ledger;

  @BeforeEach
  void start() throws Exception {
    ledger = new TestLedger(folder);
  }

  @AfterEach
  void stop() {
    ledger.close();
  }

  private AuditRetention retention(InstantSource clock) {
    AuditDatabase database =
        new AuditDatabase(ledger.database().uri(), null, AuditDatabase.STATEMENT);
    return new AuditRetention(database, RETENTION, ledger.sealFolder(), clock);
  }

  private AuditRetention retention() {
    return retention(InstantSource.system());
  }

  private ExchangeRecord daysAgo(int days) {
    return samples.record(booking().at(now.minus(days, ChronoUnit.DAYS)));
  }

  private String partition(int daysAgo) {
    return "exchange_" + DateTimeFormatter.BASIC_ISO_DATE.format(today.minusDays(daysAgo));
  }

  private List<String> tables(String like) {
    return ledger
        .database()
        .column(
            "SELECT relname FROM pg_class WHERE relnamespace = 'audit'::regnamespace"
                + " AND relkind = 'r' AND relname LIKE '"
                + like
                + "' ORDER BY 1");
  }

  private long bytes() {
    return ledger.database().number("SELECT pg_database_size(current_database())");
  }

  @Test
  void onlyExpiredDaysGoAndASecondRunFindsNothing() throws Exception {
    ledger.store(
        ledger.sink(), List.of(daysAgo(0), daysAgo(89), daysAgo(90), daysAgo(91), daysAgo(200)));

    AuditRetention.Erased first = retention().run();
    AuditRetention.Erased second = retention().run();

    assertThat(first.partitions()).containsExactly(partition(200), partition(91));
    assertThat(first.complete()).isTrue();
    assertThat(second.partitions()).isEmpty();
    assertThat(second.complete()).isTrue();
    assertThat(ledger.database().column("SELECT day FROM audit.exchange ORDER BY 1"))
        .containsExactly(
            today.minusDays(90).toString(), today.minusDays(89).toString(), today.toString());
    assertThat(ledger.database().column("SELECT day FROM audit.chain ORDER BY 1"))
        .containsExactly(
            today.minusDays(90).toString(), today.minusDays(89).toString(), today.toString());
    assertThat(tables("expired%")).isEmpty();
    assertThat(ledger.verify().result()).hasToString("verified 3 records in 3 chains, 0 faults");
  }

  @Test
  void clockThatRunsAheadErasesNothing() throws Exception {
    ledger.store(ledger.sink(), List.of(daysAgo(0), daysAgo(60)));

    InstantSource ahead = InstantSource.offset(InstantSource.system(), Duration.ofDays(3650));
    assertThat(retention(ahead).run().partitions()).isEmpty();

    ledger.database().run("SELECT audit.detach_expired('2999-01-01')");
    assertThat(ledger.database().column("SELECT day FROM audit.exchange"))
        .as("whatever is asked for, today stays")
        .containsExactly(today.toString());
  }

  @Test
  void runThatEndedBetweenDetachingAndDroppingIsMended() throws Exception {
    ledger.store(ledger.sink(), List.of(daysAgo(91), daysAgo(0)));
    ledger.database().run("SELECT audit.detach_expired('" + today.minusDays(90) + "')");
    assertThat(tables("expired%")).hasSize(1);
    // A late record of that day has its partition again meanwhile.
    ledger.store(ledger.sink(), List.of(daysAgo(91)));

    AuditRetention.Erased erased = retention().run();

    assertThat(erased.partitions()).containsExactly(partition(91));
    assertThat(tables("expired%")).isEmpty();
    assertThat(tables(partition(91))).isEmpty();
  }

  @Test
  void longSearchIsWaitedForAndHoldsUpNoInsert() throws Exception {
    ledger.store(ledger.sink(), List.of(daysAgo(91), daysAgo(0)));
    AuditDatabase database =
        new AuditDatabase(ledger.database().uri(), null, AuditDatabase.STATEMENT);
    AuditRetention retention = retention();
    Thread run;
    try (Connection search = database.dataSource().getConnection();
        Statement statement = search.createStatement()) {
      search.setAutoCommit(false);
      statement.execute("SELECT count(*) FROM audit.exchange");
      run = new Thread(() -> running(retention));
      run.start();
      PostgresSink sink = ledger.sink();
      long slowest = 0;
      for (int i = 0; i < 100; i++) {
        long began = System.nanoTime();
        ledger.store(sink, List.of(daysAgo(0)));
        slowest = Math.max(slowest, System.nanoTime() - began);
      }
      // Ten times what is allowed: without a bound on its wait the retention would block all.
      assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(1));
      assertThat(tables(partition(91))).hasSize(1);
    }
    run.join();
    assertThat(tables(partition(91))).isEmpty();
  }

  private static void running(AuditRetention retention) {
    try {
      retention.run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void oneNodeAtATimeErases() throws Exception {
    ledger.store(ledger.sink(), List.of(daysAgo(91)));
    AuditDatabase database =
        new AuditDatabase(ledger.database().uri(), null, AuditDatabase.STATEMENT);
    try (Connection other = database.dataSource().getConnection();
        Statement statement = other.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(hashtextextended('audit.exchange retention', 0))");
      assertThat(retention().run().complete()).isFalse();
      assertThat(tables(partition(91))).hasSize(1);
      statement.execute("SELECT pg_advisory_unlock_all()");
    }
    assertThat(retention().run().complete()).isTrue();
    assertThat(tables(partition(91))).isEmpty();
  }

  @Test
  void aLargeDayGivesItsSpaceBack() throws Exception {
    int rows = Endurance.of(50_000, 1_000_000);
    ledger.store(ledger.sink(), List.of(daysAgo(91), daysAgo(0)));
    long before = bytes();
    RetentionMeasure.fill(ledger.database(), today.minusDays(91), rows);
    long size = bytes() - before;
    assertThat(size).isGreaterThan(300L * rows);

    assertThat(retention().run().partitions()).containsExactly(partition(91));

    assertThat(bytes()).isLessThanOrEqualTo(before);
  }

  @Test
  void roleThatOwnsNothingMayStartStoreAndErase() throws Exception {
    ledger.store(ledger.sink(), List.of(daysAgo(91), daysAgo(0)));
    ledger
        .database()
        .run(
            "DROP ROLE IF EXISTS retention_writer; CREATE ROLE retention_writer LOGIN;"
                + " GRANT USAGE ON SCHEMA audit TO retention_writer;"
                + " GRANT SELECT ON audit.flyway_schema_history TO retention_writer;"
                + " GRANT SELECT, INSERT ON audit.exchange, audit.gap TO retention_writer;"
                + " GRANT SELECT, INSERT, UPDATE ON audit.chain TO retention_writer;"
                + " GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA audit TO retention_writer");
    String uri = ledger.database().uri().replace("postgres@", "retention_writer@");
    try {
      TestLedger.migrate(uri, "classpath:db/migration");
      PostgresSink sink = ledger.sink(uri);
      ledger.store(sink, List.of(daysAgo(0), daysAgo(40)));
      AuditRetention.Erased erased =
          new AuditRetention(
                  new AuditDatabase(uri, null, AuditDatabase.STATEMENT),
                  RETENTION,
                  null,
                  InstantSource.system())
              .run();

      assertThat(erased.partitions()).containsExactly(partition(91));
      assertThat(ledger.database().number("SELECT count(*) FROM audit.exchange")).isEqualTo(3);
    } finally {
      ledger.database().run("DROP OWNED BY retention_writer; DROP ROLE retention_writer");
    }
  }

  @Test
  void gapsAndSealFilesOfErasedDaysGo() throws Exception {
    PostgresSink sink = ledger.sink();
    for (int days : List.of(100, 80)) {
      Instant at = now.minus(days, ChronoUnit.DAYS);
      TestLedger.await(sink.storeGaps("node-1", List.of(new Gap(at, Gap.Reason.DAMAGED, days))));
      ledger.seal(at);
    }

    retention().run();

    assertThat(ledger.database().column("SELECT records FROM audit.gap")).containsExactly("80");
    try (var files = Files.list(ledger.sealFolder())) {
      String day = DateTimeFormatter.BASIC_ISO_DATE.format(today.minusDays(80));
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactly("seal-node-1-" + day + ".jsonl");
    }
  }
}
