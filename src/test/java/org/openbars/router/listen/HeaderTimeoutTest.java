package org.openbars.router.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
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

  /** Waits for the end, which must come, and not before the limit. */
  private static void assertClosedByTheLimit(RawSender sender, long since) {
    assertThat(sender.isClosedByPeer()).isTrue();
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
    assertThat(took).isBetween(LIMIT_MS, 10 * LIMIT_MS + 1000);
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
  void silentConnectionIsClosed() {
    double before = closed();
    long start = System.nanoTime();
    try (RawSender sender = RawSender.to(router.port())) {
      assertClosedByTheLimit(sender, start);
    }
    assertThat(closed()).isEqualTo(before + 1);
  }

  @Test
  void firstHeadersInPartsAreClosed() {
    long start = System.nanoTime();
    try (RawSender sender = RawSender.to(router.port())) {
      sender.send(bytes("GET / HTTP/1.1\r\nHost: a\r\nX-Never"));
      assertClosedByTheLimit(sender, start);
    }
  }

  @Test
  void beginningOfAnHttp2PrefaceIsClosed() {
    long start = System.nanoTime();
    try (RawSender sender = RawSender.to(router.port())) {
      sender.send(bytes("PRI * HTTP/2.0\r\n"));
      assertClosedByTheLimit(sender, start);
    }
  }

  @Test
  void laterHeadersInPartsAreClosed() {
    try (RawSender sender = RawSender.to(router.port())) {
      assertThat(sender.exchange(PING).status()).isEqualTo(200);
      letTheLimitPass();
      assertThat(sender.exchange(PING).status()).isEqualTo(200);
      long start = System.nanoTime();
      sender.send(bytes("GET / HTTP/1.1\r\n"));
      assertClosedByTheLimit(sender, start);
    }
  }

  @Test
  void lineEndsAfterABodyAreNoRequest() {
    RawRequest message = RawRequest.message("POST", "/$process-message", "echo").body("{}");
    try (RawSender sender = RawSender.to(router.port())) {
      assertThat(sender.exchange(message).status()).isEqualTo(200);
      sender.send(bytes("\r\n"));
      letTheLimitPass();
      assertThat(sender.exchange(message).text()).isEqualTo("{}");
    }
  }

  @Test
  void bodyMayTakeLongerThanHeaders() {
    try (RawSender sender = RawSender.to(router.port())) {
      sender.send(
          RawRequest.message("POST", "/$process-message", "echo")
              .with("Content-Length", "2")
              .afterHead("{"));
      letTheLimitPass();
      sender.send(bytes("}"));
      assertThat(sender.answer("POST").text()).isEqualTo("{}");
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
  void http2WithoutSettingsIsClosed() {
    try (RawHttp2 sender = RawHttp2.silent(router.port())) {
      sender.send(RawHttp2.preface());
      sender.awaitEnd();
    }
  }

  @Test
  void http2WithoutWordOnOurSettingsIsClosed() {
    try (RawHttp2 sender = RawHttp2.silent(router.port())) {
      sender.send(RawHttp2.preface().appendBuffer(RawHttp2.settings()));
      sender.awaitEnd();
    }
  }

  @Test
  void http2HeadersWithoutTheirRestAreClosed() {
    try (RawHttp2 sender = RawHttp2.to(router.port())) {
      double before = closed();
      Buffer block = RawHttp2.block(PING);
      sender.send(RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, block));
      sender.awaitEnd();
      assertThat(closed()).isEqualTo(before + 1);
    }
  }

  @Test
  void http2ConnectionThatIsReadyMayRest() {
    try (RawHttp2 sender = RawHttp2.to(router.port())) {
      letTheLimitPass();
      sender.send(RawHttp2.request(1, PING));
      assertThat(sender.next(frame -> frame.stream() == 1 && frame.ends())).isPresent();
      letTheLimitPass();
      sender.send(RawHttp2.request(3, PING));
      assertThat(sender.next(frame -> frame.stream() == 3 && frame.ends())).isPresent();
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
