package org.openbars.router.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fixture.Bench;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.Exchanges.Answered;
import org.openbars.router.fixture.LeakReports;
import org.openbars.router.sandbox.MockReceivers;

/** What breaks is reset on the other side, never ended, never sent twice; nothing stays behind. */
final class BreakingTest {
  private static final String MESSAGE = "/$process-message";
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final int MIB = 1 << 20;
  private static LeakReports leaks;
  private static Bench bench;
  private static Exchanges sender;
  private MockReceivers.Counts before;

  @BeforeAll
  static void start() {
    leaks = LeakReports.watch();
    bench =
        new Bench()
            .target("echo", "echo")
            .target("reset-before-read", "reset=before-read")
            .target("reset-mid-read", "reset=mid-read")
            .target("reset-after-read", "reset=after-read")
            .target("reset-after-head", "reset=after-head,body=random,size=1MiB")
            .target("reset-mid-body", "reset=mid-body,body=random,size=1MiB")
            .target("close-mid-body", "close=mid-body,body=random,size=1MiB")
            .target("close-mid-chunked", "close=mid-body,body=random,size=1MiB,chunked")
            .target("reset-until-close", "reset=mid-body,body=random,size=1MiB,http10-close")
            .target("close-before-head", "close=before-head")
            .target("hang", "hang=before-head")
            .target("hang-unread", "hang=before-read")
            .target("hang-after-head", "hang=after-head,body=random,size=1MiB")
            .target("endless", "body=random,size=1GiB")
            .target("drip", "body=random,size=40KiB,drip=8KiB@500ms")
            .target("early", "early,status=422,body=outcome")
            .target("no-continue", "no-continue,status=401,body=outcome")
            .target("ordinary", "");
    // Reads are then sent once as well; ResendingTest has those that are not.
    bench.setup().set("stream.resend-budget", "0%");
    bench.start();
    sender = new Exchanges(bench.vertx(), HttpVersion.HTTP_1_1);
  }

  @AfterAll
  static void stop() {
    bench.close();
    try (LeakReports watched = leaks) {
      assertThat(watched.soFar()).isEmpty();
    }
  }

  @BeforeEach
  void count() {
    before = bench.receivers().counts();
  }

  @AfterEach
  void nothingStaysBehind() {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(bench.router().process().node().capacity().inFlight()).isZero();
              assertThat(bench.receivers().counts().open()).isZero();
            });
  }

  private static void assertOutcome(Answered answered, int status, String code) {
    assertThat(answered.status()).isEqualTo(status);
    assertThat(answered.failure()).isEmpty();
    JsonObject issue = answered.body().toJsonObject().getJsonArray("issue").getJsonObject(0);
    JsonObject coding = issue.getJsonObject("details").getJsonArray("coding").getJsonObject(0);
    assertThat(coding.getString("code")).isEqualTo(code);
    assertThat(answered.headers().get("X-Request-Id")).isEqualTo(Exchanges.REQUEST_ID);
    assertThat(answered.headers().get("X-Correlation-Id")).isEqualTo(Exchanges.CORRELATION_ID);
  }

  private long arrivals() {
    return bench.receivers().counts().started() - before.started();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"reset-before-read", "reset-mid-read", "reset-after-read", "close-before-head"})
  void receiverThatBreaksOffBeforeItsHeadIsAskedOnceAndItsOutcomeIsUnknown(String target) {
    // A GET has no body to break off in.
    HttpMethod[] methods =
        target.equals("reset-mid-read")
            ? new HttpMethod[] {HttpMethod.POST}
            : new HttpMethod[] {HttpMethod.POST, HttpMethod.GET};
    for (HttpMethod method : methods) {
      boolean post = method.equals(HttpMethod.POST);
      long asked = arrivals();
      Answered answered =
          Exchanges.await(
              sender.exchange(
                  bench.to(target, method, post ? MESSAGE : "/Slot"),
                  post ? Buffer.buffer(new byte[200_000]) : Buffer.buffer()));
      assertOutcome(answered, 503, "REC_SERVICE_UNAVAILABLE");
      if (post) {
        assertThat(answered.body().toString()).contains("outcome is unknown");
      }
      assertThat(arrivals() - asked).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "reset-after-head",
        "reset-mid-body",
        "close-mid-body",
        "close-mid-chunked",
        "reset-until-close"
      })
  void answerThatBreaksOffIsResetAtTheSenderNeverEnded(String target) {
    for (HttpVersion version : new HttpVersion[] {HttpVersion.HTTP_1_1, HttpVersion.HTTP_2}) {
      Exchanges senders = new Exchanges(bench.vertx(), version);
      Future<Answered> exchange =
          senders.exchange(bench.to(target, HttpMethod.GET, "/Slot"), Buffer.buffer());
      await().atMost(SOON).until(exchange::isComplete);
      // Reset before or after its head, or answered by the router where nothing had gone out: whole
      // it must not look.
      if (exchange.succeeded() && exchange.result().status() == 503) {
        assertOutcome(exchange.result(), 503, "REC_SERVICE_UNAVAILABLE");
      } else if (exchange.succeeded()) {
        assertThat(exchange.result().failure()).isNotEmpty();
        assertThat(exchange.result().length()).isLessThan(MIB);
      }
    }
    assertThat(arrivals()).isEqualTo(2);
  }

  @Test
  void hangingReceiverIsAnsweredTimeoutAtTheDeadlineAndItsSocketClosed() {
    try (Bench quick = quickDeadline()) {
      Exchanges senders = new Exchanges(quick.vertx(), HttpVersion.HTTP_1_1);
      long start = System.nanoTime();
      Answered answered =
          Exchanges.await(
              senders.exchange(
                  quick.to("hang", HttpMethod.POST, MESSAGE), Buffer.buffer(new byte[1000])));
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      assertOutcome(answered, 408, "REC_TIMEOUT");
      assertThat(millis).isBetween(600L, 6_000L);
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(quick.receivers().counts().open()).isZero());
    }
  }

  @Test
  void receiverThatTakesNoByteIsAnsweredTimeoutToo() {
    try (Bench quick = quickDeadline()) {
      Exchanges senders = new Exchanges(quick.vertx(), HttpVersion.HTTP_1_1);
      Answered answered =
          Exchanges.await(
              senders.with(
                  quick
                      .to("hang-unread", HttpMethod.POST, MESSAGE)
                      .putHeader("Content-Length", "" + 64 * MIB),
                  request -> {
                    pour(request, 64);
                    return request.response().compose(response -> Exchanges.read(response, MIB));
                  }));
      assertOutcome(answered, 408, "REC_TIMEOUT");
    }
  }

  @Test
  void answerSlowerThanTheDeadlineIsNotCutOnceItsHeadIsThere() {
    try (Bench quick = quickDeadline()) {
      Exchanges senders = new Exchanges(quick.vertx(), HttpVersion.HTTP_1_1);
      // Five pieces, one every 500 ms, against a deadline of 600 ms.
      Answered answered =
          Exchanges.await(
              senders.exchange(quick.to("drip", HttpMethod.GET, "/Slot"), Buffer.buffer()));
      assertThat(answered.failure()).isEmpty();
      assertThat(answered.length()).isEqualTo(40 * 1024);
    }
  }

  @Test
  void answerReadSlowlyIsNotCutByTheDeadline() {
    try (Bench quick = quickDeadline()) {
      Exchanges senders = new Exchanges(quick.vertx(), HttpVersion.HTTP_1_1);
      // 8 MiB taken 16 pieces at a time, 20 times a second: more than twice the deadline of 600 ms.
      Long read =
          Exchanges.await(
              senders.with(
                  quick.to("large", HttpMethod.GET, "/Slot"),
                  request ->
                      request
                          .send()
                          .compose(
                              response -> {
                                long[] bytes = {0};
                                response.pause();
                                response.handler(chunk -> bytes[0] += chunk.length());
                                long timer =
                                    quick.vertx().setPeriodic(50, id -> response.fetch(16));
                                return response
                                    .end()
                                    .map(end -> bytes[0])
                                    .onComplete(done -> quick.vertx().cancelTimer(timer));
                              })));
      assertThat(read).isEqualTo(8L * MIB);
    }
  }

  @Test
  void headOfAnAnswerWhoseBodyIsSlowIsNotHeldBack() {
    Integer status =
        Exchanges.await(
            sender.with(
                bench.to("hang-after-head", HttpMethod.GET, "/Slot"),
                request -> {
                  request.exceptionHandler(e -> {});
                  return request
                      .send()
                      .map(
                          head -> {
                            head.exceptionHandler(e -> {});
                            request.reset();
                            return head.statusCode();
                          });
                }));
    assertThat(status).isEqualTo(200);
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(bench.receivers().counts().aborted() - before.aborted()).isEqualTo(1));
  }

  @Test
  void receiverOfItsOwnDeadlineIsGivenIt() {
    try (Bench bench = new Bench().target("slow", "delay=900ms")) {
      bench
          .setup()
          .set("stream.deadline", "300ms")
          .receiver(
              "  \"127.0.0.1:" + bench.receivers().port() + "\":",
              "    insecure: true",
              "    deadline: 10s");
      bench.start();
      Answered answered =
          Exchanges.await(
              new Exchanges(bench.vertx(), HttpVersion.HTTP_1_1)
                  .exchange(bench.to("slow", HttpMethod.GET, "/Slot"), Buffer.buffer()));
      assertThat(answered.status()).isEqualTo(200);
    }
  }

  private static Bench quickDeadline() {
    Bench bench =
        new Bench()
            .target("hang", "hang=before-head")
            .target("hang-unread", "hang=before-read")
            .target("large", "body=random,size=8MiB")
            .target("drip", "body=random,size=40KiB,drip=8KiB@500ms");
    bench.setup().set("stream.deadline", "600ms");
    return bench.start();
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void senderThatLeavesDuringUploadResetsTheReceiver(HttpVersion version) {
    leave(version, "hang", request -> request.write(Buffer.buffer(new byte[10_000])));
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void senderThatLeavesWhileTheReceiverThinksResetsTheReceiver(HttpVersion version) {
    leave(version, "hang", request -> request.end(Buffer.buffer(new byte[10_000])));
  }

  private void leave(HttpVersion version, String target, Consumer<HttpClientRequest> send) {
    Exchanges senders = new Exchanges(bench.vertx(), version);
    Future<HttpClientRequest> leaving =
        senders.with(
            bench.to(target, HttpMethod.POST, MESSAGE),
            request -> {
              request.exceptionHandler(e -> {});
              request.setChunked(true);
              send.accept(request);
              return Future.succeededFuture(request);
            });
    HttpClientRequest request = Exchanges.await(leaving);
    await().atMost(SOON).untilAsserted(() -> assertThat(arrivals()).isEqualTo(1));
    bench.vertx().runOnContext(v -> request.reset());
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(bench.receivers().counts().aborted() - before.aborted()).isEqualTo(1));
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void senderThatLeavesDuringTheAnswerResetsTheReceiver(HttpVersion version) {
    Exchanges senders = new Exchanges(bench.vertx(), version);
    Exchanges.await(
        senders.with(
            bench.to("endless", HttpMethod.GET, "/Slot"),
            request ->
                request
                    .send()
                    .map(
                        response -> {
                          response.exceptionHandler(e -> {});
                          long[] read = {0};
                          response.handler(
                              chunk -> {
                                read[0] += chunk.length();
                                if (read[0] > MIB) {
                                  response.handler(null);
                                  request.reset();
                                }
                              });
                          return response;
                        })));
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(bench.receivers().counts().aborted() - before.aborted()).isEqualTo(1));
  }

  @Test
  void answerBeforeTheBodyWasReadDoesNotHarmTheNextMessage() {
    for (int i = 0; i < 8; i++) {
      Future<Answered> early =
          sender.with(
              bench.to("early", HttpMethod.POST, MESSAGE).putHeader("Content-Length", "" + 8 * MIB),
              request -> {
                request.exceptionHandler(e -> {});
                request.write(Buffer.buffer(new byte[MIB]));
                return request.response().compose(response -> Exchanges.read(response, MIB));
              });
      assertThat(Exchanges.await(early).status()).isEqualTo(422);
      Buffer body = Buffer.buffer("message " + i);
      Answered next =
          Exchanges.await(sender.exchange(bench.to("echo", HttpMethod.POST, MESSAGE), body));
      assertThat(next.status()).isEqualTo(200);
      assertThat(next.body()).isEqualTo(body);
    }
  }

  @Test
  void receiversContinueIsRelayedAndThenTheBodyFollows() {
    boolean[] continued = {false};
    Answered answered =
        Exchanges.await(
            sender.with(
                bench
                    .to("echo", HttpMethod.POST, MESSAGE)
                    .putHeader("Expect", "100-continue")
                    .putHeader("Content-Length", "5"),
                request -> {
                  request.continueHandler(
                      v -> {
                        continued[0] = true;
                        request.end("hello");
                      });
                  request.sendHead();
                  return request.response().compose(response -> Exchanges.read(response, MIB));
                }));
    assertThat(continued[0]).isTrue();
    assertThat(answered.body().toString()).isEqualTo("hello");
  }

  @Test
  void finalAnswerInPlaceOfContinueIsRelayed() {
    Answered answered =
        Exchanges.await(
            sender.with(
                bench
                    .to("no-continue", HttpMethod.POST, MESSAGE)
                    .putHeader("Expect", "100-continue")
                    .putHeader("Content-Length", "5"),
                request -> {
                  request.exceptionHandler(e -> {});
                  request.continueHandler(v -> request.end("hello"));
                  request.sendHead();
                  return request.response().compose(response -> Exchanges.read(response, MIB));
                }));
    assertThat(answered.status()).isEqualTo(401);
  }

  private static void pour(HttpClientRequest request, int chunks) {
    request.exceptionHandler(e -> {});
    int[] left = {chunks};
    Runnable[] more = new Runnable[1];
    more[0] =
        () -> {
          while (left[0] > 0 && !request.writeQueueFull()) {
            left[0]--;
            request.write(Buffer.buffer(new byte[MIB]));
          }
        };
    request.drainHandler(v -> more[0].run());
    more[0].run();
  }
}
