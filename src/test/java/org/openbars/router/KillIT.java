package org.openbars.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.SteadyLoad;
import org.openbars.router.fixture.TestDatabase;
import org.openbars.router.sandbox.MockReceivers;

/**
 * The packaged router, killed again and again under load: what a sender saw answered is in the
 * audit, and so is whatever reached a receiver.
 */
final class KillIT {
  private static final int KILLS = Endurance.of(3, 20);
  private static final int RATE = 200;

  private final RunningReceivers receivers =
      RunningReceivers.start(MockReceivers.Options.loopback().withArrivals(100_000));
  private final TestDatabase database = TestDatabase.create();
  private final Random random = new Random(7);
  @TempDir private Path folder;

  @Test
  void aKilledRouterLosesNothingThatWasAnsweredOrSent() throws Exception {
    Files.writeString(
        folder.resolve("targets.json"),
        RunningRouter.targetsDocument(Map.of("good", receivers.url("delay=20ms"))));
    Files.writeString(
        folder.resolve("router.yaml"),
        """
        directory: {file: targets.json}
        receivers: {"127.0.0.1": {insecure: true}}
        admin: {port: 0}
        audit:
          postgres: {uri: "%s"}
        """
            .formatted(database.uri()));
    int port = freePort();
    Set<String> answered = new HashSet<>();
    long broken = 0;
    for (int kill = 1; kill <= KILLS; kill++) {
      Process router = start(port);
      try (SteadyLoad load = new SteadyLoad(port, "good", RATE)) {
        int enough = 50 + random.nextInt(300);
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .pollInterval(Duration.ofMillis(1))
            .until(() -> load.answered().size() >= enough);
        router.destroyForcibly();
        assertThat(router.waitFor(20, TimeUnit.SECONDS)).isTrue();
        load.stop();
        assertThat(load.answered().values()).containsOnly(200);
        answered.addAll(load.answered().keySet());
        broken += load.broken();
      }
    }
    Process last = start(port);
    Set<String> arrived = new HashSet<>();
    receivers
        .mock()
        .arrivals()
        .forEach(arrival -> arrived.add(arrival.header("X-Correlation-Id").orElseThrow()));
    try {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> new HashSet<>(recorded()).containsAll(arrived));
    } finally {
      last.destroy();
      assertThat(last.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    List<String> recorded = recorded();
    assertThat(recorded).containsAll(answered).containsAll(arrived).doesNotHaveDuplicates();
    assertThat(
            database.number(
                "SELECT count(*) FROM audit.exchange WHERE fate = 'ANSWERED' AND status = 200"))
        .isGreaterThanOrEqualTo(answered.size());
    assertThat(broken).as("the kills hit exchanges in flight").isPositive();
    System.out.printf(
        "%d kills: %d answered, %d arrived at the receiver, %d recorded, %d broken off, %d of unknown outcome%n",
        KILLS,
        answered.size(),
        arrived.size(),
        recorded.size(),
        broken,
        database.number("SELECT count(*) FROM audit.exchange WHERE fate = 'OUTCOME_UNKNOWN'"));
  }

  private List<String> recorded() {
    return database.column(
        "SELECT correlation_id FROM audit.exchange WHERE correlation_id IS NOT NULL");
  }

  private Process start(int port) throws IOException {
    Process router =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx128m",
                    "-jar",
                    "target/bars-router.jar",
                    "serve",
                    "--config",
                    folder.resolve("router.yaml").toString(),
                    "--set",
                    "listen.port=" + port,
                    "--set",
                    "node.drain.delay=0s"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(new File("target/kill-router.log")))
            .start();
    Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> listens(router, port));
    return router;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static boolean listens(Process router, int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      assertThat(router.isAlive()).isTrue();
      return false;
    }
  }
}
