package org.openbars.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openbars.router.config.RouterConfig.Drain;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;

/** How a router leaves without failing anybody. */
class DrainTest {
  /** Long enough that nothing here comes after it, ended by the test itself. */
  private static final Duration LONG = Duration.ofMillis(1500);

  private static final Drain DRAIN = new Drain(LONG, Duration.ofSeconds(20), Duration.ZERO);
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
        .target("quick", receivers.url(""))
        .target("slow", receivers.url("delay=3s"))
        .target("hanging", receivers.url("hang=before-head"))
        .patience(Duration.ZERO)
        .start();
  }

  private static CompletableFuture<Void> drain(RunningRouter router, Drain drain) {
    return router.process().drain(drain).toCompletionStage().toCompletableFuture();
  }

  private static RawRequest get(String target) {
    return RawRequest.message("GET", "/Slot", target);
  }

  private static int ready(RunningRouter router) throws IOException {
    URI uri = URI.create("http://127.0.0.1:" + router.process().adminPort() + "/health/ready");
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    return connection.getResponseCode();
  }

  @Test
  void readinessGoesFirstAndExchangesAreTakenMeanwhile() throws Exception {
    try (RunningRouter router = router();
        RawSender kept = RawSender.to(router.port())) {
      assertThat(ready(router)).isEqualTo(200);
      assertThat(kept.exchange(get("quick")).header("Connection")).isEmpty();

      CompletableFuture<Void> drained = drain(router, DRAIN);

      assertThat(ready(router)).isEqualTo(503);
      RawAnswer last = kept.exchange(get("quick"));
      assertThat(last.status()).isEqualTo(200);
      assertThat(last.header("Connection")).contains("close");
      assertThat(kept.isClosedByPeer()).isTrue();
      RawAnswer onNew = RawSender.exchange(router.port(), get("quick"));
      assertThat(onNew.status()).isEqualTo(200);
      assertThat(onNew.header("Connection")).contains("close");
      RawAnswer ours = RawSender.exchange(router.port(), get("unknown"));
      assertThat(ours.status()).isEqualTo(404);
      assertThat(ours.header("Connection")).contains("close");
      drained.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void exchangeInFlightIsAnsweredThoughThePortIsClosed() throws Exception {
    try (RunningRouter router = router();
        RawSender inFlight = RawSender.to(router.port());
        RawSender idle = RawSender.to(router.port())) {
      int port = router.port();
      assertThat(idle.exchange(get("quick")).status()).isEqualTo(200);
      long before = receivers.arrived();
      inFlight.send(get("slow"));
      await().until(() -> receivers.arrived() > before);
      long began = System.nanoTime();

      CompletableFuture<Void> drained = drain(router, DRAIN);

      assertThat(idle.isClosedByPeer()).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(LONG);
      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> RawSender.to(port).close())
                      .isInstanceOf(UncheckedIOException.class));
      assertThat(drained).isNotDone();
      RawAnswer answer = inFlight.answer("GET");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Connection")).contains("close");
      drained.get(20, TimeUnit.SECONDS);
      assertThat(inFlight.isClosedByPeer()).isTrue();
    }
  }

  @Test
  void streamsInFlightEndAndTheConnectionIsToldToGo() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (RunningRouter router = router()) {
      Exchanges sender = new Exchanges(vertx, HttpVersion.HTTP_2);
      AtomicInteger goAways = new AtomicInteger();
      var slow =
          sender.with(
              Exchanges.to(HttpMethod.GET, router.url("/Slot"))
                  .putHeader("NHSD-Target-Identifier", RunningRouter.header("slow")),
              request -> {
                request.connection().goAwayHandler(told -> goAways.incrementAndGet());
                return request.send().compose(answer -> Exchanges.read(answer, 1 << 20));
              });
      await().until(() -> router.process().node().capacity().inFlight() == 1);

      CompletableFuture<Void> drained = drain(router, DRAIN);
      assertThat(goAways).hasValue(0);
      var quick =
          sender.exchange(
              Exchanges.to(HttpMethod.GET, router.url("/Slot"))
                  .putHeader("NHSD-Target-Identifier", RunningRouter.header("quick")),
              Buffer.buffer());

      assertThat(Exchanges.await(quick).status()).isEqualTo(200);
      await().untilAsserted(() -> assertThat(goAways).hasValue(1));
      Exchanges.Answered answered = Exchanges.await(slow);
      assertThat(answered.status()).isEqualTo(200);
      assertThat(answered.failure()).isEmpty();
      drained.get(20, TimeUnit.SECONDS);
    } finally {
      Exchanges.await(vertx.close());
    }
  }

  @Test
  void exchangeThatOutlastsTheTimeIsCutOff() throws Exception {
    try (RunningRouter router = router();
        RawSender hanging = RawSender.to(router.port())) {
      long before = receivers.arrived();
      hanging.send(get("hanging"));
      await().until(() -> receivers.arrived() > before);

      drain(router, new Drain(Duration.ZERO, Duration.ofMillis(300), Duration.ZERO))
          .get(20, TimeUnit.SECONDS);

      assertThat(hanging.isClosedByPeer()).isTrue();
    }
  }
}
