package org.openbars.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;

/** How a router ends. */
class RouterProcessTest {
  private static RunningReceivers receivers;

  @BeforeAll
  static void start() {
    receivers = RunningReceivers.start();
  }

  @AfterAll
  static void stop() {
    receivers.close();
  }

  private static RunningRouter router() {
    return RunningRouter.setup()
        .target("slow", receivers.url("delay=500ms"))
        .target("hanging", receivers.url("hang=before-read"))
        .patience(Duration.ZERO)
        .start();
  }

  private static CompletableFuture<Void> stop(RunningRouter router, Duration within) {
    return router.process().stop(within).toCompletionStage().toCompletableFuture();
  }

  private static RawSender sending(RunningRouter router, String target) {
    long before = receivers.arrived();
    RawSender sender = RawSender.to(router.port());
    sender.send(RawRequest.message("GET", "/Slot", target));
    await().until(() -> receivers.arrived() > before);
    return sender;
  }

  @Test
  void exchangeInFlightIsAnsweredAndNewOnesAreRefusedMeanwhile() throws Exception {
    try (RunningRouter router = router();
        RawSender inFlight = sending(router, "slow");
        RawSender late = RawSender.to(router.port())) {
      CompletableFuture<Void> stopped = stop(router, Duration.ofSeconds(20));

      assertThat(late.exchange(RawRequest.message("GET", "/Slot", "slow")).status()).isEqualTo(503);
      assertThat(inFlight.answer("GET").status()).isEqualTo(200);
      stopped.get(20, TimeUnit.SECONDS);
      assertThat(inFlight.isClosedByPeer()).isTrue();
    }
  }

  /**
   * Each end of a process that waited once hung now and then: a future told of it on a dead loop.
   */
  @RepeatedTest(10)
  void exchangeThatNeverEndsIsNotWaitedForLonger() throws Exception {
    try (RunningRouter router = router();
        RawSender hanging = sending(router, "hanging")) {
      stop(router, Duration.ofMillis(100)).get(10, TimeUnit.SECONDS);

      // Told or cut off, whichever side ended first; never left waiting, never told a success.
      String rest = hanging.rest();
      assertThat(rest.isEmpty() || rest.startsWith("HTTP/1.1 503 ")).as(rest).isTrue();
    }
  }
}
