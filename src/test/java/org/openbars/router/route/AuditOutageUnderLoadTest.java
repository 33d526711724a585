package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.SteadyLoad;
import org.openbars.router.fixture.TcpGate;
import org.openbars.router.fixture.TestDatabase;

/** PostgreSQL away, and the journal full, while exchanges go on. */
final class AuditOutageUnderLoadTest {
  private static final Duration OUTAGE =
      Endurance.of(Duration.ofSeconds(6), Duration.ofMinutes(10));
  private static final int RATE = Endurance.of(100, 500);

  /** What a journal of one megabyte takes without filling while PostgreSQL is there. */
  private static final int GENTLE_RATE = 100;

  private final RunningReceivers receivers = RunningReceivers.start();
  private final TestDatabase database = TestDatabase.create();
  private final HttpClient asking = HttpClient.newHttpClient();
  private TcpGate gate;
  private RunningRouter router;

  @BeforeEach
  void openGate() {
    gate = TcpGate.open(TestDatabase.port());
  }

  @AfterEach
  void stop() throws Exception {
    router.close();
    gate.close();
    receivers.close();
  }

  private void start(String maxSize) {
    router =
        RunningRouter.setup()
            .target("good", receivers.url(""))
            .set("audit.postgres.uri", database.uri(gate.port()))
            .set("audit.journal.max-size", maxSize)
            .start();
  }

  @Test
  void anOutageOfPostgresTouchesNoExchangeAndLosesAndDoublesNothing() throws Exception {
    start("2GiB");
    try (SteadyLoad load = new SteadyLoad(router.port(), "good", RATE)) {
      pass(Duration.ofSeconds(4));
      // A cold process answers late what came meanwhile.
      await().atMost(Duration.ofSeconds(60)).until(() -> load.sent() - load.mark() < 3);
      int from = load.mark();
      pass(dividedBy(OUTAGE, 2, Duration.ofSeconds(60)));
      int shut = load.mark();
      gate.shut();
      pass(OUTAGE);
      assertThat(gauge("bars.audit.journal.bytes")).isPositive();
      assertThat(gauge("bars.audit.journal.oldest.seconds"))
          .isBetween(OUTAGE.toSeconds() * 0.5, OUTAGE.toSeconds() * 1.5 + 5);
      assertThat(status("/health/ready")).isEqualTo(200);
      int opened = load.mark();
      long began = System.nanoTime();
      gate.open();
      // While the load goes on, so that what is drained is more than what comes.
      await()
          .atMost(OUTAGE.multipliedBy(2))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> gauge("bars.audit.journal.oldest.seconds") < 1);
      Duration drained = Duration.ofNanos(System.nanoTime() - began);
      load.stop();

      assertThat(load.broken()).isZero();
      assertThat(load.answered().values()).containsOnly(200);
      long rows = load.sent();
      await().atMost(Duration.ofSeconds(30)).until(() -> rows() == rows);
      assertThat(database.number("SELECT count(DISTINCT correlation_id) FROM audit.exchange"))
          .isEqualTo(rows);
      long before = load.quantile(0.99, from, shut);
      long away = load.quantile(0.99, shut, opened);
      System.out.printf(
          "outage %s at %d/s: %d exchanges, p50 %d us before and %d us while away, p99 %d and %d us,"
              + " drained after %s%n",
          OUTAGE,
          RATE,
          rows,
          load.quantile(0.5, from, shut),
          load.quantile(0.5, shut, opened),
          before,
          away,
          drained);
      assertThat(load.quantile(0.5, shut, opened)).isLessThan(2 * load.quantile(0.5, from, shut));
      // The first try may come as late as the longest pause between two.
      assertThat(drained).isLessThan(dividedBy(OUTAGE, 5, OUTAGE).plusSeconds(5));
    }
  }

  @Test
  void aFullJournalRefusesWhatItCannotTellOfAndRecoversByItself() throws Exception {
    start("1MiB");
    try (SteadyLoad warm = new SteadyLoad(router.port(), "good", GENTLE_RATE)) {
      pass(Duration.ofSeconds(1));
      warm.stop();
      long warmed = warm.sent();
      await().until(() -> rows() == warmed);
      gate.shut();
      SteadyLoad load = new SteadyLoad(router.port(), "good", 400);
      await().atMost(Duration.ofSeconds(60)).until(() -> load.answered().containsValue(503));
      await().atMost(Duration.ofSeconds(10)).until(() -> status("/health/ready") == 503);
      assertThat(statusOf("/metadata")).isEqualTo(200);
      assertThat(statusOf("/_ping")).isEqualTo(200);
      pass(Duration.ofSeconds(1));
      load.stop();
      long refused = load.answered().values().stream().filter(status -> status == 503).count();
      long carried = load.answered().values().stream().filter(status -> status == 200).count();
      assertThat(load.broken()).isZero();
      assertThat(refused + carried).isEqualTo(load.sent());
      assertThat((long) counter("bars.audit.refused")).isEqualTo(refused);
      assertThat(receivers.arrived()).isEqualTo(warmed + carried);

      gate.open();

      await().atMost(Duration.ofSeconds(60)).until(() -> status("/health/ready") == 200);
      // A refusal, too, is recorded while there is room for it.
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> rows("fate = 'ANSWERED'") == warmed + carried);
      try (SteadyLoad again = new SteadyLoad(router.port(), "good", GENTLE_RATE)) {
        pass(Duration.ofSeconds(1));
        again.stop();
        assertThat(again.answered().values()).containsOnly(200);
      }
      load.close();
    }
  }

  private static void pass(Duration time) {
    long until = System.nanoTime() + time.toNanos();
    await()
        .atMost(time.plusSeconds(5))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> System.nanoTime() - until >= 0);
  }

  private static Duration dividedBy(Duration whole, int parts, Duration most) {
    Duration part = whole.dividedBy(parts);
    return part.compareTo(most) < 0 ? part : most;
  }

  private int status(String path) throws Exception {
    return get("http://127.0.0.1:" + router.process().adminPort() + path);
  }

  private int statusOf(String path) throws Exception {
    return get(router.url(path));
  }

  private int get(String url) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .header("X-Request-Id", RunningRouter.REQUEST_ID)
            .header("X-Correlation-Id", RunningRouter.CORRELATION_ID)
            .build();
    return asking.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private long rows() {
    return rows("method = 'POST'");
  }

  private long rows(String which) {
    return database.number("SELECT count(*) FROM audit.exchange WHERE " + which);
  }

  private double gauge(String name) {
    return router.process().node().meters().registry().get(name).gauge().value();
  }

  private double counter(String name) {
    return router.process().node().meters().registry().get(name).counter().count();
  }
}
