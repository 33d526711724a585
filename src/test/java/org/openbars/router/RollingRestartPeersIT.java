package org.openbars.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.ServeProcess;
import org.openbars.router.fixture.SteadyLoad;
import org.openbars.router.fixture.TestDatabase;

/**
 * Two packaged routers behind HAProxy, with the configuration that is shipped, are restarted by
 * turns under load with long exchanges in flight.
 */
@EnabledIfSystemProperty(named = "peers", matches = "true")
final class RollingRestartPeersIT {
  private static final int RESTARTS = Endurance.of(4, 20);
  private static final int QUICK_RATE = 100;
  private static final int SLOW_RATE = 5;

  @TempDir private Path folder;
  private final TestDatabase database = TestDatabase.create();

  private Process haproxy(int port, ServeProcess one, ServeProcess two) throws Exception {
    ProcessBuilder haproxy =
        new ProcessBuilder("haproxy", "-W", "-db", "-f", "config/gateway/haproxy.cfg")
            .redirectErrorStream(true)
            .redirectOutput(new File("target/peers-haproxy.log"));
    haproxy
        .environment()
        .putAll(
            Map.of(
                "BARS_MAXCONN",
                "2000",
                "BARS_BIND",
                "127.0.0.1:" + port,
                "BARS_ONE",
                "127.0.0.1:" + one.port(),
                "BARS_ONE_ADMIN",
                String.valueOf(one.adminPort()),
                "BARS_TWO",
                "127.0.0.1:" + two.port(),
                "BARS_TWO_ADMIN",
                String.valueOf(two.adminPort())));
    return haproxy.start();
  }

  private Path config(String node, RunningReceivers receivers) throws Exception {
    Path own = Files.createDirectory(folder.resolve(node));
    Files.writeString(
        own.resolve("targets.json"),
        RunningRouter.targetsDocument(
            Map.of("quick", receivers.url(""), "slow", receivers.url("delay=10s"))));
    return Files.writeString(
        own.resolve("router.yaml"),
        """
        node: {name: %s}
        directory: {file: targets.json}
        receivers: {"127.0.0.1": {insecure: true}}
        audit: {postgres: {uri: "%s"}}
        """
            .formatted(node, database.uri()));
  }

  @Test
  void noExchangeFailsAndTheAuditHasThemAll() throws Exception {
    try (RunningReceivers receivers = RunningReceivers.start()) {
      Path[] configs = {config("one", receivers), config("two", receivers)};
      ServeProcess[] nodes = new ServeProcess[2];
      for (int i = 0; i < 2; i++) {
        nodes[i] = ServeProcess.start(configs[i], ServeProcess.freePort(), ServeProcess.freePort());
      }
      int port = ServeProcess.freePort();
      Process haproxy = haproxy(port, nodes[0], nodes[1]);
      await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> answers(port));
      long before = receivers.arrived();
      Map<String, Integer> answered = new HashMap<>();
      try (SteadyLoad quick = new SteadyLoad(port, "quick", QUICK_RATE);
          SteadyLoad slow = new SteadyLoad(port, "slow", SLOW_RATE)) {
        for (int restart = 0; restart < RESTARTS; restart++) {
          restart(nodes, configs, restart % 2);
        }
        quick.stop();
        slow.stop();
        assertThat(quick.broken() + slow.broken()).isZero();
        answered.putAll(quick.answered());
        answered.putAll(slow.answered());
        assertThat(answered.values()).containsOnly(200);
        assertThat(receivers.arrived() - before).isEqualTo(quick.sent() + slow.sent());
      } finally {
        haproxy.destroy();
        for (ServeProcess node : nodes) {
          node.terminate();
        }
      }
      for (ServeProcess node : nodes) {
        assertThat(node.ended()).isZero();
      }
      Set<String> recorded =
          new HashSet<>(database.column("SELECT correlation_id FROM audit.exchange"));
      assertThat(recorded).containsAll(answered.keySet());
      System.out.printf(
          "%d restarts behind HAProxy, 10 s exchanges in flight: %d exchanges, 0 failed, all recorded%n",
          RESTARTS, answered.size());
    }
  }

  private static boolean answers(int port) {
    return RawSender.exchange(port, RawRequest.message("GET", "/Slot", "quick")).status() == 200;
  }

  /** The journal goes with the node: its folder stays, and what waits in it is shipped. */
  private static void restart(ServeProcess[] nodes, Path[] configs, int at) {
    ServeProcess leaving = nodes[at];
    leaving.terminate();
    assertThat(leaving.ended()).as(leaving.log()).isZero();
    nodes[at] = ServeProcess.start(configs[at], leaving.port(), leaving.adminPort());
    // As an operator's roll-out waits before it goes to the next node: HAProxy must see it up.
    long ready = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> System.nanoTime() - ready > Duration.ofSeconds(4).toNanos());
  }
}
