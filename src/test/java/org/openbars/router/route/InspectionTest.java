package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.hl7.fhir.r4.model.Bundle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.openbars.router.fixture.Bench;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.Exchanges.Answered;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.message.DestinationMatch;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Inspection;
import org.openbars.router.message.Inspection.State;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.sandbox.synthetic.SyntheticMessages;

/** A body is read as it passes: what is seen reaches the record, and not a byte changes. */
final class InspectionTest {
  private static final String MESSAGE = "/$process-message";
  private static final String JSON = "application/fhir+json";
  private static final String XML = "application/fhir+xml";
  private static final int MIB = 1 << 20;
  private static final Bundle BOOKING =
      SyntheticMessages.from(new TargetIdentifier(RunningRouter.SYSTEM, "echo")).bookingRequest();
  private static Bench bench;
  private static AuditedBench audited;
  private static Exchanges sender;

  @BeforeAll
  static void start() {
    bench =
        new Bench()
            .target("echo", "echo")
            .target("ordinary", "")
            .target("hang", "hang=after-read")
            .start();
    audited = new AuditedBench(bench);
    sender = new Exchanges(bench.vertx(), HttpVersion.HTTP_1_1);
  }

  @AfterAll
  static void stop() {
    bench.close();
  }

  @BeforeEach
  void forget() {
    audited.audit.clear();
    bench.receivers().clearArrivals();
  }

  private static RequestOptions to(String target, String contentType) {
    return bench
        .to(target, HttpMethod.POST, MESSAGE)
        .setPort(audited.port)
        .putHeader("Content-Type", contentType);
  }

  private static Inspection inspected(RequestOptions to, Buffer body) {
    audited.audit.clear();
    Answered answered = Exchanges.await(sender.exchange(to, body));
    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.sha256()).isEqualTo(Exchanges.sha256(body));
    return audited.record().inspection();
  }

  @Test
  void recordTellsWhatTheMessageSaysOfItself() {
    Inspection json = inspected(to("echo", JSON), Buffer.buffer(SyntheticMessages.json(BOOKING)));
    Inspection xml = inspected(to("echo", XML), Buffer.buffer(SyntheticMessages.xml(BOOKING)));

    for (Inspection seen : new Inspection[] {json, xml}) {
      assertThat(seen.state()).isEqualTo(State.COMPLETE);
      assertThat(seen.destination()).isEqualTo(DestinationMatch.MATCHES);
      assertThat(seen.header().event()).isEqualTo("booking-request");
      assertThat(seen.header().bundleId()).isEqualTo(BOOKING.getIdElement().getIdPart());
      assertThat(seen.patient().nhsNumber()).isNotNull();
    }
  }

  @Test
  void accessLineTellsStateAndEventAndNothingElseOfTheBody() {
    try (AccessLines lines = new AccessLines()) {
      Inspection seen = inspected(to("echo", JSON), Buffer.buffer(SyntheticMessages.json(BOOKING)));
      await().until(() -> lines.exchanges() == 1);
      assertThat(lines.text())
          .contains("inspection=\"COMPLETE\"", "messageEvent=\"booking-request\"")
          .doesNotContain(seen.header().bundleId())
          .doesNotContain(seen.header().source())
          .doesNotContain(seen.patient().nhsNumber().digits());
    }
  }

  @Test
  void messageForAnotherPassesAndIsFlagged() {
    double flagged = audited.counter("bars.inspect.mismatch", "answer", "flagged");
    double complete = audited.counter("bars.inspect", "state", "complete");
    Buffer body = Buffer.buffer(SyntheticMessages.json(BOOKING));

    Exchanges.await(sender.exchange(to("ordinary", JSON), body));

    assertThat(audited.record().inspection().destination()).isEqualTo(DestinationMatch.DIFFERS);
    assertThat(bench.receivers().arrivals().get(0).sha256()).isEqualTo(Exchanges.sha256(body));
    assertThat(audited.counter("bars.inspect.mismatch", "answer", "flagged"))
        .isEqualTo(flagged + 1);
    assertThat(audited.counter("bars.inspect", "state", "complete")).isEqualTo(complete + 1);
  }

  @Test
  void requestWithoutBodyIsNotInspected() {
    RequestOptions get = bench.to("echo", HttpMethod.GET, "/Slot").setPort(audited.port);
    Exchanges.await(sender.exchange(get, Buffer.buffer()));
    assertThat(audited.record().inspection()).isNull();
  }

  @Test
  void nothingIsInspectedWhenItIsSwitchedOff() {
    try (Bench off = new Bench().target("echo", "echo")) {
      off.setup().set("inspect.mode", "off").set("inspect.on-mismatch", "refuse");
      off.start();
      AuditedBench seen = new AuditedBench(off);
      Buffer body = Buffer.buffer(SyntheticMessages.json(BOOKING).replace("echo", "another"));
      Answered answered =
          Exchanges.await(
              new Exchanges(off.vertx(), HttpVersion.HTTP_1_1)
                  .exchange(off.to("echo", HttpMethod.POST, MESSAGE).setPort(seen.port), body));
      assertThat(answered.body()).isEqualTo(body);
      assertThat(seen.record().inspection()).isNull();
    }
  }

  @Test
  void bodyThatBreaksOffIsInspectedAsFarAsItCame() {
    String body = SyntheticMessages.json(BOOKING);
    HttpClientRequest leaving =
        Exchanges.await(
            sender.with(
                to("echo", JSON),
                request -> {
                  request.exceptionHandler(e -> {});
                  request.response().onComplete(answer -> {}, failure -> {});
                  request.setChunked(true);
                  request.write(body.substring(0, body.length() / 2));
                  return Future.succeededFuture(request);
                }));
    await().until(() -> !audited.audit.opened().isEmpty());
    await().until(() -> bench.receivers().counts().open() == 1);
    bench.vertx().runOnContext(v -> leaving.reset());

    ExchangeRecord record = audited.record();
    assertThat(record.inspection().state()).isEqualTo(State.PARTIAL);
    assertThat(record.inspection().header().event()).isEqualTo("booking-request");
  }

  static Stream<Arguments> hostile() throws IOException {
    String booking = SyntheticMessages.json(BOOKING);
    byte[] broken = booking.getBytes(StandardCharsets.UTF_8);
    broken[broken.length / 2] = (byte) 0xff;
    String bomb =
        "<!DOCTYPE a [<!ENTITY a0 \"ha\">"
            + Stream.iterate(1, i -> i + 1)
                .limit(20)
                .map(i -> "<!ENTITY a" + i + " \"&a" + (i - 1) + ";&a" + (i - 1) + ";\">")
                .reduce("", String::concat)
            + "]><Bundle xmlns=\"http://hl7.org/fhir\"><id value=\"&a20;\"/></Bundle>";
    String file =
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Bundle"
            + " xmlns=\"http://hl7.org/fhir\"><id value=\"&x;\"/></Bundle>";
    return Stream.of(
        Arguments.of("10,000 arrays", JSON, Buffer.buffer("[".repeat(10_000)), State.TOO_DEEP),
        Arguments.of(
            "10,000 arrays and their ends",
            JSON,
            Buffer.buffer("[".repeat(10_000) + "]".repeat(10_000)),
            State.TOO_DEEP),
        Arguments.of("a byte that is no UTF-8", JSON, Buffer.buffer(broken), State.MALFORMED),
        Arguments.of("entities without end", XML, Buffer.buffer(bomb), State.DTD),
        Arguments.of("an external entity", XML, Buffer.buffer(file), State.DTD),
        Arguments.of(
            "half a booking",
            JSON,
            Buffer.buffer(booking.substring(0, booking.length() / 2)),
            State.MALFORMED),
        Arguments.of("XML that says JSON", JSON, Buffer.buffer("<Bundle/>"), State.MALFORMED),
        Arguments.of("gzip that says so not", JSON, Buffer.buffer(gzip(booking)), State.COMPRESSED),
        Arguments.of("a picture", "image/png", Buffer.buffer("\u0089PNG"), State.NOT_READ));
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void hostileBodyPassesUnchangedAndItsStateIsTold(
      String name, String contentType, Buffer body, State state) {
    String label = state.name().toLowerCase(Locale.ROOT);
    double before = audited.counter("bars.inspect", "state", label);
    assertThat(inspected(to("echo", contentType), body).state()).as(name).isEqualTo(state);
    assertThat(audited.counter("bars.inspect", "state", label)).isEqualTo(before + 1);
    // The next one is read as if nothing had been.
    assertThat(inspected(to("echo", JSON), Buffer.buffer(SyntheticMessages.json(BOOKING))).state())
        .isEqualTo(State.COMPLETE);
  }

  @Test
  void gzippedBodyThatSaysSoIsNotRead() throws IOException {
    RequestOptions to = to("echo", JSON).putHeader("Content-Encoding", "gzip");
    Inspection seen = inspected(to, Buffer.buffer(gzip(SyntheticMessages.json(BOOKING))));
    assertThat(seen.state()).isEqualTo(State.COMPRESSED);
  }

  @Test
  void wrongCheckDigitIsToldAndTheNumberIsNot() {
    Inspection good = inspected(to("echo", JSON), Buffer.buffer(SyntheticMessages.json(BOOKING)));
    String number = good.patient().nhsNumber().digits();
    String wrong =
        number.substring(0, 9) + (number.charAt(9) == '9' ? '0' : (char) (number.charAt(9) + 1));
    assertThat(NhsNumber.isValid(wrong)).isFalse();

    Inspection seen =
        inspected(
            to("echo", JSON),
            Buffer.buffer(SyntheticMessages.json(BOOKING).replace(number, wrong)));

    assertThat(seen.state()).isEqualTo(State.COMPLETE);
    assertThat(seen.patient()).isEqualTo(new Inspection.Patient(null, true));
  }

  /** 50 MB in one text, with what lives on the heap looked at when most of it has passed. */
  @Test
  void textOfFiftyMegabytesPassesAndMemoryStaysFlat() {
    inspected(to("echo", JSON), Buffer.buffer(SyntheticMessages.json(BOOKING)));
    audited.audit.clear();
    bench.receivers().clearArrivals();
    Buffer piece = Buffer.buffer("a".repeat(64 * 1024));
    long before = live();
    AtomicLong during = new AtomicLong();
    Answered answered =
        Exchanges.await(
            sender.with(
                to("ordinary", JSON),
                request -> {
                  request.setChunked(true);
                  request.write("{\"id\":\"");
                  pour(request, piece, 800, during);
                  return request.response().compose(answer -> Exchanges.read(answer, MIB));
                }));
    assertThat(answered.status()).isEqualTo(200);
    assertThat(audited.record().inspection().state()).isEqualTo(State.TOO_LARGE_VALUE);
    assertThat(bench.receivers().arrivals().get(0).bodyLength()).isEqualTo(800L * 64 * 1024 + 9);
    assertThat(during.get() - before).isLessThan(20L * MIB);
  }

  private static void pour(HttpClientRequest request, Buffer piece, int pieces, AtomicLong during) {
    int[] left = {pieces};
    Runnable[] more = new Runnable[1];
    more[0] =
        () -> {
          while (left[0] > 0 && !request.writeQueueFull()) {
            request.write(piece);
            if (--left[0] == pieces / 10) {
              during.set(live());
            }
          }
          if (left[0] == 0) {
            left[0] = -1;
            request.end("\"}");
          }
        };
    request.drainHandler(v -> more[0].run());
    more[0].run();
  }

  private static long live() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
