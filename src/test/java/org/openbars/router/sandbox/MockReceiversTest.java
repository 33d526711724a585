package org.openbars.router.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openbars.router.fixture.Exchanges.await;
import static org.openbars.router.fixture.Exchanges.to;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.StrictErrorHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import org.awaitility.Awaitility;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.MessageHeader;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.Exchanges.Answered;
import org.openbars.router.fixture.TestCertificate;
import org.openbars.router.sandbox.MockReceivers.Options;
import org.openbars.router.sandbox.care.CareReceiver;
import org.openbars.router.sandbox.care.Correspondence;
import org.openbars.router.sandbox.synthetic.CareSetting;
import org.openbars.router.sandbox.synthetic.SyntheticMessages;
import org.openbars.router.sandbox.synthetic.UseCase;

final class MockReceiversTest {
  private static Vertx vertx;
  private static Exchanges client;
  private static MockReceivers receivers;

  @BeforeAll
  static void startReceivers() {
    vertx = Vertx.vertx();
    client = new Exchanges(vertx, HttpVersion.HTTP_1_1);
    receivers = await(MockReceivers.start(vertx, Options.loopback().withEventLoops(2)));
  }

  @AfterAll
  static void stopReceivers() {
    await(receivers.stop());
    await(vertx.close());
  }

  @BeforeEach
  void forget() {
    receivers.clearArrivals();
  }

  private static Resource parsed(Answered answered) {
    String body = answered.body().toString();
    boolean xml = answered.headers().get("Content-Type").contains("xml");
    var parser =
        xml ? FhirContext.forR4Cached().newXmlParser() : FhirContext.forR4Cached().newJsonParser();
    parser.setParserErrorHandler(new StrictErrorHandler());
    return (Resource) parser.parseResource(body);
  }

  private static Answered ask(HttpMethod method, String path) {
    return await(client.exchange(to(method, receivers.baseUrl() + path), Buffer.buffer("{}")));
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/metadata,CapabilityStatement",
    "GET,/MessageDefinition?context=x,Bundle",
    "POST,/$process-message,Bundle",
    "POST,/%24process-message,Bundle",
    "GET,/Slot?status=free,Bundle",
    "GET,/Appointment,Bundle",
    "GET,/Appointment/1,Appointment",
    "POST,/Appointment,Appointment",
    "PUT,/Appointment/1,Appointment",
    "PATCH,/Appointment/1,Appointment",
    "DELETE,/Appointment/1,OperationOutcome",
    "GET,/ServiceRequest,Bundle",
    "GET,/ServiceRequest/1,ServiceRequest",
    "POST,/ServiceRequest,ServiceRequest",
    "PUT,/ServiceRequest/1,ServiceRequest",
    "PATCH,/ServiceRequest/1,ServiceRequest",
    "DELETE,/ServiceRequest/1,OperationOutcome"
  })
  void everyInteractionIsAnsweredWithItsResource(String method, String path, String type) {
    Answered answered = ask(HttpMethod.valueOf(method), path);

    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.headers().get("Content-Type")).isEqualTo("application/fhir+json");
    assertThat(answered.headers().get("X-Request-Id")).isEqualTo(Exchanges.REQUEST_ID);
    assertThat(answered.headers().get("X-Correlation-Id")).isEqualTo(Exchanges.CORRELATION_ID);
    assertThat(parsed(answered).fhirType()).isEqualTo(type);
  }

  @Test
  void xmlIsAnsweredToWhoAsksForIt() {
    RequestOptions options =
        to(HttpMethod.GET, receivers.baseUrl() + "/metadata")
            .putHeader("Accept", "application/fhir+xml; version=1.1.0");

    Answered answered = await(client.exchange(options, Buffer.buffer()));

    assertThat(answered.headers().get("Content-Type")).isEqualTo("application/fhir+xml");
    assertThat(parsed(answered)).isInstanceOf(CapabilityStatement.class);
  }

  @Test
  void aReferralIsAnsweredWithItsResponse() {
    RequestOptions options =
        to(HttpMethod.POST, receivers.baseUrl() + "/$process-message")
            .putHeader("use-context", "a4t1|validation|servicerequest-request|new");

    Bundle answer = (Bundle) parsed(await(client.exchange(options, Buffer.buffer("{}"))));

    MessageHeader header = (MessageHeader) answer.getEntryFirstRep().getResource();
    assertThat(header.getEventCoding().getCode()).isEqualTo("servicerequest-response");
    assertThat(header.getResponse().getIdentifier()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/Unknown,404,REC_NOT_FOUND",
    "GET,/Appointment/1/2,404,REC_NOT_FOUND",
    "DELETE,/Slot,405,REC_METHOD_NOT_ALLOWED"
  })
  void whatIsNotThereIsAnsweredWithAnOutcome(String method, String path, int status, String code) {
    Answered answered = ask(HttpMethod.valueOf(method), path);

    assertThat(answered.status()).isEqualTo(status);
    OperationOutcome outcome = (OperationOutcome) parsed(answered);
    assertThat(outcome.getIssueFirstRep().getDetails().getCodingFirstRep().getCode())
        .isEqualTo(code);
  }

  @Test
  void aMessageWithoutIdsIsRefused() {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setAbsoluteURI(receivers.baseUrl() + "/Slot")
            .putHeader("X-Request-Id", Exchanges.REQUEST_ID);

    Answered answered = await(client.exchange(options, Buffer.buffer()));

    assertThat(answered.status()).isEqualTo(400);
    assertThat(answered.headers().get("X-Request-Id")).isEqualTo(Exchanges.REQUEST_ID);
    OperationOutcome outcome = (OperationOutcome) parsed(answered);
    assertThat(outcome.getIssueFirstRep().getDetails().getCodingFirstRep().getCode())
        .isEqualTo("REC_BAD_REQUEST");
  }

  @Test
  void headIsAnsweredWithTheHeadOfGet() {
    Answered get = ask(HttpMethod.GET, "/Slot");
    Answered head = ask(HttpMethod.HEAD, "/Slot");

    assertThat(head.length()).isZero();
    assertThat(head.headers().get("Content-Length")).isEqualTo(Long.toString(get.length()));
  }

  @Test
  void anArrivalIsKeptAsItCame() {
    Buffer body = Buffer.buffer("{\"resourceType\":\"Bundle\"}");
    RequestOptions options =
        to(HttpMethod.POST, receivers.baseUrl() + "/$process-message?a=%20b&a=c");
    options.addHeader("X-Repeated", "1");
    options.addHeader("x-repeated", "2");

    await(client.exchange(options, body));

    Arrival arrival = receivers.arrivals().get(0);
    assertThat(receivers.arrivals()).hasSize(1);
    assertThat(arrival.method()).isEqualTo("POST");
    assertThat(arrival.uri()).isEqualTo("/FHIR/R4/$process-message?a=%20b&a=c");
    assertThat(arrival.version()).isEqualTo(HttpVersion.HTTP_1_1);
    assertThat(arrival.headers("X-REPEATED")).containsExactly("1", "2");
    assertThat(arrival.header("X-Request-Id")).contains(Exchanges.REQUEST_ID);
    assertThat(arrival.bodyLength()).isEqualTo(body.length());
    assertThat(arrival.sha256())
        .isEqualTo(HexFormat.of().formatHex(Sha256.digest().digest(body.getBytes())));
    assertThat(arrival.whole()).isTrue();
  }

  @Test
  void onlyTheLatestArrivalsAreKept() {
    MockReceivers few = await(MockReceivers.start(vertx, Options.loopback().withArrivals(3)));
    for (int i = 0; i < 5; i++) {
      await(client.exchange(to(HttpMethod.GET, few.baseUrl() + "/Slot?i=" + i), Buffer.buffer()));
    }

    assertThat(few.arrivals())
        .extracting(Arrival::uri)
        .containsExactly("/FHIR/R4/Slot?i=2", "/FHIR/R4/Slot?i=3", "/FHIR/R4/Slot?i=4");
    Awaitility.await().until(() -> few.counts().open() == 0);
    assertThat(few.counts()).isEqualTo(new MockReceivers.Counts(5, 5, 5, 0, 0));
    await(few.stop());
  }

  @Test
  void arrivalsNotAskedForAreOnlyCounted() {
    MockReceivers none = await(MockReceivers.start(vertx, Options.loopback().withArrivals(0)));
    await(client.exchange(to(HttpMethod.GET, none.baseUrl() + "/Slot"), Buffer.buffer()));

    assertThat(none.arrivals()).isEmpty();
    Awaitility.await().until(() -> none.counts().completed() == 1);
    await(none.stop());
  }

  @Test
  void http2IsServedInClearText() {
    Exchanges http2 = new Exchanges(vertx, HttpVersion.HTTP_2);

    Answered answered =
        await(http2.exchange(to(HttpMethod.GET, receivers.baseUrl() + "/Slot"), Buffer.buffer()));

    assertThat(answered.version()).isEqualTo(HttpVersion.HTTP_2);
    assertThat(answered.status()).isEqualTo(200);
    assertThat(receivers.arrivals().get(0).version()).isEqualTo(HttpVersion.HTTP_2);
    assertThat(receivers.arrivals().get(0).headers())
        .noneMatch(header -> header.getKey().startsWith(":"));
  }

  @Test
  void tlsIsServedWithHttp2AndHttp1(@TempDir Path folder) throws Exception {
    TestCertificate certificate = TestCertificate.in(folder);
    MockReceivers secure =
        await(
            MockReceivers.start(
                vertx,
                Options.loopback()
                    .withTls(
                        new MockReceivers.Tls(
                            certificate.certificate(), certificate.key(), null))));
    assertThat(secure.baseUrl()).startsWith("https://127.0.0.1:");

    for (HttpVersion version : new HttpVersion[] {HttpVersion.HTTP_1_1, HttpVersion.HTTP_2}) {
      Exchanges sender = new Exchanges(vertx, version);
      Answered answered =
          await(sender.exchange(to(HttpMethod.GET, secure.baseUrl() + "/Slot"), Buffer.buffer()));
      assertThat(answered.version()).isEqualTo(version);
      assertThat(answered.status()).isEqualTo(200);
    }
    await(secure.stop());
  }

  @Test
  void anIdleConnectionIsClosed() throws Exception {
    MockReceivers idle =
        await(
            MockReceivers.start(vertx, Options.loopback().withIdleTimeout(Duration.ofMillis(200))));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), idle.port())) {
      socket.setSoTimeout(30_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          "GET /FHIR/R4/Nothing HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).startsWith("HTTP/1.1 400");
    }
    await(idle.stop());
  }

  private static MockReceivers caring() {
    UseCase useCase =
        new UseCase(
            "a1t1",
            "APP1",
            "2.1.0",
            UseCase.Category.REFERRAL,
            CareSetting.NHS_111,
            CareSetting.EMERGENCY_DEPARTMENT);
    CareReceiver care =
        new CareReceiver(
            CareSetting.EMERGENCY_DEPARTMENT,
            List.of(useCase),
            new Correspondence(),
            InstantSource.fixed(SyntheticMessages.BEGAN));
    return await(MockReceivers.start(vertx, Options.loopback().withCare(care)));
  }

  /** What takes long is still being processed, and then has been. */
  @Test
  void aReceiverThatCaresKnowsARetry() {
    MockReceivers caring = caring();
    Buffer booking =
        Buffer.buffer(
            SyntheticMessages.json(
                SyntheticMessages.from(CareSetting.EMERGENCY_DEPARTMENT.target())
                    .bookingRequest()));
    RequestOptions slow = to(HttpMethod.POST, caring.baseUrl("delay=1s") + "/$process-message");

    Future<Answered> first = client.exchange(slow, booking);
    Awaitility.await().until(() -> caring.counts().received() == 1);
    RequestOptions again = to(HttpMethod.POST, caring.baseUrl() + "/$process-message");
    Answered early = await(client.exchange(again, booking));
    assertThat(await(first).status()).isEqualTo(200);
    Answered late = await(client.exchange(again, booking));

    assertThat(early.status()).isEqualTo(425);
    assertThat(late.status()).isEqualTo(409);
    assertThat(late.body().toString()).contains("duplicate");
    await(caring.stop());
  }

  @Test
  void aReceiverThatCaresHoldsNoMoreThanAMebibyte() {
    MockReceivers caring = caring();
    RequestOptions options = to(HttpMethod.POST, caring.baseUrl() + "/$process-message");

    Answered answered = await(client.exchange(options, Buffer.buffer(new byte[(1 << 20) + 1])));

    assertThat(answered.status()).isEqualTo(413);
    await(caring.stop());
  }

  @Test
  void anUnknownDirectiveIsToldInWords() {
    Answered answered =
        await(
            client.exchange(
                to(HttpMethod.GET, receivers.origin() + "/behave/sulk/Slot"), Buffer.buffer()));

    assertThat(answered.status()).isEqualTo(500);
    assertThat(answered.body().toString()).contains("unknown directive sulk");
  }
}
