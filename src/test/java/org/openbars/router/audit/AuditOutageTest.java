package org.openbars.router.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openbars.router.audit.SampleExchanges.booking;
import static org.openbars.router.audit.SampleExchanges.put;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.fixture.TcpGate;
import org.openbars.router.fixture.TestDatabase;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;

/** PostgreSQL away, at start and later, and the bound on what is held meanwhile. */
class AuditOutageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final SampleExchanges samples = new SampleExchanges();
  private final Meters meters = new Meters();
  @TempDir private Path folder;
  private TestDatabase database;
  private TcpGate gate;
  private AuditTrail audit;

  @BeforeEach
  void shutGate() {
    database = TestDatabase.create();
    gate = TcpGate.shut(TestDatabase.port());
  }

  @AfterEach
  void stop() throws Exception {
    stop(Duration.ofSeconds(5));
    gate.close();
  }

  @Test
  void recordsOfAStartWithoutPostgresArriveOnceItIsThere() throws Exception {
    start();
    for (int i = 0; i < 3_000; i++) {
      put(audit, samples.record());
    }
    await().atMost(PATIENCE).until(() -> gate.connections() > 1);

    gate.open();

    awaitRows(3_000);
    assertThat(lost("unwritable")).isZero();
  }

  @Test
  void outageInTheMiddleLosesAndDoublesNothing() throws Exception {
    gate.open();
    start();
    int sent = 0;
    for (int outage = 1; outage <= 5; outage++) {
      for (int i = 0; i < 1_000; i++) {
        put(audit, samples.record());
      }
      sent += 1_000;
      // Cut while batches are under way: some are stored and their answer is lost.
      long enough = sent - 700L;
      await().atMost(PATIENCE).ignoreExceptions().until(() -> rows() >= enough);
      gate.shut();
      for (int i = 0; i < 500; i++) {
        put(audit, samples.record());
      }
      sent += 500;
      int before = gate.connections();
      await().atMost(PATIENCE).until(() -> gate.connections() > before);
      gate.open();
    }

    awaitRows(sent);
    assertThat(database.number("SELECT count(DISTINCT id) FROM audit.exchange")).isEqualTo(sent);
    assertThat(counter("bars.audit.stored")).isEqualTo(sent);
    assertThat(counter("bars.audit.batches.failed")).isPositive();
    assertThat(lost("unwritable")).isZero();
  }

  @Test
  void connectionThatHangsIsGivenUp() throws Exception {
    gate.open();
    audit =
        AuditTrail.start(
            new AuditDatabase(database.uri(gate.port()), null, Duration.ofSeconds(1)),
            SampleExchanges.config(database.uri(gate.port()), folder.resolve("journal")),
            meters);
    put(audit, samples.record());
    awaitRows(1);

    gate.hang();
    put(audit, samples.record());
    await().atMost(PATIENCE).until(() -> counter("bars.audit.batches.failed") > 0);
    assertThat(gauge("bars.audit.journal.oldest.seconds")).isPositive();
    gate.open();

    awaitRows(2);
    await().atMost(PATIENCE).until(() -> gauge("bars.audit.journal.oldest.seconds") == 0);
  }

  @Test
  void fullJournalRefusesReadsAndWritesAndTakesThemAgainOnceItIsStored() throws Exception {
    start(16 << 20);
    List<ExchangeRecord> kept = new ArrayList<>();
    AtomicBoolean written = new AtomicBoolean(true);
    while (written.get()) {
      ExchangeRecord record = samples.record(booking().useContext("x".repeat(2000)));
      AuditPlace place = audit.reserve();
      assertThat(place.refused()).isFalse();
      place.opened(record, written::set);
      if (written.get()) {
        place.record(record, () -> {});
        kept.add(record);
      }
    }
    assertThat(audit.accepts()).isFalse();
    AuditPlace refused = audit.reserve();
    assertThat(refused.refused()).isTrue();
    refused.opened(samples.record(), taken -> assertThat(taken).isFalse());
    refused.record(samples.record(booking().refused(BarsError.AUDIT_FULL)), () -> {});
    assertThat(counter("bars.audit.refused")).isOne();
    assertThat(gauge("bars.audit.journal.bytes")).isBetween(12e6, 18e6);

    gate.open();

    awaitRows(kept.size());
    await().atMost(PATIENCE).until(() -> !audit.reserve().refused());
    await().atMost(PATIENCE).until(audit::accepts);
    assertThat(lost("unwritable")).isZero();
  }

  @Test
  void stopStoresWhatIsHeld() throws Exception {
    gate.open();
    start();
    for (int i = 0; i < 2_000; i++) {
      put(audit, samples.record());
    }

    stop(PATIENCE);

    assertThat(rows()).isEqualTo(2_000);
  }

  @Test
  void whatAStopWithoutPostgresLeavesIsStoredByTheNextStart() throws Exception {
    start();
    for (int i = 0; i < 42; i++) {
      put(audit, samples.record());
    }
    stop(Duration.ofMillis(300));
    gate.open();

    start();

    awaitRows(42);
    assertThat(lost("journal")).isZero();
  }

  private void start() throws IOException {
    start(256 << 20);
  }

  private void start(int maxSize) throws IOException {
    audit =
        AuditTrail.start(
            SampleExchanges.config(database.uri(gate.port()), folder.resolve("journal"), maxSize),
            meters);
  }

  private void stop(Duration within) throws Exception {
    AuditTrail running = audit;
    audit = null;
    if (running != null) {
      running.stop(within).toCompletionStage().toCompletableFuture().get(90, TimeUnit.SECONDS);
    }
  }

  private void awaitRows(long rows) {
    await().atMost(PATIENCE).ignoreExceptions().until(() -> rows() == rows);
  }

  private long rows() {
    return database.number("SELECT count(*) FROM audit.exchange");
  }

  private double counter(String name) {
    return meters.registry().get(name).counter().count();
  }

  private double gauge(String name) {
    return meters.registry().get(name).gauge().value();
  }

  private double lost(String reason) {
    return meters.registry().get("bars.audit.lost").tag("reason", reason).counter().count();
  }
}
