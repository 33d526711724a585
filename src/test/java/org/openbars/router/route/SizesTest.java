package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fixture.Http2Sender;
import org.openbars.router.fixture.OutcomeBody;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawHttp2;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;

/** Each size that has a limit: what reaches it passes, what exceeds it by one is refused. */
class SizesTest {
  private static final int LINE = 8 * 1024;
  private static final int HEADERS = 16 * 1024;
  private static final int HEADER_COUNT = 100;
  private static final int BODY = 100_000;
  private static RunningReceivers receivers;
  private static RunningRouter router;
  private static Http2Sender http2;

  @BeforeAll
  static void start() {
    receivers = RunningReceivers.start();
    router =
        RunningRouter.setup()
            .set("listen.max-body", BODY + "B")
            .target("echo", receivers.url("echo"))
            .target("get", receivers.url(""))
            // An answer under way would be broken off instead.
            .target("whole", receivers.url("body=none"))
            .start();
    http2 = new Http2Sender();
  }

  @AfterAll
  static void stop() {
    http2.close();
    router.close();
    receivers.close();
  }

  private static RawRequest slots(int lineLength) {
    int rest = ("GET " + RunningRouter.BASE_PATH + "/Slot?a= HTTP/1.1").length();
    return RawRequest.message("GET", "/Slot?a=" + "x".repeat(lineLength - rest), "get");
  }

  /** All header lines together, their ends not counted. */
  private static RawRequest withHeaders(int bytes) {
    RawRequest request = RawRequest.message("GET", "/Slot", "get");
    int lines =
        request.headers().stream()
            .mapToInt(each -> each.getKey().length() + ": ".length() + each.getValue().length())
            .sum();
    return request.with("X-Pad", "x".repeat(bytes - lines - "X-Pad: ".length()));
  }

  private static RawRequest withCount(int count, RawRequest request) {
    RawRequest more = request;
    for (int i = request.headers().size(); i < count; i++) {
      more = more.with("X-Number-" + i, "1");
    }
    return more;
  }

  private static void assertRefused(RawAnswer answer, int status, boolean closes) {
    assertThat(answer.status()).isEqualTo(status);
    OutcomeBody outcome = OutcomeBody.of(answer);
    assertThat(outcome.code()).isEqualTo("SEND_BAD_REQUEST");
    assertThat(outcome.issue()).isEqualTo("too-long");
    if (closes) {
      assertThat(answer.header("Connection")).hasValue("close");
    }
  }

  private static RawAnswer exchange(RawRequest request) {
    return RawSender.exchange(router.port(), request);
  }

  @Test
  void lineOfTheLimitPassesAndOneByteMoreIsRefused() {
    assertThat(exchange(slots(LINE)).status()).isEqualTo(200);
    assertRefused(exchange(slots(LINE + 1)), 414, false);
  }

  @Test
  void lineOfTheLimitPassesAndOneByteMoreIsRefusedOverHttp2() {
    assertThat(http2.exchange(router.port(), slots(LINE)).status()).isEqualTo(200);
    assertRefused(http2.exchange(router.port(), slots(LINE + 1)), 414, false);
  }

  @Test
  void headersOfTheLimitPassAndOneByteMoreIsRefused() {
    assertThat(exchange(withHeaders(HEADERS)).status()).isEqualTo(200);
    assertRefused(exchange(withHeaders(HEADERS + 1)), 431, false);
  }

  @Test
  void headersOfTheLimitPassAndOneByteMoreIsRefusedOverHttp2() {
    // Over HTTP/2 Host is no header.
    RawRequest most = withHeaders(HEADERS + "Host: router.example:8080".length());
    assertThat(http2.exchange(router.port(), most).status()).isEqualTo(200);
    RawRequest more = most.with("x", "");
    assertRefused(http2.exchange(router.port(), more), 431, false);
  }

  @Test
  void headersOfTwiceTheLimitAreRefusedOverHttp2ByTheStatusAlone() {
    RawRequest large =
        RawRequest.message("GET", "/Slot", "get")
            .with("x-pad", "x".repeat(HEADERS))
            .with("x-more", "x".repeat(HEADERS));
    try (RawHttp2 sender = RawHttp2.to(router.port())) {
      // In frames of 16 KiB at the most each.
      Buffer block = RawHttp2.block(large);
      int frames = (block.length() + HEADERS - 1) / HEADERS;
      for (int i = 0; i < frames; i++) {
        sender.send(
            RawHttp2.frame(
                i == 0 ? RawHttp2.HEADERS : RawHttp2.CONTINUATION,
                (i == 0 ? RawHttp2.END_STREAM : 0) | (i == frames - 1 ? RawHttp2.END_HEADERS : 0),
                1,
                block.getBuffer(i * HEADERS, Math.min(block.length(), (i + 1) * HEADERS))));
      }
      RawHttp2.Frame answer =
          sender
              .next(frame -> frame.stream() == 1 && frame.type() <= RawHttp2.HEADERS)
              .orElseThrow();
      assertThat(answer.type()).isEqualTo(RawHttp2.HEADERS);
      assertThat(answer.ends()).isTrue();
      sender.send(RawHttp2.request(3, RawRequest.message("GET", "/Slot", "get")));
      assertThat(sender.next(frame -> frame.stream() == 3 && frame.ends())).isPresent();
    }
  }

  @Test
  void asManyHeadersAsMayBePassAndOneMoreIsRefused() {
    RawRequest request = RawRequest.message("GET", "/Slot", "get");
    assertThat(exchange(withCount(HEADER_COUNT, request)).status()).isEqualTo(200);
    assertRefused(exchange(withCount(HEADER_COUNT + 1, request)), 431, false);
  }

  @Test
  void oneHeaderTooManyIsRefusedOverHttp2() {
    RawRequest request = withCount(HEADER_COUNT + 10, RawRequest.message("GET", "/Slot", "get"));
    assertRefused(http2.exchange(router.port(), request), 431, false);
  }

  @Test
  void bodyOfTheLimitPasses() {
    RawRequest message =
        RawRequest.message("POST", "/$process-message", "echo").body("x".repeat(BODY));
    assertThat(exchange(message).body().length()).isEqualTo(BODY);
    assertThat(http2.exchange(router.port(), message).body().length()).isEqualTo(BODY);
  }

  @Test
  void bodyOneByteTooLongIsRefusedBeforeItIsSent() {
    long before = receivers.arrived();
    RawRequest announced =
        RawRequest.message("POST", "/$process-message", "echo")
            .with("Content-Length", Integer.toString(BODY + 1));
    assertRefused(exchange(announced), 413, false);
    assertThat(receivers.arrived()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(ints = {BODY + 1, 3 * BODY})
  void bodyOneByteTooLongIsRefusedAlsoWhenItsLengthIsNotTold(int length) {
    RawRequest chunked =
        RawRequest.message("POST", "/$process-message", "whole").chunked("x".repeat(length));
    try (RawSender sender = RawSender.to(router.port())) {
      sender.send(chunked);
      assertRefused(sender.answer("POST"), 413, false);
    }
  }
}
