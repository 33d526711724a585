package org.openbars.router.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.Bench;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.Exchanges.Answered;
import org.openbars.router.message.ReceiverHost;

/** R7 and R9: what is sent again, how often, and over which connection. */
final class ResendingTest {
  private static final String MESSAGE = "/$process-message";
  private static final Buffer BODY = Buffer.buffer("{\"resourceType\":\"Bundle\"}");
  private static final int IDLE_MS = Endurance.of(300, 1_000);

  private final AtomicInteger arrived = new AtomicInteger();

  /** How many of the next requests are read and then cut off. */
  private final AtomicInteger toCut = new AtomicInteger();

  private Vertx vertx;
  private HttpServer server;
  private Bench bench;
  private Exchanges sender;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    server =
        Exchanges.await(
            vertx
                .createHttpServer(
                    new HttpServerOptions()
                        .setIdleTimeout(IDLE_MS)
                        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS))
                .requestHandler(this::receive)
                .listen(0, "127.0.0.1"));
    bench =
        new Bench().target("unwell", "status=503,body=html").target("cuts", "close=before-head");
    bench.setup().target("own", "http://127.0.0.1:" + server.actualPort());
    bench.start();
    sender = new Exchanges(bench.vertx(), HttpVersion.HTTP_1_1);
  }

  private void receive(HttpServerRequest request) {
    arrived.incrementAndGet();
    request
        .body()
        .onSuccess(
            body -> {
              if (toCut.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                request.connection().close();
              } else {
                request.response().end("{}");
              }
            });
  }

  @AfterEach
  void stop() {
    bench.close();
    Exchanges.await(vertx.close());
  }

  private Future<Answered> exchange(String target, HttpMethod method) {
    boolean read = !method.equals(HttpMethod.POST);
    return sender.exchange(
        bench.to(target, method, read ? "/Slot" : MESSAGE), read ? Buffer.buffer() : BODY);
  }

  private int status(HttpMethod method) {
    return Exchanges.await(exchange("own", method)).status();
  }

  private Receiver receiver() {
    return bench
        .router()
        .process()
        .node()
        .receivers()
        .at(new ReceiverHost("127.0.0.1", server.actualPort()));
  }

  private void saveForOne() {
    for (int i = 0; i < 10; i++) {
      assertThat(status(HttpMethod.GET)).isEqualTo(200);
    }
  }

  @Test
  void readThatBrokeOffIsSentOnceMore() {
    for (HttpMethod method : new HttpMethod[] {HttpMethod.GET, HttpMethod.HEAD}) {
      saveForOne();
      int before = arrived.get();
      toCut.set(1);
      assertThat(status(method)).isEqualTo(200);
      assertThat(arrived.get() - before).isEqualTo(2);
    }
  }

  @Test
  void readIsNotSentAThirdTime() {
    saveForOne();
    saveForOne();
    int before = arrived.get();
    toCut.set(5);
    Answered answered = Exchanges.await(exchange("own", HttpMethod.GET));
    assertThat(answered.status()).isEqualTo(503);
    assertThat(answered.body().toString()).contains("outcome is unknown");
    assertThat(arrived.get() - before).isEqualTo(2);
    assertThat(receiver().inFlight()).isZero();
  }

  @Test
  void messageIsNeverSentTwice() {
    saveForOne();
    int before = arrived.get();
    toCut.set(1);
    assertThat(status(HttpMethod.POST)).isEqualTo(503);
    assertThat(arrived.get() - before).isEqualTo(1);
    assertThat(status(HttpMethod.POST)).isEqualTo(200);
  }

  @Test
  void receiverThatAnswersUnavailableIsSentNothingTwice() {
    int exchanges = Endurance.of(100, 5_000);
    long before = bench.receivers().counts().started();
    for (int i = 0; i < exchanges; i++) {
      HttpMethod method = i % 2 == 0 ? HttpMethod.POST : HttpMethod.GET;
      assertThat(Exchanges.await(exchange("unwell", method)).status()).isEqualTo(503);
    }
    assertThat(bench.receivers().counts().started() - before).isEqualTo(exchanges);
  }

  @Test
  void readsThatAllBreakOffAreSentAgainForATenthAtTheMost() {
    int exchanges = Endurance.of(100, 5_000);
    long before = bench.receivers().counts().started();
    for (int i = 0; i < exchanges; i++) {
      assertThat(Exchanges.await(exchange("cuts", HttpMethod.GET)).status()).isEqualTo(503);
    }
    long sends = bench.receivers().counts().started() - before;
    System.out.println("R7: " + sends + " sends for " + exchanges + " exchanges");
    assertThat(sends * 10).isBetween(exchanges * 10L + 10, exchanges * 11L);
  }

  /** The host closes idle connections at about the time at which the next message comes. */
  @Test
  void oldConnectionsCarryNoMessageOnceAHostWasSeenToCloseOne() throws InterruptedException {
    int exchanges = Endurance.of(12, 1_000);
    assertThat(status(HttpMethod.POST)).isEqualTo(200);
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> receiver().idle().nanos() < receiver().idle().configuredNanos());
    int before = arrived.get();
    for (int i = 0; i < exchanges; i++) {
      long pause = IDLE_MS - 3L + ThreadLocalRandom.current().nextInt(6);
      // The pause is the test: it ends when the host's own timer does.
      new CountDownLatch(1).await(pause, TimeUnit.MILLISECONDS);
      assertThat(status(HttpMethod.POST)).as("exchange %s", i).isEqualTo(200);
    }
    assertThat(arrived.get() - before).as("none twice").isEqualTo(exchanges);
    assertThat(receiver().idle().nanos()).isLessThan(TimeUnit.MILLISECONDS.toNanos(IDLE_MS));
  }

  @Test
  void youngConnectionsAreUsedAgain() {
    AtomicInteger connections = new AtomicInteger();
    HttpServer counting =
        Exchanges.await(
            vertx
                .createHttpServer()
                .connectionHandler(connection -> connections.incrementAndGet())
                .requestHandler(this::receive)
                .listen(0, "127.0.0.1"));
    try (Bench other = new Bench()) {
      other.setup().target("own", "http://127.0.0.1:" + counting.actualPort());
      other.start();
      Exchanges one = new Exchanges(other.vertx(), HttpVersion.HTTP_1_1);
      for (int i = 0; i < 50; i++) {
        Answered answered =
            Exchanges.await(one.exchange(other.to("own", HttpMethod.POST, MESSAGE), BODY));
        assertThat(answered.status()).isEqualTo(200);
      }
    }
    // One for each event loop that the sender's connection may be on.
    assertThat(connections.get()).isBetween(1, 2);
  }
}
