package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.audit.ManualAudit;
import org.openbars.router.fixture.Bench;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.Exchanges.Answered;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.TcpGate;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Fate;

/**
 * The audit is told before the first byte goes to the receiver and before the last one goes to the
 * sender, and both wait for it; meanwhile either side may leave.
 */
final class RecordMomentsTest {
  private static final String MESSAGE = "/$process-message";
  private static final Buffer BODY = Buffer.buffer("{\"resourceType\":\"Bundle\"}");
  private static Bench bench;
  private static TcpGate gate;

  /** Never shut: what a host's closes teach would make the router take a fresh connection. */
  private static TcpGate steadyGate;

  private static AuditedBench audited;
  private static ManualAudit audit;
  private static int port;
  private long before;

  @BeforeAll
  static void start() {
    bench =
        new Bench()
            .target("echo", "echo")
            .target("large", "body=text,size=40KiB,drip=8KiB@20ms")
            .target("chunked", "body=text,size=10KiB,chunked")
            .target("no-content", "status=204,body=none")
            .target("not-modified", "status=304,body=none")
            .target("empty", "body=none")
            .target("error", "status=500,body=html")
            .target("outcome", "status=500,body=outcome")
            .target("early", "early,status=422,body=outcome");
    gate = TcpGate.open(bench.receivers().port());
    steadyGate = TcpGate.open(bench.receivers().port());
    bench
        .setup()
        .target("gated", through(gate))
        .target("steady", through(steadyGate))
        .set("stream.deadline", "10m");
    bench.start();
    audited = new AuditedBench(bench);
    audit = audited.audit;
    port = audited.port;
  }

  private static String through(TcpGate gate) {
    return bench.receivers().baseUrl("echo").replaceFirst(":\\d+", ":" + gate.port());
  }

  @AfterAll
  static void stop() throws IOException {
    bench.close();
    gate.close();
    steadyGate.close();
  }

  @BeforeEach
  void forget() {
    audit.clear();
    before = arrivals();
  }

  @AfterEach
  void nothingStaysBehind() {
    audit.holds(false, false);
    await()
        .untilAsserted(
            () -> {
              audit.answer(true);
              assertThat(bench.router().process().node().capacity().inFlight()).isZero();
              assertThat(bench.receivers().counts().open()).isZero();
            });
  }

  private static long arrivals() {
    return bench.receivers().counts().started();
  }

  private static RawRequest post(String target) {
    return RawRequest.message("POST", MESSAGE, target).body(BODY.toString());
  }

  private static RequestOptions to(String target, HttpMethod method, int at) {
    String path = method.equals(HttpMethod.POST) ? MESSAGE : "/Slot";
    return bench.to(target, method, path).setPort(at);
  }

  private static void waits() {
    await().until(() -> audit.waiting() == 1);
  }

  /** Time enough for whatever should not happen: a whole exchange of somebody else's. */
  private static void somebodyElse() {
    RawAnswer other = RawSender.exchange(bench.router().port(), post("echo"));
    assertThat(other.status()).isEqualTo(200);
  }

  private static ExchangeRecord record() {
    return audited.record();
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void nothingGoesToTheReceiverBeforeTheAuditSaysSo(HttpVersion version) {
    audit.holds(true, false);
    Exchanges sender = new Exchanges(bench.vertx(), version);
    Future<Answered> answer = sender.exchange(to("echo", HttpMethod.POST, port), BODY);
    waits();
    somebodyElse();
    assertThat(arrivals() - before).isEqualTo(1);

    audit.answer(true);

    assertThat(Exchanges.await(answer).body()).isEqualTo(BODY);
    audit.answer(true);
    ExchangeRecord record = record();
    assertThat(arrivals() - before).isEqualTo(2);
    assertThat(audit.opened()).hasSize(1);
    assertThat(audit.opened().get(0).id()).isEqualTo(record.id());
    assertThat(audit.opened().get(0).result().fate()).isEqualTo(Fate.OUTCOME_UNKNOWN);
    assertThat(audit.opened().get(0).steps().connected())
        .isEqualTo(record.steps().connected())
        .isPositive();
    assertThat(record.result().fate()).isEqualTo(Fate.ANSWERED);
  }

  @Test
  void messageThatCannotBeRecordedIsNotSentAndItsConnectionServesTheNext() {
    int connections = steadyGate.connections();
    audit.holds(true, false);
    try (RawSender sender = RawSender.to(port)) {
      for (int i = 0; i < 5; i++) {
        sender.send(post("steady"));
        waits();
        audit.answer(false);
        RawAnswer refused = sender.answer("POST");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).isPresent();
        assertThat(refused.text()).contains("PROXY_UNAVAILABLE", "nothing was sent");
        ExchangeRecord record = record();
        assertThat(record.result().fate()).isEqualTo(Fate.NEVER_SENT);
        assertThat(record.result().error()).isEqualTo(BarsError.AUDIT_FULL);
        assertThat(record.steps().connected()).isZero();
        audit.clear();
        audit.holds(true, false);
      }
      assertThat(arrivals()).isEqualTo(before);
      audit.holds(false, false);
      assertThat(sender.exchange(post("steady")).text()).isEqualTo(BODY.toString());
    }
    assertThat(steadyGate.connections() - connections).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void senderThatLeavesBeforeTheFirstByteLeavesNothingAtTheReceiver(HttpVersion version) {
    audit.holds(true, false);
    leave(version, "gated");
    assertThat(record().result().fate()).isEqualTo(Fate.SENDER_LEFT);

    audit.answer(true);

    audit.holds(false, false);
    somebodyElse();
    assertThat(RawSender.exchange(port, post("gated")).text()).isEqualTo(BODY.toString());
    assertThat(audit.closed()).hasSize(2);
    assertThat(arrivals() - before).isEqualTo(2);
  }

  private static void leave(HttpVersion version, String target) {
    Exchanges sender = new Exchanges(bench.vertx(), version);
    HttpClientRequest leaving =
        Exchanges.await(
            sender.with(
                to(target, HttpMethod.POST, port),
                request -> {
                  request.exceptionHandler(e -> {});
                  request.response().onComplete(answer -> {}, failure -> {});
                  request.end(BODY);
                  return Future.succeededFuture(request);
                }));
    waits();
    bench.vertx().runOnContext(v -> leaving.reset());
    await().until(() -> !audit.closed().isEmpty());
  }

  @Test
  void receiverThatLeavesBeforeTheFirstByteIsUnreachable() {
    audit.holds(true, false);
    try (RawSender sender = RawSender.to(port)) {
      sender.send(post("gated"));
      waits();
      gate.shut();
      RawAnswer answer = sender.answer("POST");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.text()).contains("REC_SERVICE_UNAVAILABLE", "nothing was sent");
    } finally {
      gate.open();
    }
    audit.answer(true);
    somebodyElse();
    assertThat(record().result().error()).isEqualTo(BarsError.RECEIVER_UNREACHABLE);
    assertThat(record().result().fate()).isEqualTo(Fate.NEVER_SENT);
  }

  @Test
  void auditThatNeverAnswersIsNotWaitedForBeyondTheDeadline() {
    try (Bench quick = new Bench().target("echo", "echo")) {
      quick.setup().set("stream.deadline", "300ms");
      quick.start();
      AuditedBench silent = new AuditedBench(quick);
      silent.audit.holds(true, false);
      RawAnswer answer = RawSender.exchange(silent.port, post("echo"));
      assertThat(answer.status()).isEqualTo(503);
      assertThat(silent.record().result().error()).isEqualTo(BarsError.AUDIT_FULL);

      silent.audit.answer(true);

      silent.audit.holds(false, false);
      assertThat(RawSender.exchange(silent.port, post("echo")).status()).isEqualTo(200);
      assertThat(quick.receivers().counts().started()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "POST, echo, 200",
    "GET, large, 200",
    "GET, chunked, 200",
    "HEAD, large, 200",
    "HEAD, chunked, 200",
    "GET, no-content, 204",
    "GET, not-modified, 304",
    "GET, empty, 200",
    "GET, error, 500",
    "GET, outcome, 500",
    "GET, nobody, 404"
  })
  void whatMakesAnAnswerWholeWaitsForTheRecord(String method, String target, int status) {
    RawRequest request =
        method.equals("POST") ? post(target) : RawRequest.message(method, "/Slot", target);
    RawAnswer whole = RawSender.exchange(port, request);
    audit.clear();
    audit.holds(false, true);
    try (RawSender sender = RawSender.to(port).send(request)) {
      waits();
      somebodyElse();
      String early = sender.arrived();
      // A body that came to the router in one piece is whole by that piece: nothing has gone yet.
      boolean inPieces = target.equals("large") || target.equals("chunked");
      if ((inPieces || target.equals("outcome")) && method.equals("GET")) {
        int body = early.length() - early.indexOf("\r\n\r\n") - 4;
        assertThat(early).startsWith("HTTP/1.1 " + status).doesNotEndWith("\r\n0\r\n\r\n");
        assertThat(target.equals("chunked") || body < whole.body().length()).isTrue();
      } else {
        assertThat(early).isEmpty();
      }
      assertThat(record().result().status()).isEqualTo(status);
      assertThat(record().result().bytesToSender()).isEqualTo(whole.body().length());

      audit.answer(true);
      audit.answer(true);

      if (early.isEmpty()) {
        RawAnswer answer = sender.answer(method);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body().length()).isEqualTo(whole.body().length());
        audit.holds(false, false);
        assertThat(sender.exchange(post("echo")).text()).isEqualTo(BODY.toString());
      } else {
        StringBuilder all = new StringBuilder(early);
        await()
            .until(
                () -> {
                  all.append(sender.arrived());
                  return target.equals("chunked")
                      ? all.toString().endsWith("\r\n0\r\n\r\n")
                      : all.length() - all.indexOf("\r\n\r\n") - 4 == whole.body().length();
                });
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"echo", "large", "chunked", "no-content", "error", "nobody"})
  void endOfTheStreamWaitsForTheRecordOverHttp2(String target) {
    audit.holds(false, true);
    Exchanges sender = new Exchanges(bench.vertx(), HttpVersion.HTTP_2);
    Future<Answered> answer = sender.exchange(to(target, HttpMethod.GET, port), Buffer.buffer());
    waits();
    somebodyElse();
    assertThat(answer.isComplete()).isFalse();

    audit.answer(true);

    Answered answered = Exchanges.await(answer);
    assertThat(answered.failure()).isEmpty();
    assertThat(answered.length()).isEqualTo(record().result().bytesToSender());
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP_1_1, echo",
    "HTTP_1_1, nobody",
    "HTTP_1_1, early",
    "HTTP_2, echo",
    "HTTP_2, nobody",
    "HTTP_2, early"
  })
  void senderThatLeavesBeforeTheLastByteIsRecordedOnce(HttpVersion version, String target) {
    audit.holds(false, true);
    leave(version, target);
    somebodyElse();

    audit.answer(true);
    audit.answer(true);

    somebodyElse();
    assertThat(audit.closed()).hasSize(1);
  }

  @Test
  void receiverThatLeavesBeforeTheLastByteChangesNothing() {
    audit.holds(false, true);
    try (RawSender sender = RawSender.to(port)) {
      sender.send(post("gated"));
      waits();
      gate.shut();
      somebodyElse();
      audit.answer(true);
      assertThat(sender.answer("POST").text()).isEqualTo(BODY.toString());
    } finally {
      gate.open();
    }
    assertThat(record().result().fate()).isEqualTo(Fate.ANSWERED);
  }

  /** A node must not stop while an answer waits for its record. */
  @Test
  void exchangeCountsAsInFlightUntilItsLastByte() {
    audit.holds(false, true);
    try (RawSender sender = RawSender.to(port)) {
      sender.send(post("echo"));
      waits();
      somebodyElse();
      assertThat(bench.router().process().node().capacity().inFlight()).isEqualTo(1);
      audit.answer(true);
      assertThat(sender.answer("POST").status()).isEqualTo(200);
    }
  }
}
