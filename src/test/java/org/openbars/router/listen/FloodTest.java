package org.openbars.router.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.RawHttp2;
import org.openbars.router.fixture.RawHttp2.Frame;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.SteadyLoad;

/** What a hostile sender can do with HTTP/2 frames ends its connection and is nobody else's. */
class FloodTest {
  private static final int ENHANCE_YOUR_CALM = 0xb;
  private static final int FRAMES = 50_000;
  private static final RawRequest SLOTS = RawRequest.message("GET", "/Slot", "slots");
  private static RunningReceivers receivers;
  private static RunningRouter router;
  private static SteadyLoad others;
  private static final double QUANTILE = 0.99;

  private static long before;
  private static int floodsFrom;

  @BeforeAll
  static void start() {
    receivers = RunningReceivers.start();
    router =
        RunningRouter.setup()
            .target("slots", receivers.url(""))
            .set("stream.connect-timeout", "20s")
            .start();
    others = new SteadyLoad(router.port(), "slots", Endurance.of(50, 200));
    // The first second of a process is no measure.
    upTo(others, 100);
    int from = others.mark();
    upTo(others, from + 100);
    floodsFrom = others.mark();
    before = others.quantile(QUANTILE, from, floodsFrom);
  }

  @AfterAll
  static void stop() {
    others.stop();
    long during = others.quantile(QUANTILE, floodsFrom, others.mark());
    others.close();
    router.close();
    receivers.close();
    if (Endurance.of(0, 1) == 1) {
      assertThat(during)
          .as("microseconds of the others, during all floods, against %d before", before)
          .isLessThan(2 * before + 5_000);
    }
  }

  private static void upTo(SteadyLoad load, int answers) {
    await().atMost(60, TimeUnit.SECONDS).until(() -> load.mark() >= answers);
  }

  private static Buffer stream(int number, Buffer second) {
    return RawHttp2.frame(
            RawHttp2.HEADERS, RawHttp2.END_HEADERS, 2 * number + 1, RawHttp2.block(SLOTS))
        .appendBuffer(second);
  }

  private static Buffer number(int type, int stream, int value) {
    return RawHttp2.frame(type, 0, stream, Buffer.buffer().appendInt(value));
  }

  static Stream<Arguments> floods() {
    Buffer eight = Buffer.buffer(new byte[8]);
    Buffer priority = Buffer.buffer(new byte[] {0, 0, 0, 0, 16});
    return Stream.of(
        flood("rapid reset", i -> stream(i, number(RawHttp2.RST_STREAM, 2 * i + 1, 8))),
        flood(
            "the router made to reset",
            i -> stream(i, number(RawHttp2.WINDOW_UPDATE, 2 * i + 1, 0))),
        flood("PING", i -> RawHttp2.frame(RawHttp2.PING, 0, 0, eight)),
        flood("PING answers", i -> RawHttp2.frame(RawHttp2.PING, 1, 0, eight)),
        flood("SETTINGS", i -> RawHttp2.settings(RawHttp2.INITIAL_WINDOW_SIZE, 65535 + i % 2)),
        flood("WINDOW_UPDATE", i -> number(RawHttp2.WINDOW_UPDATE, 0, 1)),
        flood("PRIORITY", i -> RawHttp2.frame(RawHttp2.PRIORITY, 0, 2 * i + 1, priority)),
        flood("frames nobody knows", i -> RawHttp2.frame(0xbb, 0, 0, eight)));
  }

  private static Arguments flood(String name, IntFunction<Buffer> frames) {
    return Arguments.of(name, frames);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("floods")
  void floodIsEndedByGoAwayAndOthersDoNotNotice(String name, IntFunction<Buffer> frames)
      throws Exception {
    int from = others.mark();
    long broken = others.broken();
    long start = System.nanoTime();
    try (RawHttp2 sender = RawHttp2.to(router.port())) {
      CompletableFuture<Optional<Frame>> goAway =
          CompletableFuture.supplyAsync(
              () -> {
                Optional<Frame> frame = sender.next(each -> each.type() == RawHttp2.GOAWAY);
                sender.awaitEnd();
                return frame;
              });
      boolean open = true;
      for (int i = 0; i < FRAMES && open; i += 10) {
        Buffer ten = Buffer.buffer();
        for (int j = 0; j < 10; j++) {
          ten.appendBuffer(frames.apply(i + j));
        }
        open = sender.send(ten);
      }
      Optional<Frame> frame = goAway.get(30, TimeUnit.SECONDS);
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));
      // A reset may overtake the farewell; what must not be is that all frames were taken.
      frame.ifPresent(end -> assertThat(end.errorCode()).isEqualTo(ENHANCE_YOUR_CALM));
      assertThat(open && frame.isEmpty()).isFalse();
    }
    assertOthersFare(from, broken);
  }

  private static void assertOthersFare(int from, long broken) {
    upTo(others, from + 40);
    assertThat(others.broken()).isEqualTo(broken);
    assertThat(others.answered().values().stream().filter(status -> status != 200).toList())
        .isEmpty();
  }

  @Test
  void continuationsWithoutEndAreEnded() throws Exception {
    int from = others.mark();
    long broken = others.broken();
    try (RawHttp2 sender = RawHttp2.to(router.port())) {
      CompletableFuture<Optional<Frame>> goAway =
          CompletableFuture.supplyAsync(() -> sender.next(each -> each.type() == RawHttp2.GOAWAY));
      sender.send(RawHttp2.frame(RawHttp2.HEADERS, 0, 1, RawHttp2.block(SLOTS)));
      Buffer field = Buffer.buffer();
      RawHttp2.literal(field, "x-more", "x".repeat(100));
      boolean open = true;
      for (int i = 0; i < FRAMES && open; i++) {
        open = sender.send(RawHttp2.frame(RawHttp2.CONTINUATION, 0, 1, field));
      }
      assertThat(goAway.get(30, TimeUnit.SECONDS).isPresent() || !open).isTrue();
    }
    assertOthersFare(from, broken);
  }

  @Test
  void windowUpdatesInStepWithAnAnswerAreNoFlood() {
    try (RawHttp2 sender = RawHttp2.to(router.port())) {
      for (int i = 0; i < 520; i++) {
        sender.send(RawHttp2.request(2 * i + 1, SLOTS));
        assertThat(sender.next(Frame::ends)).isPresent();
        sender.send(number(RawHttp2.WINDOW_UPDATE, 0, 60_000));
        sender.send(RawHttp2.frame(RawHttp2.PING, 0, 0, Buffer.buffer(new byte[8])));
      }
    }
  }
}
