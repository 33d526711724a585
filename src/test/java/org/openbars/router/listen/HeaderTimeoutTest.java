package org.openbars.router.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawHttp2;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;

/** How long a sender may take for a request's headers, and what must not be cut off by that. */
class HeaderTimeoutTest {
  private static final long LIMIT_MS = 600;
  private static final RawRequest PING = RawRequest.bare("GET", RunningRouter.BASE_PATH + "/_ping");
  private static RunningReceivers receivers;
  private static RunningRouter router;

  @BeforeAll
  static void start() {
    receivers = RunningReceivers.start();
    router =
        RunningRouter.setup()
            .set("listen.header-timeout", LIMIT_MS + "ms")
            .target("echo", receivers.url("echo"))
            .target("slow", receivers.url("delay=" + 3 * LIMIT_MS + "ms"))
            .start();
    // A process loads much code for its first exchange of a kind, which is no measure.
    await().atMost(30, TimeUnit.SECONDS).until(HeaderTimeoutTest::http2IsReady);
  }

  private static boolean http2IsReady() {
    try (RawHttp2 sender = RawHttp2.to(router.port())) {
      sender.send(RawHttp2.request(1, PING));
      return sender.next(RawHttp2.Frame::ends).isPresent();
    } catch (IllegalStateException e) {
      return false;
    }
  }

  @AfterAll
  static void stop() {
    router.close();
    receivers.close();
  }

  private static double closed() {
    return router
        .process()
        .node()
        .meters()
        .registry()
        .get("bars.connections.closed")
        .tag("reason", "slow_headers")
        .counter()
        .count();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Longer than the limit, told by the router's own clock. */
  private static void letTheLimitPass() {
    long start = System.nanoTime();
    await().until(() -> System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(2 * LIMIT_MS));
  }

  @Test
  void headersThatAreNotCompleteInTimeEndTheirConnection() {
    double before = closed();
    RawRequest later = RawRequest.bare("GET", "/later");
    long start = System.nanoTime();
    List<RawSender> senders = Stream.generate(() -> RawSender.to(router.port())).limit(7).toList();
    // The first sends nothing at all.
    senders.get(1).send(bytes("GET / HTTP/1.1\r\nHost: a\r\nX-Never"));
    senders.get(2).send(bytes("PRI * HTTP/2.0\r\n"));
    senders.get(3).send(RawHttp2.preface().getBytes());
    // Its word that it knows our settings is missing.
    senders.get(4).send(RawHttp2.preface().appendBuffer(RawHttp2.settings()).getBytes());
    assertThat(senders.get(5).exchange(PING).status()).isEqualTo(200);
    senders.get(5).send(bytes("GET / HTTP/1.1\r\n"));
    assertThat(senders.get(6).exchange(later).status()).isEqualTo(400);
    senders.get(6).send(bytes("\r\nG"));
    try (RawHttp2 http2 = RawHttp2.to(router.port())) {
      Buffer block = RawHttp2.block(PING);
      http2.send(RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, block));
      senders.forEach(RawSender::rest);
      http2.awaitEnd();
    }
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertThat(took).isBetween(LIMIT_MS, 10 * LIMIT_MS + 5000);
    assertThat(closed()).isEqualTo(before + 8);
    senders.forEach(RawSender::close);
  }

  @Test
  void silentConnectionIsNotClosedBeforeItsTime() {
    long start = System.nanoTime();
    try (RawSender sender = RawSender.to(router.port())) {
      assertThat(sender.isClosedByPeer()).isTrue();
      assertThat(System.nanoTime() - start)
          .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(LIMIT_MS));
    }
  }

  @Test
  void whatIsNoHeaderMayTakeLonger() {
    RawRequest message = RawRequest.message("POST", "/$process-message", "echo");
    try (RawSender resting = RawSender.to(router.port());
        RawSender lineEnds = RawSender.to(router.port());
        RawSender slowBody = RawSender.to(router.port());
        RawHttp2 http2 = RawHttp2.to(router.port())) {
      assertThat(resting.exchange(PING).status()).isEqualTo(200);
      assertThat(lineEnds.exchange(message.body("{}")).status()).isEqualTo(200);
      lineEnds.send(bytes("\r\n"));
      slowBody.send(message.with("Content-Length", "2").afterHead("{"));
      http2.send(RawHttp2.request(1, PING));
      assertThat(http2.next(frame -> frame.stream() == 1 && frame.ends())).isPresent();

      letTheLimitPass();

      assertThat(resting.exchange(PING).status()).isEqualTo(200);
      assertThat(lineEnds.exchange(message.body("{}")).text()).isEqualTo("{}");
      slowBody.send(bytes("}"));
      assertThat(slowBody.answer("POST").text()).isEqualTo("{}");
      http2.send(RawHttp2.request(3, PING));
      assertThat(http2.next(frame -> frame.stream() == 3 && frame.ends())).isPresent();
    }
  }

  @Test
  void answerIsNotCutOffByTheNextHeadersInParts() {
    try (RawSender sender = RawSender.to(router.port())) {
      long before = receivers.arrived();
      sender.send(RawRequest.message("GET", "/Slot", "slow"));
      await().until(() -> receivers.arrived() > before);
      sender.send(bytes("GET / HTTP/1.1\r\n"));
      RawAnswer answer = sender.answer("GET");
      long answered = System.nanoTime();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(sender.isClosedByPeer()).isTrue();
      assertThat(System.nanoTime() - answered)
          .isLessThan(TimeUnit.MILLISECONDS.toNanos(10 * LIMIT_MS + 1000));
    }
  }

  @Test
  void upgradeToHttp2IsPassedOverAndTheBodyArrives() {
    RawRequest upgrade =
        RawRequest.message("POST", "/$process-message", "echo")
            .with("Connection", "Upgrade, HTTP2-Settings")
            .with("Upgrade", "h2c")
            .with("HTTP2-Settings", "AAMAAABkAAQAAP__")
            .body("{\"resourceType\":\"Bundle\"}");
    try (RawSender sender = RawSender.to(router.port())) {
      RawAnswer answer = sender.exchange(upgrade);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text()).isEqualTo("{\"resourceType\":\"Bundle\"}");
      assertThat(sender.exchange(PING).status()).isEqualTo(200);
    }
  }

  @Test
  void headersMayComeByteByByte() {
    byte[] request = PING.bytes();
    try (RawSender sender = RawSender.to(router.port())) {
      for (byte each : request) {
        sender.send(new byte[] {each});
      }
      assertThat(sender.answer("GET").status()).isEqualTo(200);
    }
  }
}
