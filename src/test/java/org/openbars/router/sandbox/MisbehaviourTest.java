package org.openbars.router.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.openbars.router.fixture.Exchanges.to;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.Exchanges.Answered;
import org.openbars.router.sandbox.MockReceivers.Counts;
import org.openbars.router.sandbox.MockReceivers.Options;

final class MisbehaviourTest {
  private static final int LIMIT = 20_000;
  private static Vertx vertx;
  private static Exchanges http1;
  private static Exchanges http2;
  private static MockReceivers receivers;
  private Counts before = new Counts(0, 0, 0, 0, 0);

  @BeforeAll
  static void startReceivers() {
    vertx = Vertx.vertx();
    http1 = new Exchanges(vertx, HttpVersion.HTTP_1_1);
    http2 = new Exchanges(vertx, HttpVersion.HTTP_2);
    receivers = Exchanges.await(MockReceivers.start(vertx, Options.loopback()));
  }

  @AfterAll
  static void stopReceivers() {
    Exchanges.await(receivers.stop());
    Exchanges.await(vertx.close());
  }

  @BeforeEach
  void remember() {
    // One that the test before has left is counted a little later, and not as this test's.
    await().until(() -> receivers.counts().open() == 0);
    receivers.clearArrivals();
    before = receivers.counts();
  }

  private static RequestOptions post(String directives) {
    return to(HttpMethod.POST, receivers.baseUrl(directives) + "/$process-message");
  }

  private static Answered sent(String directives) {
    return Exchanges.await(http1.exchange(post(directives), Buffer.buffer("{}")));
  }

  /** Sends a POST over a bare socket; its answer is read by the test. */
  private static Socket opened(String directives, String body) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), receivers.port());
    socket.setSoTimeout(LIMIT);
    String head =
        "POST /behave/"
            + directives
            + "/$process-message HTTP/1.1\r\nHost: x\r\nX-Request-Id: 1\r\nX-Correlation-Id: 2\r\n"
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n";
    socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static String all(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  private static String read(Socket socket, String until) throws IOException {
    StringBuilder read = new StringBuilder();
    while (!read.toString().contains(until)) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        throw new IOException("ended after " + read);
      }
      read.append((char) next);
    }
    return read.toString();
  }

  @Test
  void statusBodyTypeAndHeadersAreAsSaid() {
    Answered answered =
        sent("status=503,body=html,type=text%2Fx,header=X-A:1,header=X-A:2,retry-after=3");

    assertThat(answered.status()).isEqualTo(503);
    assertThat(answered.body().toString()).startsWith("<html>");
    assertThat(answered.headers().get("Content-Type")).isEqualTo("text/x");
    assertThat(answered.headers().getAll("X-A")).containsExactly("1", "2");
    assertThat(answered.headers().get("Retry-After")).isEqualTo("3");
    assertThat(answered.headers().get("X-Request-Id")).isEqualTo(Exchanges.REQUEST_ID);
  }

  @Test
  void anErrorStatusHasAnOutcomePaddedToItsSize() {
    Answered answered = sent("status=503,body=outcome,size=100KiB,noids");

    assertThat(answered.body().toString()).contains("REC_SERVICE_UNAVAILABLE");
    assertThat(answered.length()).isEqualTo(102_400);
    assertThat(answered.headers().contains("X-Request-Id")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"status=503,body=none", "status=204,body=none", "status=204"})
  void bodylessAnswersEnd(String directives) {
    assertThat(sent(directives).length()).isZero();
    assertThat(sent(directives).failure()).isEmpty();
  }

  @Test
  void aLargeBodyIsStreamedAndItsHashKnown() {
    long size = 200L << 20;
    String expected = GeneratedBody.random(7, size).sha256();

    Answered answered = sent("size=200MiB,seed=7");

    assertThat(answered.headers().get("Content-Length")).isEqualTo(Long.toString(size));
    assertThat(answered.sha256()).isEqualTo(expected);
  }

  @Test
  void aBodyWaitsForAPeerThatDoesNotRead() throws Exception {
    // The test's heap is 1 GiB: ten such bodies held would not fit beside each other.
    Socket[] sockets = new Socket[10];
    for (int i = 0; i < sockets.length; i++) {
      sockets[i] = opened("size=200MiB,seed=" + i, "{}");
    }
    await().until(() -> receivers.counts().received() - before.received() == sockets.length);
    System.gc();
    long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    for (Socket socket : sockets) {
      socket.close();
    }

    assertThat(used).isLessThan(300L << 20);
    await().until(() -> receivers.counts().aborted() - before.aborted() == sockets.length);
  }

  @Test
  void aLargeRequestIsHashedAsItPasses() {
    Buffer body = Buffer.buffer(GeneratedBody.random(3, 60_000).next(60_000));
    Answered answered = Exchanges.await(http2.exchange(post("status=200"), body));

    assertThat(answered.status()).isEqualTo(200);
    Arrival arrival = receivers.arrivals().get(0);
    assertThat(arrival.bodyLength()).isEqualTo(60_000);
    assertThat(arrival.sha256()).isEqualTo(GeneratedBody.random(3, 60_000).sha256());
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP_1_1", "HTTP_2"})
  void echoReturnsTheBodyWithItsTypeAndEncoding(HttpVersion version) {
    Exchanges client = version == HttpVersion.HTTP_2 ? http2 : http1;
    Buffer body = Buffer.buffer(10 << 20);
    GeneratedBody generated = GeneratedBody.random(5, 10 << 20);
    for (byte[] next = generated.next(65_536); next.length > 0; next = generated.next(65_536)) {
      body.appendBytes(next);
    }
    RequestOptions options = post("echo").putHeader("Content-Encoding", "gzip");

    Answered answered = Exchanges.await(client.exchange(options, body));

    assertThat(answered.sha256()).isEqualTo(GeneratedBody.random(5, 10 << 20).sha256());
    assertThat(answered.headers().get("Content-Type")).isEqualTo("application/fhir+json");
    assertThat(answered.headers().get("Content-Encoding")).isEqualTo("gzip");
    assertThat(answered.headers().get("Content-Length")).isEqualTo(Long.toString(10 << 20));
  }

  @Test
  void echoOfAChunkedRequestIsChunked() throws Exception {
    Answered answered =
        Exchanges.await(
            http1.with(
                post("echo"),
                request -> {
                  request.setChunked(true);
                  Future<Answered> answer =
                      request.response().compose(response -> Exchanges.read(response, 1000));
                  return request
                      .write("one")
                      .compose(written -> request.end("two"))
                      .compose(ended -> answer);
                }));

    assertThat(answered.headers().get("Transfer-Encoding")).isEqualTo("chunked");
    assertThat(answered.body().toString()).isEqualTo("onetwo");
  }

  @Test
  void framingIsAsSaid() throws Exception {
    try (Socket chunked = opened("chunked,body=text,size=10", "{}")) {
      assertThat(read(chunked, "\r\n0\r\n\r\n"))
          .contains("transfer-encoding: chunked")
          .contains("\r\n\r\na\r\n");
    }
    try (Socket untilClose = opened("http10-close,body=text,size=100", "{}")) {
      String answer = all(untilClose);
      assertThat(answer).doesNotContainIgnoringCase("content-length");
      assertThat(answer).doesNotContainIgnoringCase("transfer-encoding");
      assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).hasSize(100);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP_1_1", "HTTP_2"})
  void trailersFollowTheBody(HttpVersion version) {
    Exchanges client = version == HttpVersion.HTTP_2 ? http2 : http1;

    Answered answered =
        Exchanges.await(client.exchange(post("trailers,size=100KiB"), Buffer.buffer("{}")));

    assertThat(answered.length()).isEqualTo(102_400);
    assertThat(answered.trailers().get("X-Sandbox-Trailer")).isEqualTo("sent");
  }

  @ParameterizedTest
  @ValueSource(longs = {1000, 5 << 20})
  void gzipIsWhatItSays(long size) throws IOException {
    RequestOptions options = post("encoding=gzip,body=text,seed=2,size=" + size);

    Answered answered = Exchanges.await(http1.exchange(options, Buffer.buffer("{}")));

    assertThat(answered.headers().get("Content-Encoding")).isEqualTo("gzip");
    byte[] plain =
        new GZIPInputStream(new ByteArrayInputStream(answered.body().getBytes())).readAllBytes();
    assertThat(HexFormat.of().formatHex(Sha256.digest().digest(plain)))
        .isEqualTo(GeneratedBody.text(2, size).sha256());
  }

  @Test
  void delayDripAndSlowReadTakeTheirTime() {
    assertThat(millis("delay=300ms", 10)).isGreaterThanOrEqualTo(300);
    // Ten pieces, nine waits between them and one before the end is seen.
    assertThat(millis("drip=100@50ms,size=1000", 10)).isGreaterThanOrEqualTo(450);
    // The first buffer is free; the rest of 300 kB waits for its turn.
    assertThat(millis("slow-read=400KiB", 300_000)).isGreaterThanOrEqualTo(400);
  }

  private static long millis(String directives, int bodySize) {
    long start = System.nanoTime();
    Answered answered =
        Exchanges.await(http1.exchange(post(directives), Buffer.buffer(new byte[bodySize])));
    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.failure()).isEmpty();
    return (System.nanoTime() - start) / 1_000_000;
  }

  @Test
  void anEarlyAnswerComesBeforeTheBody() throws Exception {
    long received =
        Exchanges.await(
            http1.with(
                post("early,status=422"),
                request -> {
                  request.setChunked(true);
                  return request
                      .sendHead()
                      .compose(sent -> request.response())
                      .map(
                          response -> {
                            assertThat(response.statusCode()).isEqualTo(422);
                            return receivers.counts().received();
                          })
                      .compose(count -> request.end("late").map(count));
                }));

    assertThat(received).isEqualTo(before.received());
    await().until(() -> receivers.counts().received() == before.received() + 1);
  }

  @Test
  void continueIsSentUnlessForbidden() throws Exception {
    String asking = " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    assertThat(statusLines("/FHIR/R4/Slot" + asking)).isEqualTo("HTTP/1.1 100 HTTP/1.1 400 ");
    assertThat(statusLines("/behave/status=201/Slot" + asking))
        .isEqualTo("HTTP/1.1 100 HTTP/1.1 201 ");
    assertThat(statusLines("/behave/no-continue,status=417/Slot" + asking))
        .isEqualTo("HTTP/1.1 417 ");
    assertThat(
            statusLines("/behave/continue,status=201/Slot" + asking.replace("Expect", "X-Expect")))
        .isEqualTo("HTTP/1.1 100 HTTP/1.1 201 ");
  }

  /** Sends the head, the body after a 100, and gives the status lines up to the final one. */
  private static String statusLines(String head) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), receivers.port())) {
      socket.setSoTimeout(LIMIT);
      socket.getOutputStream().write(("POST " + head).getBytes(StandardCharsets.US_ASCII));
      StringBuilder lines = new StringBuilder();
      String status = read(socket, "\r\n\r\n").substring(0, 13);
      if (status.contains(" 100 ")) {
        lines.append(status);
        socket.getOutputStream().write("{}".getBytes(StandardCharsets.US_ASCII));
        status = read(socket, "\r\n\r\n").substring(0, 13);
      }
      return lines.append(status).toString();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"before-read", "mid-read", "after-read"})
  void resetBeforeTheHeadLosesTheExchange(String phase) throws Exception {
    try (Socket socket = opened("reset=" + phase, "{\"a\":1}")) {
      assertThatThrownBy(() -> all(socket)).isInstanceOf(SocketException.class);
    }
    await().until(() -> receivers.counts().brokenOff() == before.brokenOff() + 1);
    assertThat(receivers.counts().open()).isEqualTo(before.open());
    assertThat(receivers.arrivals()).hasSize(1);
    assertThat(receivers.arrivals().get(0).whole()).isEqualTo(phase.equals("after-read"));
  }

  @Test
  void resetAfterTheHeadOrMidBodyCutsTheAnswer() throws Exception {
    try (Socket socket = opened("reset=after-head,size=100", "{}")) {
      assertThat(read(socket, "\r\n\r\n")).contains("HTTP/1.1 200").contains("100\r\n");
      assertThatThrownBy(() -> all(socket)).isInstanceOf(SocketException.class);
    }
    try (Socket socket = opened("reset=mid-body,body=text,size=100", "{}")) {
      read(socket, "\r\n\r\n");
      assertThat(socket.getInputStream().readNBytes(50)).hasSize(50);
      assertThatThrownBy(() -> all(socket)).isInstanceOf(SocketException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"before-read", "mid-read", "after-read"})
  void closeBeforeTheHeadEndsTheConnectionCleanly(String phase) throws Exception {
    try (Socket socket = opened("close=" + phase, "{\"a\":1}")) {
      assertThat(all(socket)).isEmpty();
    }
  }

  @Test
  void closeMidBodyEndsTheConnectionCleanly() throws Exception {
    try (Socket socket = opened("close=mid-body,body=text,size=100", "{}")) {
      String answer = all(socket);
      assertThat(answer).containsIgnoringCase("content-length: 100");
      assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).hasSize(50);
    }
    try (Socket socket = opened("close=mid-body,body=text,size=100,chunked", "{}")) {
      assertThat(all(socket)).doesNotContain("0\r\n\r\n");
    }
  }

  @Test
  void http2ResetsTheStreamAndKeepsTheConnection() {
    Future<Answered> lost = http2.exchange(post("reset=after-read"), Buffer.buffer("{}"));
    Throwable failure =
        Exchanges.await(lost.transform(done -> Future.succeededFuture(done.cause())));
    assertThat(failure).hasMessageContaining("reset");

    Answered cut =
        Exchanges.await(http2.exchange(post("reset=mid-body,size=100KiB"), Buffer.buffer("{}")));
    assertThat(cut.length()).isEqualTo(51_200);
    assertThat(cut.failure()).contains("reset");
  }

  @ParameterizedTest
  @ValueSource(strings = {"before-read", "mid-read", "before-head"})
  void aHangSendsNothingUntilTheSenderLeaves(String phase) throws Exception {
    try (Socket socket = opened("hang=" + phase, "{\"a\":1}")) {
      await().until(() -> receivers.counts().open() == before.open() + 1);
      socket.setSoTimeout(300);
      assertThatThrownBy(() -> socket.getInputStream().read()).hasMessageContaining("timed out");
    }
    await().until(() -> receivers.counts().aborted() == before.aborted() + 1);
    assertThat(receivers.counts().open()).isEqualTo(before.open());
  }

  @Test
  void aHangMidBodySendsHalf() throws Exception {
    try (Socket socket = opened("hang=mid-body,body=text,size=100", "{}")) {
      read(socket, "\r\n\r\n");
      assertThat(socket.getInputStream().readNBytes(50)).hasSize(50);
      socket.setSoTimeout(300);
      assertThatThrownBy(() -> socket.getInputStream().read()).hasMessageContaining("timed out");
    }
    await().until(() -> receivers.counts().aborted() == before.aborted() + 1);
  }

  @Test
  void aSenderThatLeavesMidUploadIsCounted() throws Exception {
    try (Socket socket = opened("status=200", "")) {
      assertThat(read(socket, "\r\n\r\n")).contains("200");
    }
    String head = "POST /FHIR/R4/Slot HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), receivers.port())) {
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      await().until(() -> receivers.counts().open() == before.open() + 1);
    }
    await().until(() -> receivers.counts().aborted() == before.aborted() + 1);
    assertThat(receivers.arrivals()).last().matches(arrival -> !arrival.whole());
  }

  @Test
  void stoppingEndsWhatHangs() throws Exception {
    MockReceivers other = Exchanges.await(MockReceivers.start(vertx, Options.loopback()));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), other.port())) {
      socket.setSoTimeout(LIMIT);
      socket
          .getOutputStream()
          .write(
              "GET /behave/hang=after-read/Slot HTTP/1.1\r\nHost: x\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      await().atMost(Duration.ofSeconds(20)).until(() -> other.counts().received() == 1);

      Exchanges.await(other.stop());

      assertThat(all(socket)).isEmpty();
    }
  }
}
