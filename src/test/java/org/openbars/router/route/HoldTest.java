package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fixture.Bench;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.Exchanges.Answered;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.TcpGate;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.DestinationMatch;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Fate;
import org.openbars.router.sandbox.Arrival;

/** A message for somebody else never reaches its receiver where mismatches are refused. */
final class HoldTest {
  private static final String MESSAGE = "/$process-message";
  private static final int KIB = 1024;
  private static Bench bench;
  private static TcpGate gate;
  private static AuditedBench audited;
  private int connections;

  @BeforeAll
  static void start() {
    bench = new Bench().target("continues", "continue,echo");
    gate = TcpGate.open(bench.receivers().port());
    bench
        .setup()
        .target("echo", bench.receivers().baseUrl("echo").replaceFirst(":\\d+", ":" + gate.port()))
        .set("inspect.on-mismatch", "refuse");
    bench.start();
    audited = new AuditedBench(bench);
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
    gate.close();
  }

  @BeforeEach
  void forget() {
    audited.audit.clear();
    bench.receivers().clearArrivals();
    connections = gate.connections();
  }

  @AfterEach
  void nothingStaysBehind() {
    await()
        .untilAsserted(
            () -> {
              assertThat(audited.gauge("bars.inspect.held.bytes")).isZero();
              assertThat(bench.router().process().node().capacity().inFlight()).isZero();
              assertThat(bench.receivers().counts().open()).isZero();
            });
  }

  private static String message(String destination, int padding) {
    String filler =
        "{\"resource\":{\"resourceType\":\"Basic\",\"id\":\"" + "x".repeat(900) + "\"}},";
    return "{\"resourceType\":\"Bundle\",\"entry\":["
        + filler.repeat(padding / 900)
        + "{\"resource\":{\"resourceType\":\"MessageHeader\",\"destination\":[{\"endpoint\":\"tests|"
        + destination
        + "\"}]}}]}";
  }

  private static String xml(String destination) {
    return "<Bundle xmlns=\"http://hl7.org/fhir\"><entry><resource><MessageHeader><destination>"
        + "<endpoint value=\"tests|"
        + destination
        + "\"/></destination></MessageHeader></resource></entry></Bundle>";
  }

  private static RequestOptions to(String target, HttpMethod method, String path) {
    return bench.to(target, method, path).setPort(audited.port);
  }

  private static Future<Answered> send(HttpVersion version, Buffer body, boolean chunked) {
    Exchanges sender = new Exchanges(bench.vertx(), version);
    RequestOptions to = to("echo", HttpMethod.POST, MESSAGE);
    if (!chunked) {
      return sender.exchange(to, body);
    }
    return sender.with(
        to,
        request -> {
          request.setChunked(true);
          for (int at = 0; at < body.length(); at += 700) {
            request.write(body.slice(at, Math.min(body.length(), at + 700)));
          }
          request.end();
          return request.response().compose(answer -> Exchanges.read(answer, 8 << 20));
        });
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP_1_1, false, false, 0",
    "HTTP_1_1, true, false, 5000",
    "HTTP_1_1, false, true, 0",
    "HTTP_2, false, false, 0",
    "HTTP_2, true, false, 60000",
    "HTTP_2, true, true, 0"
  })
  void messageForAnotherIsRefusedAndItsReceiverNeverOpened(
      HttpVersion version, boolean chunked, boolean xml, int padding) {
    double refused = audited.counter("bars.inspect.mismatch", "answer", "refused");
    Buffer body = Buffer.buffer(xml ? xml("another") : message("another", padding));
    Exchanges sender = new Exchanges(bench.vertx(), version);
    Answered answered =
        Exchanges.await(
            xml
                ? sender.exchange(
                    to("echo", HttpMethod.POST, MESSAGE)
                        .putHeader("Content-Type", "application/fhir+xml"),
                    body)
                : send(version, body, chunked));

    assertThat(answered.status()).isEqualTo(400);
    assertThat(answered.body().toString()).contains("PROXY_BAD_REQUEST", "\"invalid\"");
    assertThat(gate.connections()).isEqualTo(connections);
    ExchangeRecord record = audited.record();
    assertThat(record.result().fate()).isEqualTo(Fate.REFUSED);
    assertThat(record.result().error()).isEqualTo(BarsError.DESTINATION_MISMATCH);
    assertThat(record.result().bytesFromSender()).isPositive();
    assertThat(record.inspection().destination()).isEqualTo(DestinationMatch.DIFFERS);
    assertThat(audited.audit.opened()).isEmpty();
    assertThat(audited.counter("bars.inspect.mismatch", "answer", "refused"))
        .isEqualTo(refused + 1);
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP_1_1, false, 0, MATCHES",
    "HTTP_1_1, true, 30000, MATCHES",
    "HTTP_1_1, false, 1500000, MATCHES",
    "HTTP_1_1, false, 3000000, UNDETERMINED",
    "HTTP_1_1, true, 300000, MATCHES",
    "HTTP_2, false, 0, MATCHES",
    "HTTP_2, true, 30000, MATCHES",
    "HTTP_2, false, 300000, MATCHES",
    "HTTP_2, true, 300000, MATCHES"
  })
  void messageForItsReceiverGoesUnchanged(
      HttpVersion version, boolean chunked, int padding, DestinationMatch match) {
    assertPasses(version, chunked, Buffer.buffer(message("echo", padding)), match);
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void messageThatTellsNoDestinationGoesUnchanged(HttpVersion version) {
    byte[] noise = new byte[200 * KIB];
    new Random(1).nextBytes(noise);
    for (boolean chunked : new boolean[] {true, false}) {
      for (String body :
          new String[] {
            "{\"resourceType\":\"Bundle\"}",
            "{",
            "{\"resourceType\":\"Bundle\",\"meta\":[" + "1,".repeat(400 * KIB) + "1]}",
            "[[[[",
            "not JSON"
          }) {
        assertPasses(version, chunked, Buffer.buffer(body), DestinationMatch.UNDETERMINED);
      }
      assertPasses(version, chunked, Buffer.buffer(noise), DestinationMatch.UNDETERMINED);
    }
  }

  /** Beyond 64 KiB nothing is held: what is found there is recorded, as with {@code flag}. */
  @Test
  void destinationBeyondTheLimitIsRecordedOnly() {
    double flagged = audited.counter("bars.inspect.mismatch", "answer", "flagged");
    Buffer body = Buffer.buffer(message("another", 300 * KIB));

    assertPasses(HttpVersion.HTTP_1_1, false, body, DestinationMatch.DIFFERS);

    assertThat(audited.counter("bars.inspect.mismatch", "answer", "flagged"))
        .isEqualTo(flagged + 1);
  }

  private static void assertPasses(
      HttpVersion version, boolean chunked, Buffer body, DestinationMatch match) {
    audited.audit.clear();
    Answered answered = Exchanges.await(send(version, body, chunked));
    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.failure()).isEmpty();
    assertThat(answered.sha256()).isEqualTo(Exchanges.sha256(body));
    ExchangeRecord record = audited.record();
    assertThat(record.inspection().destination()).isEqualTo(match);
    assertThat(record.result().bytesFromSender()).isEqualTo(body.length());
  }

  @Test
  void framingOfAHeldMessageStaysAsItWas() {
    String body = message("echo", 5000);
    RawSender.exchange(audited.port, post("echo").body(body));
    RawSender.exchange(audited.port, post("echo").chunked(body));

    assertThat(bench.receivers().arrivals())
        .extracting(arrival -> arrival.headers("Content-Length"))
        .extracting(Object::toString)
        .containsExactly("[" + body.length() + "]", "[]");
    assertThat(bench.receivers().arrivals())
        .extracting(Arrival::sha256)
        .containsOnly(Exchanges.sha256(Buffer.buffer(body)));
  }

  @Test
  void nothingIsOpenedBeforeTheDestinationIsKnown() {
    String body = message("echo", 3000);
    try (RawSender sender = RawSender.to(audited.port)) {
      sender.send(post("echo").only("Content-Length", "" + body.length()).bytes());
      sender.send(body.substring(0, 2000).getBytes(StandardCharsets.UTF_8));
      await().until(() -> audited.gauge("bars.inspect.held.bytes") == 2000);
      assertThat(gate.connections()).isEqualTo(connections);
      assertThat(bench.receivers().arrivals()).isEmpty();

      sender.send(body.substring(2000).getBytes(StandardCharsets.UTF_8));

      assertThat(sender.answer("POST").text()).isEqualTo(body);
    }
  }

  private static RawRequest post(String target) {
    return RawRequest.message("POST", MESSAGE, target)
        .with("Content-Type", "application/fhir+json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"echo", "continues"})
  void routerItselfSendsThe100AndTheReceiversGoesNoFurther(String target) {
    String body = message(target, 0);
    RawRequest head =
        post(target).with("Expect", "100-continue").only("Content-Length", "" + body.length());
    try (RawSender sender = RawSender.to(audited.port).send(head)) {
      StringBuilder came = new StringBuilder();
      await().until(() -> came.append(sender.arrived()).toString().endsWith("\r\n\r\n"));
      assertThat(came.toString()).startsWith("HTTP/1.1 100 Continue");
      sender.send(Buffer.buffer(body).getBytes());
      await().until(() -> came.append(sender.arrived()).toString().endsWith(body));
      assertThat(came.toString().split("HTTP/1.1 100", -1)).hasSize(2);
      assertThat(came.toString()).contains("HTTP/1.1 200");
    }
    assertThat(bench.receivers().arrivals())
        .singleElement()
        .satisfies(arrival -> assertThat(arrival.headers("Expect")).isEmpty());
  }

  @Test
  void refusalAfterThe100ArrivesWhole() {
    String body = message("another", 0) + " ".repeat(3_000_000);
    RawRequest head =
        post("echo").with("Expect", "100-continue").only("Content-Length", "" + body.length());
    try (RawSender sender = RawSender.to(audited.port).send(head)) {
      StringBuilder came = new StringBuilder();
      await().until(() -> came.append(sender.arrived()).toString().endsWith("\r\n\r\n"));
      sender.send(Buffer.buffer(body).getBytes());
      RawAnswer answer = sender.answer("POST");
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text()).contains("PROXY_BAD_REQUEST");
    }
  }

  @Test
  void encodedBodyIsNotHeldAndItsExpectGoesOn() {
    Buffer body = Buffer.buffer(message("another", 0));
    RequestOptions to =
        to("echo", HttpMethod.POST, MESSAGE)
            .putHeader("Content-Encoding", "gzip")
            .putHeader("Content-Length", "" + body.length())
            .putHeader("Expect", "100-continue");
    Answered answered =
        Exchanges.await(
            new Exchanges(bench.vertx(), HttpVersion.HTTP_1_1)
                .with(
                    to,
                    request -> {
                      request.continueHandler(v -> request.end(body));
                      request.sendHead();
                      return request.response().compose(r -> Exchanges.read(r, 1 << 20));
                    }));
    assertThat(answered.body()).isEqualTo(body);
    assertThat(bench.receivers().arrivals().get(0).header("Expect")).hasValue("100-continue");
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void senderThatLeavesWhileItsMessageIsHeldLeavesNothing(HttpVersion version) {
    HttpClientRequest leaving =
        Exchanges.await(
            new Exchanges(bench.vertx(), version)
                .with(
                    to("echo", HttpMethod.POST, MESSAGE),
                    request -> {
                      request.exceptionHandler(e -> {});
                      request.response().onComplete(answer -> {}, failure -> {});
                      request.setChunked(true);
                      request.write("{\"resourceType\":");
                      return Future.succeededFuture(request);
                    }));
    await().until(() -> audited.gauge("bars.inspect.held.bytes") > 0);
    bench.vertx().runOnContext(v -> leaving.reset());

    assertThat(audited.record().result().fate()).isEqualTo(Fate.SENDER_LEFT);
    assertThat(gate.connections()).isEqualTo(connections);
  }

  @Test
  void limitsHoldWhileAMessageIsHeld() {
    try (Bench small = new Bench().target("echo", "echo")) {
      small
          .setup()
          .set("inspect.on-mismatch", "refuse")
          .set("inspect.max-held", "10KiB")
          .set("listen.max-body", "20KiB")
          .set("stream.max-duration", "500ms");
      small.start();
      AuditedBench seen = new AuditedBench(small);
      String unclear = "{\"meta\":[" + "1,".repeat(5200) + "1]}";

      RawAnswer full = RawSender.exchange(seen.port, post("echo").chunked(unclear));
      assertThat(full.status()).isEqualTo(503);
      assertThat(full.header("Retry-After")).isPresent();
      assertThat(seen.record().result().fate()).isEqualTo(Fate.REFUSED);

      // Less than is held, more than a body may have: found by whichever limit comes first.
      seen.audit.clear();
      RawAnswer tooLong =
          RawSender.exchange(seen.port, post("echo").chunked("{" + " ".repeat(30_000)));
      assertThat(tooLong.status()).isIn(413, 503);
      assertThat(seen.record().result().fate()).isEqualTo(Fate.REFUSED);

      seen.audit.clear();
      try (RawSender slow = RawSender.to(seen.port)) {
        slow.send(post("echo").only("Content-Length", "100").afterHead("{"));
        assertThat(slow.isClosedByPeer()).isTrue();
      }
      assertThat(seen.record().result().fate()).isEqualTo(Fate.SENDER_LEFT);
      assertThat(small.receivers().counts().started()).isZero();
      assertThat(seen.gauge("bars.inspect.held.bytes")).isZero();
    }
  }

  @Test
  void bodyOverTheLimitIsRefusedWhileItIsHeld() {
    try (Bench small = new Bench().target("echo", "echo")) {
      small.setup().set("inspect.on-mismatch", "refuse").set("listen.max-body", "2000B");
      small.start();
      AuditedBench seen = new AuditedBench(small);

      RawAnswer answer =
          RawSender.exchange(seen.port, post("echo").chunked("{" + " ".repeat(5000)));

      assertThat(answer.status()).isEqualTo(413);
      assertThat(seen.record().result().fate()).isEqualTo(Fate.REFUSED);
      assertThat(small.receivers().counts().started()).isZero();
      assertThat(seen.gauge("bars.inspect.held.bytes")).isZero();
    }
  }

  /** The lowest rate is looked at over ten seconds. */
  @Test
  void senderThatStallsWhileItsMessageIsHeldIsReset() {
    try (RawSender slow = RawSender.to(audited.port)) {
      slow.send(post("echo").only("Content-Length", "100").afterHead("{"));
      assertThat(slow.isClosedByPeer()).isTrue();
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> !audited.audit.closed().isEmpty());
    assertThat(audited.record().result().fate()).isEqualTo(Fate.SENDER_LEFT);
    assertThat(gate.connections()).isEqualTo(connections);
  }
}
