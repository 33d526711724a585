package org.openbars.router.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openbars.router.audit.SampleExchanges.NHS_NUMBER;
import static org.openbars.router.audit.SampleExchanges.booking;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openbars.router.fixture.HecCollector;
import org.openbars.router.fixture.HecCollector.Mood;
import org.openbars.router.fixture.TcpGate;
import org.openbars.router.fixture.TestCertificate;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.ExchangeRecord;

class SplunkSinkTest extends AuditSinkContract {
  private static final String TOKEN = "00000000-0000-4000-8000-000000000001";
  private static final String BAD = "unacceptable-to-splunk";
  private static final SplunkSink.Waits SHORT =
      new SplunkSink.Waits(
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofMillis(2),
          Duration.ofMillis(50));

  @TempDir Path folder;

  private HecCollector collector;
  private TcpGate gate;
  private String host = "127.0.0.1";
  private boolean ack = true;
  private boolean gzip;
  private boolean secure;
  private @Nullable String index;
  private @Nullable Path caFile;
  private NhsNumbers nhsNumbers = NhsNumbers.OMIT;
  private Duration ackTimeout = Duration.ofSeconds(3);

  @BeforeEach
  void startCollector() throws IOException {
    Files.writeString(folder.resolve("token"), TOKEN + "\n");
    use(HecCollector.plain());
  }

  private void use(HecCollector started) throws IOException {
    if (collector != null) {
      endCollector();
    }
    collector = started;
    collector.token(TOKEN, true);
    gate = TcpGate.open(collector.port());
  }

  @AfterEach
  void endCollector() throws IOException {
    gate.close();
    collector.close();
  }

  @Override
  AuditSink sink(Vertx onVertx) {
    return new SplunkSink(
        onVertx,
        new SplunkConfig(
            (secure ? "https://" : "http://") + host + ":" + gate.port(),
            folder.resolve("token"),
            index,
            ack,
            ackTimeout,
            gzip,
            caFile,
            nhsNumbers),
        SHORT);
  }

  @Override
  TcpGate gate() {
    return gate;
  }

  @Override
  List<String> stored() {
    return collector.events().stream().map(each -> each.at("/event/id").asText()).toList();
  }

  @Override
  boolean holds(String text) {
    return collector.events().stream().anyMatch(each -> each.toString().contains(text));
  }

  @Override
  ExchangeRecord unacceptable() {
    collector.refuse(BAD);
    return samples.record(booking().useContext(BAD));
  }

  @Test
  void anEventHasTheCollectorsFields() throws Exception {
    index = "bars";
    collector.token(TOKEN, true, "bars");
    start();
    Instant received = Instant.parse("2026-11-24T09:08:07.123456Z");

    result(store(List.of(samples.record(booking().at(received)))));

    JsonNode event = collector.events().get(0);
    assertThat(event.path("time").decimalValue())
        .isEqualTo(new BigDecimal(received.getEpochSecond() + ".123456"));
    assertThat(event.path("host").asText()).isEqualTo("node-1");
    assertThat(event.path("source").asText()).isEqualTo("bars-router");
    assertThat(event.path("sourcetype").asText()).isEqualTo("bars:exchange");
    assertThat(event.path("index").asText()).isEqualTo("bars");
    assertThat(event.at("/event/receivedAt").asText()).isEqualTo(received.toString());
  }

  @Test
  void anIndexTheTokenMayNotUseRefusesNoRecord() throws Exception {
    index = "other";
    start();

    assertThat(failure(store(records(1))))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("audit.splunk.index");
  }

  @Test
  void aTokenThatIsNotKnownRefusesNoRecordAndIsReadAgain() throws Exception {
    Files.writeString(folder.resolve("token"), "11111111-0000-4000-8000-000000000001");
    start();
    List<ExchangeRecord> batch = records(3);

    assertThat(failure(store(batch)))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("403")
        .hasMessageContaining("audit.splunk.token-file");
    Files.writeString(folder.resolve("token"), TOKEN);

    result(store(batch));
    assertThat(stored()).containsExactlyElementsOf(ids(batch));
  }

  @Test
  void aTokenThatIsDisabledRefusesNoRecord() throws Exception {
    collector.disable(TOKEN);
    start();

    assertThat(failure(store(records(1))))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("token disabled");
  }

  @Test
  void aTokenFileThatIsGoneIsWaitedFor() throws Exception {
    Files.delete(folder.resolve("token"));
    start();

    assertThat(failure(store(records(1))))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("audit.splunk.token-file");
    assertThat(collector.seen()).isEmpty();
    Files.writeString(folder.resolve("token"), TOKEN);

    result(store(records(1)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Mood.class,
      names = {"BUSY", "BROKEN", "SILENT", "CUTS_AFTER_BODY", "NEVER_ACKNOWLEDGES", "LOGIN_PAGE"})
  void whatIsNotStoredForGoodFailsAndIsStoredLater(Mood mood) throws Exception {
    collector.become(mood);
    start();
    List<ExchangeRecord> batch = records(5);

    assertThat(failure(store(batch))).isInstanceOf(StoreFailure.class);
    collector.become(Mood.WELL);

    result(store(batch));
    assertThat(withoutDoubles(stored())).containsExactlyElementsOf(ids(batch));
  }

  @Test
  void aBatchIsStoredOnlyOnceItIsAcknowledged() throws Exception {
    collector.acknowledgeAfter(5);
    start();

    result(store(records(5)));

    assertThat(collector.seen().stream().filter(each -> each.path().endsWith("/ack"))).hasSize(5);
  }

  @Test
  void aQuestionForAcknowledgementThatFailsIsAskedAgain() throws Exception {
    collector.acknowledgeAfter(1_000_000);
    ackTimeout = Duration.ofSeconds(30);
    start();
    List<ExchangeRecord> batch = records(5);

    var storing = store(batch);
    await().until(() -> collector.seen().stream().anyMatch(each -> each.path().endsWith("/ack")));
    gate.shut();
    collector.acknowledgeAll();
    gate.open();

    result(storing);
    assertThat(stored()).containsExactlyElementsOf(ids(batch));
  }

  @Test
  void eachTryHasAChannelOfItsOwn() throws Exception {
    collector.become(Mood.NEVER_ACKNOWLEDGES);
    ackTimeout = Duration.ofSeconds(1);
    start();
    assertThat(failure(store(records(1)))).hasMessageContaining("audit.splunk.ack-timeout");
    String first = collector.seen().get(0).channel();
    collector.become(Mood.WELL);

    result(store(records(1)));

    List<HecCollector.Seen> seen = collector.seen();
    assertThat(seen.get(seen.size() - 1).channel()).isNotNull().isNotEqualTo(first);
  }

  @Test
  void aTokenWithoutAcknowledgementNeedsNoMoreThan200() throws Exception {
    collector.token(TOKEN, false);
    start();

    result(store(records(2)));

    assertThat(stored()).hasSize(2);
    assertThat(collector.seen()).hasSize(1);
  }

  @Test
  void acknowledgementOffAsksForNone() throws Exception {
    collector.token(TOKEN, false);
    ack = false;
    start();

    result(store(records(2)));

    assertThat(collector.seen()).singleElement().extracting(HecCollector.Seen::channel).isNull();
  }

  @Test
  void acknowledgementOffForATokenThatHasItSaysWhatToChange() throws Exception {
    ack = false;
    start();

    assertThat(failure(store(records(2)))).hasMessageContaining("audit.splunk.ack: on");
  }

  @Test
  void aRedirectIsNotFollowed() throws Exception {
    try (HecCollector other = HecCollector.plain()) {
      other.token(TOKEN, true);
      collector.redirectTo("http://127.0.0.1:" + other.port() + "/services/collector/event");
      collector.become(Mood.REDIRECTS);
      start();

      assertThat(failure(store(records(1))))
          .isInstanceOf(StoreFailure.class)
          .hasMessageContaining("307");
      assertThat(other.seen()).isEmpty();
    }
  }

  @Test
  void aLargeBatchIsSplitIntoBodiesOfOneMebibyte() throws Exception {
    start();
    List<ExchangeRecord> batch = records(4_000);

    result(store(batch));

    assertThat(stored()).containsExactlyElementsOf(ids(batch));
    List<Integer> bodies =
        collector.seen().stream()
            .filter(each -> each.path().endsWith("/event"))
            .map(HecCollector.Seen::bytes)
            .toList();
    assertThat(bodies.size()).isGreaterThan(3);
    assertThat(bodies).allMatch(bytes -> bytes <= SplunkEvents.MAX_BODY);
  }

  @Test
  void gzipIsUnderstood() throws Exception {
    gzip = true;
    start();
    List<ExchangeRecord> batch = records(500);

    result(store(batch));

    assertThat(stored()).containsExactlyElementsOf(ids(batch));
    assertThat(collector.seen().get(0).bytes()).isLessThan(100_000);
  }

  @Test
  void theNhsNumberIsIncludedWhenThatIsSet() throws Exception {
    nhsNumbers = NhsNumbers.INCLUDE;
    start();

    result(store(List.of(samples.record(booking().about(NHS_NUMBER)))));

    assertThat(collector.events().get(0).at("/event/nhsNumber").asText())
        .isEqualTo(NHS_NUMBER.digits());
  }

  @Test
  void aRefusedExchangeSaysWhy() throws Exception {
    start();

    result(store(List.of(samples.record(booking().refused(BarsError.AUDIT_FULL)))));

    assertThat(collector.events().get(0).at("/event/error").asText()).isEqualTo("AUDIT_FULL");
    assertThat(collector.events().get(0).path("event").has("connectedAt")).isFalse();
  }

  @Test
  void tlsIsSpokenWithACollectorWhoseCertificateIsTrusted() throws Exception {
    TestCertificate certificate = TestCertificate.in(folder);
    use(HecCollector.secured(certificate));
    secure = true;
    caFile = certificate.certificate();
    start();

    result(store(records(2)));

    assertThat(stored()).hasSize(2);
  }

  @Test
  void aCertificateThatNobodyVouchesForIsRefused() throws Exception {
    use(HecCollector.secured(TestCertificate.in(folder)));
    secure = true;
    start();

    assertThat(failure(store(records(2)))).isInstanceOf(StoreFailure.class);
    assertThat(collector.seen()).isEmpty();
  }

  @Test
  void aCertificateForAnotherHostIsRefused() throws Exception {
    TestCertificate certificate = TestCertificate.in(folder);
    use(HecCollector.secured(certificate));
    secure = true;
    caFile = certificate.certificate();
    host = "localhost";
    start();

    assertThat(failure(store(records(2)))).isInstanceOf(StoreFailure.class);
    assertThat(collector.seen()).isEmpty();
  }

  @Test
  void whatIsSaidOfTheEventsIsARefusalAndNothingElseIs() {
    List<Integer> refused = new ArrayList<>();
    for (int code = 1; code <= 27; code++) {
      if (answer(400, code).failure() instanceof AuditSink.RefusedBatch) {
        refused.add(code);
      }
      assertThat(answer(403, code).failure()).isInstanceOf(StoreFailure.class);
      assertThat(answer(503, code).failure()).isInstanceOf(StoreFailure.class);
    }
    assertThat(refused).containsExactly(6, 12, 13, 15);
    assertThat(answer(413, 0).failure()).isInstanceOf(AuditSink.RefusedBatch.class);
    assertThat(answer(200, 9).taken()).isFalse();
  }

  private static SplunkAnswer answer(int status, int code) {
    return SplunkAnswer.read(status, Buffer.buffer("{\"text\":\"x\",\"code\":" + code + "}"));
  }
}
