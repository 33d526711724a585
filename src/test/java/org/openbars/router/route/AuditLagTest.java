package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.SteadyLoad;
import org.openbars.router.fixture.TestDatabase;

/** How long after its answer an exchange's record is in PostgreSQL, at twice the national peak. */
final class AuditLagTest {
  private static final int RATE = Endurance.of(100, 2_000);
  private static final Duration TIME = Endurance.of(Duration.ofSeconds(3), Duration.ofSeconds(60));
  private static final Duration EVERY = Duration.ofMillis(5);

  /** The figure is one second; the short form, on a busy machine, allows ten times that. */
  private static final double MOST_SECONDS = Endurance.of(10, 1);

  @Test
  void recordsReachPostgresWithinASecondOfTheirAnswer() throws Exception {
    TestDatabase database = TestDatabase.create();
    try (RunningReceivers receivers = RunningReceivers.start();
        RunningRouter router =
            RunningRouter.setup()
                .target("good", receivers.url(""))
                .set("audit.postgres.uri", database.uri())
                .start();
        SteadyLoad load = new SteadyLoad(router.port(), "good", RATE)) {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  router
                          .process()
                          .node()
                          .meters()
                          .registry()
                          .get("bars.audit.stored")
                          .counter()
                          .count()
                      > 0);
      // A cold process answers late what came meanwhile.
      await().atMost(Duration.ofSeconds(60)).until(() -> load.sent() - load.mark() < RATE / 5);

      double[] lags = sample(router);
      load.stop();

      assertThat(load.broken()).isZero();
      await().atMost(Duration.ofSeconds(30)).until(() -> rows(database) == load.sent());
      Arrays.sort(lags);
      double p99 = lags[(int) (lags.length * 0.99)];
      System.out.printf(
          "lag to PostgreSQL at %d/s over %s: p50 %.3f s, p99 %.3f s, longest %.3f s%n",
          RATE, TIME, lags[lags.length / 2], p99, lags[lags.length - 1]);
      // Zero throughout would mean that the gauge tells nothing.
      assertThat(lags[lags.length - 1]).isPositive();
      assertThat(p99).isLessThanOrEqualTo(MOST_SECONDS);
    }
  }

  /** Age of the oldest entry that PostgreSQL has not taken yet, again and again. */
  private static double[] sample(RunningRouter router) {
    double[] lags = new double[(int) (TIME.toMillis() / EVERY.toMillis())];
    for (int i = 0; i < lags.length; i++) {
      long until = System.nanoTime() + EVERY.toNanos();
      lags[i] =
          router
              .process()
              .node()
              .meters()
              .registry()
              .get("bars.audit.journal.oldest.seconds")
              .gauge()
              .value();
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(1, TimeUnit.MILLISECONDS)
          .until(() -> System.nanoTime() - until >= 0);
    }
    return lags;
  }

  private static long rows(TestDatabase database) {
    return database.number("SELECT count(*) FROM audit.exchange WHERE method = 'POST'");
  }
}
