package org.openbars.router.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openbars.router.fixture.Bench;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.Exchanges.Answered;
import org.openbars.router.sandbox.Arrival;
import org.openbars.router.sandbox.GeneratedBody;

/** Bodies pass whole, unchanged, in both directions, framed as they came. */
final class StreamingTest {
  private static final String MESSAGE = "/$process-message";
  private static final int MIB = 1 << 20;
  private static Bench bench;
  private static Exchanges sender;

  @BeforeAll
  static void start() {
    bench =
        new Bench()
            .target("echo", "echo")
            .target("random", "body=random,size=3MiB,seed=7")
            .target("chunked", "body=random,size=300KiB,seed=8,chunked")
            .target("until-close", "body=random,size=3MiB,seed=9,http10-close")
            .target("gzip", "body=text,size=100KiB,encoding=gzip")
            .target("trailers", "body=text,size=10KiB,trailers")
            .target("empty", "body=none")
            .target("no-content", "status=204,body=none")
            .target("not-modified", "status=304,body=none,header=ETag:%227%22")
            .target("slow-reader", "slow-read=4MiB,echo")
            .start();
    sender = new Exchanges(bench.vertx(), HttpVersion.HTTP_1_1);
  }

  @AfterAll
  static void stop() {
    bench.close();
  }

  private static Buffer random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return Buffer.buffer(bytes);
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void hundredConcurrentMixedExchangesPassByteEqual(HttpVersion version) {
    Exchanges senders = new Exchanges(bench.vertx(), version);
    List<Buffer> bodies = new ArrayList<>();
    List<Future<Answered>> answers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Buffer body = random(i * i * 107, i);
      boolean chunked = i % 3 == 1;
      String id = String.format("00000000-0000-4000-8000-%012d", i);
      RequestOptions to =
          bench
              .to(
                  "echo",
                  i % 2 == 0 ? HttpMethod.POST : HttpMethod.PUT,
                  i % 2 == 0 ? MESSAGE : "/Appointment/" + i)
              .putHeader("X-Request-Id", id);
      bodies.add(body);
      answers.add(chunked ? chunked(senders, to, body) : senders.exchange(to, body));
    }
    for (int i = 0; i < 100; i++) {
      Answered answered = Exchanges.await(answers.get(i));
      assertThat(answered.status()).isEqualTo(200);
      assertThat(answered.failure()).isEmpty();
      assertThat(answered.headers().get("X-Request-Id"))
          .isEqualTo(String.format("00000000-0000-4000-8000-%012d", i));
      assertThat(answered.sha256()).isEqualTo(Exchanges.sha256(bodies.get(i)));
    }
  }

  private static Future<Answered> chunked(Exchanges senders, RequestOptions to, Buffer body) {
    return senders.with(
        to,
        request -> {
          request.setChunked(true);
          for (int at = 0; at < body.length(); at += 10_000) {
            request.write(body.slice(at, Math.min(body.length(), at + 10_000)));
          }
          request.end();
          return request.response().compose(response -> Exchanges.read(response, MIB));
        });
  }

  @Test
  void generatedAnswerArrivesWhole() {
    Answered answered =
        Exchanges.await(
            sender.exchange(bench.to("random", HttpMethod.GET, "/Slot"), Buffer.buffer()));
    assertThat(answered.headers().get("Content-Length")).isEqualTo(Integer.toString(3 * MIB));
    assertThat(answered.sha256()).isEqualTo(GeneratedBody.random(7, 3 * MIB).sha256());
  }

  @Test
  void chunkedAnswerStaysChunked() {
    Answered answered =
        Exchanges.await(
            sender.exchange(bench.to("chunked", HttpMethod.GET, "/Slot"), Buffer.buffer()));
    assertThat(answered.headers().get("Transfer-Encoding")).isEqualTo("chunked");
    assertThat(answered.headers().contains("Content-Length")).isFalse();
    assertThat(answered.sha256()).isEqualTo(GeneratedBody.random(8, 300 * 1024).sha256());
  }

  @RepeatedTest(20)
  void answerThatEndsWithTheConnectionArrivesWhole() {
    Answered answered =
        Exchanges.await(
            sender.exchange(bench.to("until-close", HttpMethod.GET, "/Slot"), Buffer.buffer()));
    assertThat(answered.failure()).isEmpty();
    assertThat(answered.sha256()).isEqualTo(GeneratedBody.random(9, 3 * MIB).sha256());
  }

  @Test
  void gzippedAnswerPassesAsItIs() {
    Answered answered =
        Exchanges.await(
            sender.exchange(bench.to("gzip", HttpMethod.GET, "/Slot"), Buffer.buffer()));
    assertThat(answered.headers().get("Content-Encoding")).isEqualTo("gzip");
    assertThat(answered.body().getByte(0)).isEqualTo((byte) 0x1f);
  }

  @Test
  void gzippedRequestPassesAsItIs() {
    Buffer body = random(50_000, 3);
    bench.receivers().clearArrivals();
    RequestOptions to =
        bench.to("echo", HttpMethod.POST, MESSAGE).putHeader("Content-Encoding", "gzip");
    Exchanges.await(sender.exchange(to, body));
    Arrival arrival = bench.receivers().arrivals().get(0);
    assertThat(arrival.header("Content-Encoding")).hasValue("gzip");
    assertThat(arrival.sha256()).isEqualTo(Exchanges.sha256(body));
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void answerTrailersAreRelayed(HttpVersion version) {
    Answered answered =
        Exchanges.await(
            new Exchanges(bench.vertx(), version)
                .exchange(bench.to("trailers", HttpMethod.GET, "/Slot"), Buffer.buffer()));
    assertThat(answered.trailers().get("X-Sandbox-Trailer")).isEqualTo("sent");
  }

  @Test
  void headIsAnsweredWithTheLengthAndNoBody() {
    Answered answered =
        Exchanges.await(
            sender.exchange(bench.to("random", HttpMethod.HEAD, "/Slot"), Buffer.buffer()));
    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.length()).isZero();
    assertThat(answered.headers().get("Content-Length")).isEqualTo(Integer.toString(3 * MIB));
  }

  @Test
  void emptyAnswersStayEmpty() {
    Answered none =
        Exchanges.await(
            sender.exchange(bench.to("empty", HttpMethod.GET, "/Slot"), Buffer.buffer()));
    Answered noContent =
        Exchanges.await(
            sender.exchange(
                bench.to("no-content", HttpMethod.DELETE, "/Appointment/7"), Buffer.buffer()));
    Answered notModified =
        Exchanges.await(
            sender.exchange(
                bench.to("not-modified", HttpMethod.GET, "/Appointment/7"), Buffer.buffer()));
    assertThat(none.length()).isZero();
    assertThat(noContent.status()).isEqualTo(204);
    assertThat(noContent.headers().contains("Transfer-Encoding")).isFalse();
    assertThat(notModified.status()).isEqualTo(304);
    assertThat(notModified.headers().get("ETag")).isEqualTo("\"7\"");
  }

  @Test
  void slowReaderHoldsBackTheSenderAndLosesNothing() {
    Buffer body = random(12 * MIB, 5);
    Answered answered =
        Exchanges.await(sender.exchange(bench.to("slow-reader", HttpMethod.POST, MESSAGE), body));
    assertThat(answered.sha256()).isEqualTo(Exchanges.sha256(body));
  }

  @Test
  void connectionsAreKeptForTheNextMessage() {
    long before = bench.receivers().counts().started();
    for (int i = 0; i < 50; i++) {
      Answered answered =
          Exchanges.await(
              sender.exchange(bench.to("echo", HttpMethod.POST, MESSAGE), random(1000, i)));
      assertThat(answered.status()).isEqualTo(200);
    }
    assertThat(bench.receivers().counts().started() - before).isEqualTo(50);
    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(
            () -> assertThat(bench.router().process().node().capacity().inFlight()).isZero());
  }
}
