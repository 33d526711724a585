package org.openbars.router.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openbars.router.audit.SampleExchanges.booking;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.TcpGate;
import org.openbars.router.fixture.TestDatabase;
import org.openbars.router.message.BarsError;
import org.openbars.router.meter.Meters;

/** PostgreSQL away, at start and later, and the bound on what is held meanwhile. */
class AuditOutageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int QUEUE = 100;
  private static final int HEAD_ROOM = 20;

  private final SampleExchanges samples = new SampleExchanges();
  private final Meters meters = new Meters();
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
  void recordsOfAStartWithoutPostgresArriveOnceItIsThere() {
    start(20_000);
    for (int i = 0; i < 3_000; i++) {
      audit.reserve(true).record(samples.record());
    }
    await().atMost(PATIENCE).until(() -> gate.connections() > 1);
    assertThat(gauge("bars.audit.held")).isEqualTo(3_000);

    gate.open();

    awaitRows(3_000);
    await().atMost(PATIENCE).until(() -> gauge("bars.audit.held") == 0);
    assertThat(lost("full") + lost("unwritable")).isZero();
  }

  @Test
  void outageInTheMiddleLosesAndDoublesNothing() {
    gate.open();
    start(20_000);
    int sent = 0;
    for (int outage = 1; outage <= 5; outage++) {
      for (int i = 0; i < 1_000; i++) {
        audit.reserve(true).record(samples.record());
      }
      sent += 1_000;
      // Cut while batches are under way: some are stored and their answer is lost.
      long enough = sent - 700L;
      await().atMost(PATIENCE).ignoreExceptions().until(() -> rows() >= enough);
      gate.shut();
      for (int i = 0; i < 500; i++) {
        audit.reserve(true).record(samples.record());
      }
      sent += 500;
      int before = gate.connections();
      await().atMost(PATIENCE).until(() -> gate.connections() > before);
      gate.open();
    }

    awaitRows(sent);
    await().atMost(PATIENCE).until(() -> gauge("bars.audit.held") == 0);
    assertThat(database.number("SELECT count(DISTINCT id) FROM audit.exchange")).isEqualTo(sent);
    assertThat(counter("bars.audit.written")).isEqualTo(sent);
    assertThat(counter("bars.audit.batches.failed")).isPositive();
    assertThat(lost("full") + lost("unwritable")).isZero();
  }

  @Test
  void connectionThatHangsIsGivenUp() {
    gate.open();
    audit =
        AuditTrail.start(
            new AuditDatabase(database.uri(gate.port()), null, Duration.ofSeconds(1)),
            SampleExchanges.config(database.uri(gate.port()), QUEUE),
            meters);
    audit.reserve(true).record(samples.record());
    awaitRows(1);

    gate.hang();
    audit.reserve(true).record(samples.record());
    await().atMost(PATIENCE).until(() -> counter("bars.audit.batches.failed") > 0);
    assertThat(gauge("bars.audit.oldest.seconds")).isPositive();
    gate.open();

    awaitRows(2);
    await().atMost(PATIENCE).until(() -> gauge("bars.audit.held") == 0);
    assertThat(gauge("bars.audit.oldest.seconds")).isZero();
  }

  @Test
  void writesAreRefusedAtExactlyTheBoundAndTakenAgainLater() {
    start(QUEUE);
    List<AuditPlace> places = new ArrayList<>();
    for (int i = 0; i < QUEUE; i++) {
      places.add(audit.reserve(true));
    }
    assertThat(places).noneMatch(AuditPlace::refused);

    AuditPlace oneMore = audit.reserve(true);

    assertThat(oneMore.refused()).isTrue();
    assertThat(counter("bars.audit.refused")).isOne();
    assertThat(gauge("bars.audit.held")).isEqualTo(QUEUE);
    oneMore.record(samples.record(booking().refused(BarsError.AUDIT_FULL)));
    oneMore.record(samples.record());
    assertThat(gauge("bars.audit.held")).isEqualTo(QUEUE + 1);
    places.forEach(place -> place.record(samples.record()));
    places.forEach(AuditPlace::release);
    assertThat(gauge("bars.audit.held")).isEqualTo(QUEUE + 1);

    gate.open();
    awaitRows(QUEUE + 1);
    await().atMost(PATIENCE).until(() -> gauge("bars.audit.held") == 0);
    assertThat(audit.reserve(true).refused()).isFalse();
    assertThat(lost("full")).isZero();
  }

  @Test
  void readsUseTheHeadRoomAndAreLostAndCountedBeyondIt() {
    start(QUEUE);
    for (int i = 0; i < QUEUE + HEAD_ROOM; i++) {
      AuditPlace place = audit.reserve(false);
      assertThat(place.refused()).isFalse();
      place.record(samples.record());
    }
    assertThat(lost("full")).isZero();

    for (int i = 0; i < 7; i++) {
      AuditPlace place = audit.reserve(false);
      assertThat(place.refused()).isFalse();
      place.record(samples.record());
    }
    audit.record(samples.record());

    assertThat(lost("full")).isEqualTo(8);
    assertThat(gauge("bars.audit.held")).isEqualTo(QUEUE + HEAD_ROOM);
    gate.open();
    awaitRows(QUEUE + HEAD_ROOM);
  }

  @Test
  void placeGivenBackCanBeTakenAgain() {
    start(1);
    AuditPlace first = audit.reserve(true);
    assertThat(audit.reserve(true).refused()).isTrue();

    first.release();
    first.release();
    first.record(samples.record());

    assertThat(gauge("bars.audit.held")).isZero();
    assertThat(audit.reserve(true).refused()).isFalse();
    assertThat(audit.reserve(true).refused()).isTrue();
  }

  @Test
  void stopStoresWhatIsHeld() throws Exception {
    gate.open();
    start(20_000);
    for (int i = 0; i < 2_000; i++) {
      audit.reserve(true).record(samples.record());
    }

    stop(PATIENCE);

    assertThat(rows()).isEqualTo(2_000);
    assertThat(lost("stopped")).isZero();
  }

  @Test
  void stopWithoutPostgresEndsInTimeAndCountsWhatIsLost() throws Exception {
    start(QUEUE);
    for (int i = 0; i < 42; i++) {
      audit.reserve(true).record(samples.record());
    }

    stop(Duration.ofMillis(300));

    assertThat(lost("stopped")).isEqualTo(42);
  }

  private void start(int queue) {
    audit = AuditTrail.start(SampleExchanges.config(database.uri(gate.port()), queue), meters);
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
