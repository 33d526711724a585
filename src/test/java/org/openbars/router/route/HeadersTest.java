package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openbars.router.fixture.RawRequest.CORRELATION_ID;
import static org.openbars.router.fixture.RawRequest.REQUEST_ID;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fixture.Http2Sender;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawReceiver;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.sandbox.Arrival;

/** Which headers cross the router, each way, and which do not. */
class HeadersTest {
  private static final String ANSWER =
      String.join(
          "\r\n",
          "HTTP/1.1 207 Mixed Bag \u00e9",
          "Server: Receiver/1.0 (odd)",
          "date: Tue, 24 Nov 2026 10:00:00 GMT",
          "Location: https://receiver.example/FHIR/R4/Appointment/1",
          "ETag: W/\"1\"",
          "Set-Cookie: a=1",
          "Set-Cookie: b=2; Path=/",
          "X-Latin: caf\u00e9",
          "Via: 1.1 their-proxy",
          "x-lower: 1",
          "X-Lower: 2",
          "Keep-Alive: timeout=5",
          "Connection: close, X-Nominated",
          "X-Nominated: theirs",
          "Proxy-Authenticate: Basic",
          "Proxy-Connection: keep-alive",
          "Trailer: X-None",
          "Upgrade: h2c",
          "TE: trailers",
          "X-Request-Id: 11111111-1111-4111-8111-111111111111",
          "Content-Type: text/plain;charset=latin1",
          "Content-Length: 2",
          "",
          "ok");

  /** What is left of it: order, case and repetition as they were. */
  private static final List<Map.Entry<String, String>> RELAYED =
      List.of(
          Map.entry("Server", "Receiver/1.0 (odd)"),
          Map.entry("date", "Tue, 24 Nov 2026 10:00:00 GMT"),
          Map.entry("Location", "https://receiver.example/FHIR/R4/Appointment/1"),
          Map.entry("ETag", "W/\"1\""),
          Map.entry("Set-Cookie", "a=1"),
          Map.entry("Set-Cookie", "b=2; Path=/"),
          Map.entry("X-Latin", "caf\u00e9"),
          Map.entry("Via", "1.1 their-proxy"),
          Map.entry("x-lower", "1"),
          Map.entry("X-Lower", "2"),
          Map.entry("X-Request-Id", "11111111-1111-4111-8111-111111111111"),
          Map.entry("Content-Type", "text/plain;charset=latin1"),
          Map.entry("Content-Length", "2"));

  private static RunningReceivers receivers;
  private static RawReceiver raw;
  private static RunningRouter router;
  private static Http2Sender http2;

  /** How a sender speaks to the router. */
  enum Protocol {
    HTTP_1_1,
    HTTP_2
  }

  @BeforeAll
  static void start() {
    receivers = RunningReceivers.start();
    raw = RawReceiver.answering(ANSWER);
    http2 = new Http2Sender();
    router =
        RunningRouter.setup()
            .target("good", receivers.url(""))
            .target("noids", receivers.url("noids"))
            .target(
                "other-ids",
                receivers.url("noids,header=x-correlation-id:theirs,header=X-Correlation-Id:again"))
            .target("raw", raw.url())
            .start();
  }

  @AfterAll
  static void stop() {
    router.close();
    http2.close();
    receivers.close();
    raw.close();
  }

  private static RawAnswer exchange(Protocol protocol, RawRequest request) {
    return switch (protocol) {
      case HTTP_1_1 -> RawSender.exchange(router.port(), request);
      case HTTP_2 -> http2.exchange(router.port(), request);
    };
  }

  private static Arrival arrival(Protocol protocol, RawRequest request) {
    receivers.mock().clearArrivals();
    assertThat(exchange(protocol, request).status()).isEqualTo(200);
    return receivers.last();
  }

  private static RawRequest slots(String target) {
    return RawRequest.message("GET", "/Slot?status=free", target);
  }

  @Test
  void requestHeadersArriveByteForByteInTheirOrder() {
    RawRequest request =
        slots("raw")
            .with("x-UPPER-lower", "a")
            .with("X-Twice", "1")
            .with("Accept", "application/fhir+json;version=1.0.0")
            .with("x-twice", "2")
            .with("X-Twice", "1")
            .with("X-Latin", "caf\u00e9 \u00a3")
            .with("X-Empty", "")
            .with("X-Odd", "\"a, b\";c='d'\t e")
            .with("use-context", "a1t1|booking-request|new|Routine")
            .with("NHSD-End-User-Organisation", "e30=")
            .with("NHSD-Requesting-Software", "e30")
            .with("Cookie", "a=b");
    exchange(Protocol.HTTP_1_1, request);

    String head = raw.requests().get(raw.requests().size() - 1);
    List<String> lines = List.of(head.split("\r\n"));
    List<String> sent =
        request.headers().stream()
            .filter(header -> !header.getKey().equals("Host"))
            .map(header -> header.getKey() + ": " + header.getValue())
            .toList();
    assertThat(lines.get(0)).isEqualTo("GET /FHIR/R4/Slot?status=free HTTP/1.1");
    assertThat(lines.stream().filter(line -> !line.toLowerCase(Locale.ROOT).startsWith("host:")))
        .filteredOn(line -> line.contains(": "))
        .containsExactlyElementsOf(
            Stream.concat(sent.stream(), Stream.of("Via: 1.1 bars-router")).toList());
  }

  @ParameterizedTest
  @EnumSource
  void repeatedHeadersArriveRepeatedAndInOrder(Protocol protocol) {
    Arrival arrival =
        arrival(
            protocol,
            slots("good").with("X-Twice", "1").with("x-twice", "").with("X-TWICE", "caf\u00e9"));

    assertThat(arrival.headers("X-Twice")).containsExactly("1", "", "caf\u00e9");
  }

  @ParameterizedTest
  @EnumSource
  void hostIsTheReceiversAndViaNamesTheRouter(Protocol protocol) {
    Arrival arrival = arrival(protocol, slots("good").with("Via", "1.0 fred"));

    assertThat(arrival.headers("Host")).containsExactly("127.0.0.1:" + receivers.port());
    assertThat(arrival.headers("Via"))
        .containsExactly(
            "1.0 fred", (protocol == Protocol.HTTP_2 ? "2.0" : "1.1") + " bars-router");
    assertThat(arrival.headers()).noneMatch(header -> header.getKey().startsWith(":"));
  }

  @ParameterizedTest
  @EnumSource
  void sendersTokenAndNetworkStayWithTheRouter(Protocol protocol) {
    RawRequest request = slots("good");
    List<String> dropped =
        List.of(
            "Authorization",
            "authorization",
            "Forwarded",
            "X-Forwarded-For",
            "x-forwarded-proto",
            "X-Forwarded-Host",
            "X-Forwarded-Anything",
            "Proxy-Authorization",
            "Proxy-Anything");
    for (String name : dropped) {
      request = request.with(name, "secret");
    }
    Arrival arrival = arrival(protocol, request.with("X-Forwarded", "kept").with("Proxy", "kept"));

    assertThat(arrival.headers()).noneMatch(header -> header.getValue().equals("secret"));
    assertThat(arrival.headers("X-Forwarded")).containsExactly("kept");
    assertThat(arrival.headers("Proxy")).containsExactly("kept");
  }

  @Test
  void hopByHopHeadersOfARequestEndAtTheRouter() {
    Arrival arrival =
        arrival(
            Protocol.HTTP_1_1,
            slots("good")
                .with("Connection", "keep-alive, X-Mine")
                .with("connection", "x-other,,close")
                .with("X-Mine", "1")
                .with("x-OTHER", "1")
                .with("Keep-Alive", "timeout=5")
                .with("Proxy-Connection", "keep-alive")
                .with("Proxy-Authenticate", "Basic")
                .with("TE", "trailers")
                .with("Trailer", "X-None")
                .with("Upgrade", "example/1")
                .with("X-End-To-End", "1"));

    assertThat(arrival.headers().stream().map(h -> h.getKey().toLowerCase(Locale.ROOT)))
        .doesNotContain(
            "connection",
            "x-mine",
            "x-other",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "te",
            "trailer",
            "upgrade",
            "transfer-encoding")
        .contains("x-end-to-end");
  }

  @Test
  void whatHttp2AllowsOfThemEndsAtTheRouterToo() {
    Arrival arrival =
        arrival(
            Protocol.HTTP_2,
            slots("good").with("te", "trailers").with("trailer", "x-none").with("x-end", "1"));

    assertThat(arrival.headers("TE")).isEmpty();
    assertThat(arrival.headers("Trailer")).isEmpty();
    assertThat(arrival.headers("X-End")).containsExactly("1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Request-Id",
        "x-correlation-id",
        "NHSD-Target-Identifier",
        "nhsd-end-user-organisation",
        "use-context",
        "content-type",
        "Content-Length",
        "content-encoding",
        "Accept",
        "Host",
        "Cache-Control",
        "close, X-Request-Id",
      })
  void messageWouldLoseAHeaderItNeedsSoItIsRefused(String nominated) {
    long before = receivers.arrived();
    RawAnswer answer = exchange(Protocol.HTTP_1_1, slots("good").with("Connection", nominated));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(receivers.arrived()).isEqualTo(before);
  }

  @Test
  void answerHeadersArriveByteForByteInTheirOrder() {
    RawAnswer answer = exchange(Protocol.HTTP_1_1, slots("raw"));

    assertThat(answer.status()).isEqualTo(207);
    assertThat(answer.reason()).isEqualTo("Mixed Bag \u00e9");
    assertThat(answer.headers()).containsExactlyElementsOf(RELAYED);
    assertThat(answer.text()).isEqualTo("ok");
  }

  @Test
  void answerHeadersArriveOverHttp2() {
    RawAnswer answer = exchange(Protocol.HTTP_2, slots("raw"));

    assertThat(answer.status()).isEqualTo(207);
    assertThat(answer.headers().stream().filter(header -> !header.getKey().equals(":status")))
        .containsExactlyElementsOf(
            RELAYED.stream()
                .map(h -> Map.entry(h.getKey().toLowerCase(Locale.ROOT), h.getValue()))
                .toList());
    assertThat(answer.text()).isEqualTo("ok");
  }

  @ParameterizedTest
  @EnumSource
  void relayedAnswerKeepsTheIdsItHasOrLacks(Protocol protocol) {
    RawAnswer mirrored = exchange(protocol, slots("good"));
    assertThat(mirrored.values(REQUEST_ID)).containsExactly(RunningRouter.REQUEST_ID);
    assertThat(mirrored.values(CORRELATION_ID)).containsExactly(RunningRouter.CORRELATION_ID);

    RawAnswer without = exchange(protocol, slots("noids"));
    assertThat(without.status()).isEqualTo(200);
    assertThat(without.values(REQUEST_ID)).isEmpty();
    assertThat(without.values(CORRELATION_ID)).isEmpty();

    RawAnswer other = exchange(protocol, slots("other-ids"));
    assertThat(other.values(REQUEST_ID)).isEmpty();
    assertThat(other.values(CORRELATION_ID)).containsExactly("theirs", "again");
  }

  @ParameterizedTest
  @EnumSource
  void bodyArrivesWithTheOneLengthItHas(Protocol protocol) {
    Arrival arrival =
        arrival(
            protocol,
            RawRequest.message("POST", "/$process-message", "good")
                .with("Content-Type", "application/fhir+json")
                .body("{\"resourceType\":\"Bundle\"}"));

    assertThat(arrival.bodyLength()).isEqualTo(25);
    assertThat(arrival.headers("Content-Length")).containsExactly("25");
    assertThat(arrival.headers("Transfer-Encoding")).isEmpty();
  }

  /** A receiver that trusts the first of two lengths would read the rest as another message. */
  @ParameterizedTest
  @EnumSource
  void messageWithTwoLengthsNeverArrivesWithBoth(Protocol protocol) {
    receivers.mock().clearArrivals();
    try {
      exchange(
          protocol,
          RawRequest.message("POST", "/$process-message", "good")
              .body("{}")
              .with("Content-Length", "2"));
    } catch (IllegalStateException e) {
      // Over HTTP/2 the stream may be reset instead: no answer is an answer.
      assertThat(e).hasMessage("no answer");
    }
    assertThat(receivers.mock().arrivals())
        .allMatch(arrival -> arrival.headers("Content-Length").size() == 1);
  }
}
