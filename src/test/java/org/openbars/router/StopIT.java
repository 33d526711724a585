package org.openbars.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.ServeProcess;

/** The packaged router is told to stop. */
final class StopIT {
  private static final int SIGTERM_EXIT = 143;
  private static RunningReceivers receivers;
  @TempDir private Path folder;

  @BeforeAll
  static void startReceivers() {
    receivers = RunningReceivers.start();
  }

  @AfterAll
  static void stopReceivers() {
    receivers.close();
  }

  private ServeProcess serve() throws Exception {
    Files.writeString(
        folder.resolve("targets.json"),
        RunningRouter.targetsDocument(
            Map.of(
                "slow", receivers.url("delay=1s"), "hanging", receivers.url("hang=before-head"))));
    Path config =
        Files.writeString(
            folder.resolve("router.yaml"),
            """
            directory: {file: targets.json}
            receivers: {"127.0.0.1": {insecure: true}}
            audit: {mode: off}
            node: {drain: {delay: 0s}}
            """);
    return ServeProcess.start(config, ServeProcess.freePort(), ServeProcess.freePort());
  }

  private static RawSender sending(ServeProcess router, String target) {
    long before = receivers.arrived();
    RawSender sender = RawSender.to(router.port());
    sender.send(RawRequest.message("GET", "/Slot", target));
    await().until(() -> receivers.arrived() > before);
    return sender;
  }

  @Test
  void sigtermEndsInOrderWithExitCodeNought() throws Exception {
    try (ServeProcess router = serve();
        RawSender inFlight = sending(router, "slow")) {
      router.terminate();
      assertThat(inFlight.answer("GET").status()).isEqualTo(200);
      assertThat(router.ended()).isZero();
      assertThat(router.log()).contains("drained: no exchange is in flight");
    }
  }

  @Test
  void sighupTakesUpLimitsAndTheRouterGoesOn() throws Exception {
    try (ServeProcess router = serve();
        RawSender inFlight = sending(router, "hanging")) {
      Path config = folder.resolve("router.yaml");
      Files.writeString(config, Files.readString(config) + "stream: {max-in-flight: 1}\n");
      router.hangUp();
      await().until(() -> router.log().contains("limits in force: [stream.max-in-flight]"));
      assertThat(
              RawSender.exchange(router.port(), RawRequest.message("GET", "/Slot", "slow"))
                  .status())
          .isEqualTo(503);
      assertThat(router.ready()).isTrue();
      assertThat(inFlight.arrived()).isEmpty();
    }
  }

  @Test
  void secondSigtermEndsAtOnce() throws Exception {
    try (ServeProcess router = serve();
        RawSender inFlight = sending(router, "hanging")) {
      router.terminate();
      await().until(() -> router.log().contains("draining"));
      long began = System.nanoTime();
      router.terminate();
      assertThat(router.ended()).isEqualTo(SIGTERM_EXIT);
      // Of the 40 s that the exchange in flight could have taken.
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
      assertThat(inFlight.isClosedByPeer()).isTrue();
    }
  }
}
