package org.openbars.router.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.Bench;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.Exchanges.Answered;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.sandbox.MockReceivers;

/** R12, and that a host that cannot be connected to is not asked more and more. */
final class UnreachableTest {
  private static final String MESSAGE = "/$process-message";
  private static final Buffer BODY = Buffer.buffer("{\"resourceType\":\"Bundle\"}");
  private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(300);
  private final List<Socket> waiting = new ArrayList<>();
  private Bench bench;
  private ServerSocket blackHole;
  private int refused;
  private Exchanges sender;

  @BeforeEach
  void start() throws IOException {
    blackHole = blackHole();
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      refused = free.getLocalPort();
    }
    bench = new Bench();
    bench
        .setup()
        .target("refused", "http://127.0.0.1:" + refused)
        .target("black-hole", "http://127.0.0.1:" + blackHole.getLocalPort())
        .set("stream.breaker.mode", "off")
        .set("stream.connect-timeout", CONNECT_TIMEOUT.toMillis() + "ms");
  }

  /** Listens, and its queue is full: what connects hears nothing. */
  private ServerSocket blackHole() throws IOException {
    ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    boolean full = false;
    while (!full) {
      Socket next = new Socket();
      waiting.add(next);
      try {
        next.connect(new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort()), 200);
      } catch (SocketTimeoutException e) {
        full = true;
      }
    }
    return socket;
  }

  @AfterEach
  void stop() throws IOException {
    bench.close();
    for (Socket socket : waiting) {
      socket.close();
    }
    blackHole.close();
  }

  private void start(String backoff) {
    bench.setup().set("stream.connect-backoff", backoff);
    bench.start();
    sender = new Exchanges(bench.vertx(), HttpVersion.HTTP_2);
    Exchanges.await(post("unknown"));
  }

  private io.vertx.core.Future<Answered> post(String target) {
    return sender.exchange(bench.to(target, HttpMethod.POST, MESSAGE), BODY);
  }

  private long millis(String target, Duration least) {
    long start = System.nanoTime();
    Answered answered = Exchanges.await(post(target));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertThat(answered.status()).isEqualTo(503);
    assertThat(answered.body().toString()).contains("No connection to the receiver");
    assertThat(took).isGreaterThanOrEqualTo(least);
    return took.toMillis();
  }

  @Test
  void refusedConnectionIsAnsweredAtOnce() {
    start("0ms");
    int factor = Endurance.of(10, 1);
    int times = Endurance.of(20, 200);
    long[] took = new long[times];
    for (int i = 0; i < times; i++) {
      took[i] = millis("refused", Duration.ZERO);
    }
    java.util.Arrays.sort(took);
    System.out.println("R12 refused: median " + took[times / 2] + " ms, most " + took[times - 1]);
    assertThat(took[times / 2]).isLessThanOrEqualTo(50L * factor);
  }

  @Test
  void blackHoleIsAnsweredAtTheConnectTimeout() {
    start("0ms");
    int factor = Endurance.of(10, 1);
    int times = Endurance.of(3, 20);
    long[] took = new long[times];
    for (int i = 0; i < times; i++) {
      took[i] = millis("black-hole", CONNECT_TIMEOUT);
    }
    java.util.Arrays.sort(took);
    System.out.println("R12 black hole: median " + took[times / 2] + " ms");
    assertThat(took[times / 2]).isLessThanOrEqualTo(CONNECT_TIMEOUT.toMillis() + 100L * factor);
  }

  @Test
  void hostThatRefusesIsNotHammeredAndIsFoundAgain() {
    start("1s");
    Receiver receiver =
        bench.router().process().node().receivers().at(new ReceiverHost("127.0.0.1", refused));
    int unreachable = 0;
    int suspended = 0;
    long until = System.nanoTime() + Duration.ofMillis(700).toNanos();
    while (System.nanoTime() < until) {
      Answered answered = Exchanges.await(post("refused"));
      assertThat(answered.status()).isEqualTo(503);
      if (answered.body().toString().contains("No connection to the receiver")) {
        unreachable++;
      } else {
        assertThat(answered.body().toString()).contains("is given time to recover");
        assertThat(answered.headers().get("Retry-After")).isEqualTo("1");
        suspended++;
      }
    }
    // 50 ms, 100, 200, 400 and so on, each at least halved by chance.
    assertThat(unreachable).isBetween(2, 6);
    assertThat(suspended).isGreaterThan(unreachable);
    assertThat(receiver.inFlight()).isZero();
    try (RunningReceivers back =
        RunningReceivers.start(MockReceivers.Options.loopback().withPort(refused))) {
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> Exchanges.await(post("refused")).status() != 503);
      assertThat(back.port()).isEqualTo(refused);
    }
  }
}
