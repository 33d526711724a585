package org.openbars.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openbars.router.config.RouterConfig.Drain;
import org.openbars.router.fixture.Balancer;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.TestDatabase;

/**
 * Two nodes behind a balancer are restarted by turns under load: nobody's exchange fails, and the
 * audit has every one.
 */
final class RollingRestartTest {
  private static final int RESTARTS = Endurance.of(3, 20);
  private static final Duration SLOW = Endurance.of(Duration.ofSeconds(1), Duration.ofSeconds(10));
  private static final int RATE = 100;

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void noExchangeFailsAndTheAuditHasThemAll() throws Exception {
    TestDatabase database = TestDatabase.create();
    int[] ports = {freePort(), freePort()};
    RunningRouter[] nodes = new RunningRouter[2];
    try (RunningReceivers receivers = RunningReceivers.start();
        Balancer balancer = new Balancer().node(ports[0]).node(ports[1])) {
      for (int i = 0; i < 2; i++) {
        nodes[i] = start(ports[i], receivers, database);
        balancer.restarted(ports[i], nodes[i].process().adminPort());
      }
      balancer.start();
      await().until(() -> balancer.ready(ports[0]) && balancer.ready(ports[1]));
      // An odd number, so that each node gets some of each.
      balancer.send(RATE, "quick", "quick", "quick", "quick", "slow");
      for (int restart = 0; restart < RESTARTS; restart++) {
        int at = restart % 2;
        RunningRouter leaving = nodes[at];
        await().until(() -> leaving.process().node().capacity().inFlight() >= 2);
        leaving
            .process()
            .drain(new Drain(Duration.ofMillis(600), SLOW.plusSeconds(30), Duration.ofSeconds(20)))
            .toCompletionStage()
            .toCompletableFuture()
            .get(90, TimeUnit.SECONDS);
        leaving.close();
        nodes[at] = start(ports[at], receivers, database);
        balancer.restarted(ports[at], nodes[at].process().adminPort());
        await().until(() -> balancer.ready(ports[at]));
      }
      balancer.stop();

      assertThat(balancer.failed()).isEmpty();
      assertThat(balancer.answered().values()).containsOnly(200);
      for (RunningRouter node : nodes) {
        node.close();
      }
      assertThat(new HashSet<>(database.column("SELECT correlation_id FROM audit.exchange")))
          .isEqualTo(balancer.answered().keySet());
      assertThat(database.number("SELECT count(*) FROM audit.exchange"))
          .isEqualTo(balancer.answered().size());
      System.out.printf(
          "%d restarts of two nodes with exchanges of %s in flight: %d exchanges, 0 failed%n",
          RESTARTS, SLOW, balancer.answered().size());
    }
  }

  private static RunningRouter start(int port, RunningReceivers receivers, TestDatabase database) {
    return RunningRouter.setup()
        .target("quick", receivers.url(""))
        .target("slow", receivers.url("delay=" + SLOW.toMillis() + "ms"))
        .set("listen.port", port)
        .set("audit.postgres.uri", database.uri())
        .patience(Duration.ofSeconds(20))
        .start();
  }
}
