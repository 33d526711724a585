package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.Footprint;
import org.openbars.router.fixture.LeakReports;
import org.openbars.router.fixture.LogLines;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.TestDatabase;

/**
 * Exchanges of every kind and ending, for long: what the process holds does not grow with them. Its
 * senders and receivers share the process, so theirs is held to the same.
 */
final class SoakTest {
  private static final Duration WHOLE =
      Endurance.of(Duration.ZERO, Duration.ofMinutes(Integer.getInteger("soak.minutes", 10)));
  private static final int RATE = Endurance.of(300, 700);
  private static final int WARM = Endurance.of(1_000, 40_000);
  private static final int BETWEEN_SAMPLES = Endurance.of(150, 3_000);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LEAST_SAMPLES = 10;

  /** Bytes an exchange; one that the router did not let go of would cost about 5,000. */
  private static final double MOST_HEAP = Endurance.of(3_000, 50);

  /** The pools take megabytes at a time, which a short form cannot tell from a slope. */
  private static final double MOST_DIRECT = Endurance.of(16_000, 50);

  /** Descriptors and threads an exchange. */
  private static final double MOST_HANDLES = Endurance.of(200, 1) / 10_000.0;

  @Test
  void nothingGrowsWithTheExchangesThatWentThrough() {
    try (LeakReports leaks = LeakReports.watch();
        LogLines log = LogLines.watch();
        RunningReceivers receivers = RunningReceivers.start();
        RunningRouter router = SoakLoad.router(receivers, TestDatabase.create().uri());
        SoakLoad load = new SoakLoad(router.port(), RATE)) {
      long began = System.nanoTime();
      List<Sample> samples = new ArrayList<>();
      for (long next = WARM; ; next += BETWEEN_SAMPLES) {
        long due = next;
        await().atMost(PATIENCE).until(() -> load.ended() >= due);
        samples.add(new Sample(load.ended(), Footprint.afterCollection()));
        if (samples.size() > LEAST_SAMPLES && System.nanoTime() - began > WHOLE.toNanos()) {
          break;
        }
      }
      load.stop();

      double heap = slope(samples, held -> held.heap());
      double direct = slope(samples, held -> held.direct());
      double descriptors = slope(samples, held -> held.descriptors());
      double threads = slope(samples, held -> held.threads());
      Footprint last = samples.get(samples.size() - 1).held();
      System.out.printf(
          "soak of %s at %d/s, %d exchanges: an exchange adds %.1f bytes of heap, %.1f of direct"
              + " memory, %.6f descriptors, %.6f threads; at the end %s; %s%n",
          Duration.ofNanos(System.nanoTime() - began),
          RATE,
          load.ended(),
          heap,
          direct,
          descriptors,
          threads,
          last,
          load);
      assertThat(load.wrong()).isEmpty();
      assertThat(heap).isLessThan(MOST_HEAP);
      assertThat(direct).isLessThan(MOST_DIRECT);
      assertThat(descriptors).isLessThan(MOST_HANDLES);
      assertThat(threads).isLessThan(MOST_HANDLES);
      assertThat(log.all())
          .noneMatch(line -> line.getLoggerName().contains("BlockedThreadChecker"));
      assertThat(leaks.soFar()).isEmpty();
    }
  }

  /** What was held after so many exchanges. */
  private record Sample(long exchanges, Footprint held) {}

  /**
   * How much each exchange adds: the median of the slopes between every two samples, which a few
   * samples taken at an odd moment do not move.
   */
  private static double slope(List<Sample> samples, ToDoubleFunction<Footprint> what) {
    double[] slopes =
        IntStream.range(0, samples.size())
            .boxed()
            .flatMap(
                i ->
                    IntStream.range(i + 1, samples.size())
                        .mapToObj(j -> slope(samples.get(i), samples.get(j), what)))
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    return slopes[slopes.length / 2];
  }

  private static double slope(Sample from, Sample to, ToDoubleFunction<Footprint> what) {
    return (what.applyAsDouble(to.held()) - what.applyAsDouble(from.held()))
        / Math.max(1, to.exchanges() - from.exchanges());
  }
}
