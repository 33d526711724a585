package org.openbars.router.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.Bench;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.Exchanges.Answered;
import org.openbars.router.fixture.TcpGate;
import org.openbars.router.isolate.Breaker;
import org.openbars.router.message.ReceiverHost;

/** R13 and the bulkhead, over sockets: a receiver host that fails is left alone, and no other. */
final class SuspensionTest {
  private static final String MESSAGE = "/$process-message";
  private static final Buffer BODY = Buffer.buffer("{\"resourceType\":\"Bundle\"}");
  private static final int MIN_CALLS = 10;
  private static final int LIMIT = 8;
  private Bench bench;
  private TcpGate gate;
  private Exchanges sender;
  private Receiver receiver;

  @BeforeEach
  void start() {
    bench =
        new Bench()
            .target("other", "")
            .target("unwell", "status=503,body=html")
            .target("busy", "status=503,body=outcome");
    gate = TcpGate.open(bench.receivers().port());
    bench
        .setup()
        .target("gated", bench.receivers().baseUrl("").replaceFirst(":\\d+", ":" + gate.port()))
        .set("stream.breaker.min-calls", MIN_CALLS)
        .set("stream.breaker.open-time", "400ms")
        .set("stream.breaker.ramp-up", "0ms")
        .set("stream.max-in-flight", LIMIT);
    bench.start();
    sender = new Exchanges(bench.vertx(), HttpVersion.HTTP_2);
    receiver = at(gate.port());
  }

  @AfterEach
  void stop() throws IOException {
    bench.close();
    gate.close();
  }

  private Receiver at(int port) {
    return bench.router().process().node().receivers().at(new ReceiverHost("127.0.0.1", port));
  }

  private Future<Answered> post(String target) {
    return sender.exchange(bench.to(target, HttpMethod.POST, MESSAGE), BODY);
  }

  private static boolean suspended(Answered answered) {
    return answered.status() == 503
        && answered.body().toString().contains("has been failing and is given time");
  }

  private void open() {
    gate.shut();
    for (int i = 0; i < MIN_CALLS; i++) {
      Answered broken = Exchanges.await(post("gated"));
      assertThat(broken.status()).isEqualTo(503);
      assertThat(broken.body().toString()).contains("outcome is unknown");
    }
    assertThat(receiver.breaker().state()).isEqualTo(Breaker.State.OPEN);
  }

  @Test
  void opensAtItsThresholdAndRefusesWithoutAConnection() {
    open();
    int connections = gate.connections();
    Answered refused = Exchanges.await(post("gated"));
    assertThat(suspended(refused)).isTrue();
    assertThat(refused.headers().get("Retry-After")).isEqualTo("1");
    assertThat(refused.headers().get("X-Request-Id")).isEqualTo(Exchanges.REQUEST_ID);
    assertThat(refused.headers().get("X-Correlation-Id")).isEqualTo(Exchanges.CORRELATION_ID);
    assertThat(gate.connections()).isEqualTo(connections);
    assertThat(receiver.inFlight()).isZero();
    assertThat(Exchanges.await(post("other")).status()).as("another host").isEqualTo(200);
    assertThat(bench.router().process().node().meters().scrape())
        .contains("bars_receiver_breaker{receiver=\"" + receiver.host() + "\"} 2.0")
        .contains("bars_receiver_breaker_opened_total{receiver=\"" + receiver.host() + "\"} 1.0")
        .contains(
            "bars_receiver_suspended_total{reason=\"breaker\",receiver=\""
                + receiver.host()
                + "\"} 1.0");
  }

  @Test
  void oneIsLetThroughAtATimeAndItsAnswerClosesIt() {
    open();
    gate.hang();
    int connections = gate.connections();
    Future<Answered> probe =
        await()
            .until(
                () -> {
                  Future<Answered> next = post("gated");
                  await().until(() -> next.isComplete() || gate.connections() > connections);
                  return next;
                },
                next -> !next.isComplete());
    List<Future<Answered>> others = IntStream.range(0, 20).mapToObj(i -> post("gated")).toList();
    assertThat(others.stream().map(Exchanges::await)).allMatch(SuspensionTest::suspended);
    assertThat(gate.connections()).as("one in flight").isEqualTo(connections + 1);
    assertThat(receiver.breaker().state()).isEqualTo(Breaker.State.HALF_OPEN);
    gate.open();
    assertThat(Exchanges.await(probe).status()).isEqualTo(200);
    assertThat(receiver.breaker().state()).isEqualTo(Breaker.State.CLOSED);
    assertThat(Exchanges.await(post("gated")).status()).isEqualTo(200);
  }

  @Test
  void answerThatComesLateLeavesItOpen() {
    gate.hang();
    Future<Answered> late = post("gated");
    await().until(() -> gate.connections() == 1);
    // Others of the same host fail meanwhile.
    for (int i = 0; i < MIN_CALLS; i++) {
      Permit permit = (Permit) receiver.admit();
      permit.failed(new Delivery.TimedOut(), System.nanoTime());
      permit.release();
    }
    assertThat(receiver.breaker().state()).isEqualTo(Breaker.State.OPEN);
    gate.open();
    assertThat(Exchanges.await(late).status()).isEqualTo(200);
    assertThat(receiver.breaker().state()).isEqualTo(Breaker.State.OPEN);
    assertThat(receiver.inFlight()).isZero();
  }

  @Test
  void gatewaysErrorCountsAndTheReceiversOwnDoesNot() {
    Receiver mock = at(bench.receivers().port());
    for (int i = 0; i < 3 * MIN_CALLS; i++) {
      assertThat(Exchanges.await(post("busy")).status()).isEqualTo(503);
    }
    assertThat(mock.breaker().state())
        .as("with an OperationOutcome")
        .isEqualTo(Breaker.State.CLOSED);
    await().atMost(Duration.ofSeconds(20)).until(() -> suspended(Exchanges.await(post("unwell"))));
    assertThat(mock.breaker().state()).isEqualTo(Breaker.State.OPEN);
  }

  @Test
  void hangingReceiverHasItsPlacesAndNoMore() {
    gate.hang();
    List<Future<Answered>> sent =
        IntStream.range(0, 3 * LIMIT).mapToObj(i -> post("gated")).toList();
    await().until(() -> done(sent).count() == 2 * LIMIT);
    assertThat(receiver.inFlight()).isEqualTo(LIMIT);
    assertThat(done(sent))
        .allSatisfy(
            answered -> {
              assertThat(answered.status()).isEqualTo(503);
              assertThat(answered.headers().get("Retry-After")).isNotNull();
              assertThat(answered.body().toString()).contains("too many messages in flight");
            });
    assertThat(Exchanges.await(post("other")).status()).as("another host").isEqualTo(200);
    gate.open();
    await().until(() -> done(sent).count() == 3 * LIMIT);
    assertThat(done(sent).filter(answered -> answered.status() == 200)).hasSize(LIMIT);
    assertThat(receiver.inFlight()).isZero();
  }

  private static Stream<Answered> done(List<Future<Answered>> sent) {
    return sent.stream().filter(Future::succeeded).map(Future::result);
  }
}
