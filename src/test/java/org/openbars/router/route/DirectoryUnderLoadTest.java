package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openbars.router.directory.FileDirectory;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.SteadyLoad;

/** A directory of national size is replaced every second under load, then spoilt, then gone. */
final class DirectoryUnderLoadTest {
  private static final int TARGETS = 10_000;
  private static final int RELOADS = Endurance.of(4, 60);
  private static final int RATE = 200;
  private static final Duration ALLOWED = Duration.ofSeconds(1);

  private static Map<String, String> targets(String own, String others) {
    Map<String, String> targets = new LinkedHashMap<>();
    for (int i = 0; i < TARGETS; i++) {
      targets.put("t" + i, i == 0 ? own : others);
    }
    return targets;
  }

  private static void write(RunningRouter router, String content) throws IOException {
    Path beside = router.targetsFile().resolveSibling("targets.new");
    Files.writeString(beside, content);
    Files.move(beside, router.targetsFile(), StandardCopyOption.ATOMIC_MOVE);
  }

  private static double refusals(RunningRouter router) {
    return router
        .process()
        .node()
        .meters()
        .registry()
        .get("bars.directory.refused")
        .counter()
        .count();
  }

  @Test
  void noExchangeFailsAndEachChangeTakesEffectInTime() throws Exception {
    try (RunningReceivers first = RunningReceivers.start();
        RunningReceivers second = RunningReceivers.start()) {
      RunningRouter.Setup setup = RunningRouter.setup().set("directory.check-every", "500ms");
      targets(first.url(""), first.url("")).forEach(setup::target);
      try (RunningRouter router = setup.start();
          SteadyLoad load = new SteadyLoad(router.port(), "t0", RATE)) {
        FileDirectory directory = router.process().node().directory();
        List<Duration> effects = new ArrayList<>();
        for (int reload = 1; reload <= RELOADS; reload++) {
          RunningReceivers next = reload % 2 == 1 ? second : first;
          String before = directory.inService().version();
          write(router, RunningRouter.targetsDocument(targets(next.url(""), first.url(""))));
          long written = System.nanoTime();
          // The table is one reference: what is looked up from now on goes by the new one.
          await()
              .pollInterval(Duration.ofMillis(5))
              .atMost(ALLOWED.multipliedBy(10))
              .until(() -> !directory.inService().version().equals(before));
          effects.add(Duration.ofNanos(System.nanoTime() - written));
          long arrived = next.arrived();
          await().until(() -> next.arrived() > arrived);
          assertThat(directory.inService().last().changed()).isEqualTo(1);
          await()
              .atMost(Duration.ofSeconds(10))
              .until(() -> System.nanoTime() - written >= Duration.ofSeconds(1).toNanos());
        }
        String good = directory.inService().version();

        double refused = refusals(router);
        write(router, "{");
        await().until(() -> refusals(router) == refused + 1);
        Files.delete(router.targetsFile());
        await().until(() -> refusals(router) == refused + 2);
        int before = load.answered().size();
        await().until(() -> load.answered().size() > before + RATE);
        load.stop();

        assertThat(directory.inService().version()).isEqualTo(good);
        assertThat(load.broken()).isZero();
        assertThat(load.answered().values()).containsOnly(200);
        assertThat(first.arrived() + second.arrived()).isEqualTo(load.sent());
        Collections.sort(effects);
        Duration median = effects.get(effects.size() / 2);
        Duration longest = effects.get(effects.size() - 1);
        System.out.printf(
            "%d reloads of %d targets under %d exchanges/s: %d exchanges, 0 failed; in effect after"
                + " %d ms (median), %d ms (longest)%n",
            RELOADS, TARGETS, RATE, load.answered().size(), median.toMillis(), longest.toMillis());
        assertThat(longest).isLessThan(Endurance.allowed(ALLOWED));
      }
    }
  }
}
