package org.openbars.router.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openbars.router.audit.SampleExchanges.NHS_NUMBER;
import static org.openbars.router.audit.SampleExchanges.booking;

import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.fixture.KafkaBroker;
import org.openbars.router.fixture.TcpGate;
import org.openbars.router.message.DestinationMatch;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Inspection;

/** Against a real broker. */
class KafkaSinkTest extends AuditSinkContract {
  private static final KafkaSink.Waits SHORT =
      new KafkaSink.Waits(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(8));

  private static KafkaBroker broker;

  @TempDir Path folder;

  private String topic = "";
  private @Nullable Path propertiesFile;
  private NhsNumbers nhsNumbers = NhsNumbers.OMIT;

  @BeforeAll
  static void startBroker() {
    broker = KafkaBroker.shared();
  }

  @BeforeEach
  void makeTopic() {
    broker.gate().open();
    topic = broker.topic(1, Map.of());
  }

  @Override
  AuditSink sink(Vertx onVertx) {
    return new KafkaSink(
        onVertx,
        new KafkaConfig(broker.bootstrapServers(), topic, propertiesFile, true, nhsNumbers),
        SHORT);
  }

  @Override
  TcpGate gate() {
    return broker.gate();
  }

  @Override
  List<String> stored() {
    return read().stream().map(KafkaSinkTest::id).toList();
  }

  @Override
  boolean holds(String text) {
    return read().stream().anyMatch(each -> (each.key() + value(each)).contains(text));
  }

  @Override
  ExchangeRecord unacceptable() {
    topic = broker.topic(1, Map.of("max.message.bytes", "4000"));
    ExchangeRecord usual = samples.record();
    String longest = "x".repeat(Inspection.MAX_TEXT);
    Inspection large =
        new Inspection(
            Inspection.State.COMPLETE,
            DestinationMatch.MATCHES,
            new Inspection.Header(
                longest,
                longest,
                longest,
                longest,
                longest,
                longest,
                Collections.nCopies(Inspection.MAX_DESTINATIONS, longest),
                longest),
            new Inspection.Subject(longest, longest, longest, longest, longest, longest),
            new Inspection.Patient(null, false));
    return new ExchangeRecord(
        usual.id(), usual.node(), usual.asked(), large, usual.steps(), usual.result());
  }

  private List<ConsumerRecord<String, byte[]>> read() {
    return broker.read(topic);
  }

  private static String id(ConsumerRecord<String, byte[]> message) {
    Header header = message.headers().lastHeader("id");
    return new String(header.value(), StandardCharsets.US_ASCII);
  }

  private static String value(ConsumerRecord<String, byte[]> message) {
    return new String(message.value(), StandardCharsets.UTF_8);
  }

  @Test
  void aMessageHasTheCorrelationIdAsItsKeyAndTheEventAsItsValue() throws Exception {
    start();
    ExchangeRecord exchange = samples.record();

    result(store(List.of(exchange)));

    ConsumerRecord<String, byte[]> message = read().get(0);
    assertThat(message.key()).isEqualTo(exchange.asked().correlationId());
    assertThat(value(message)).startsWith("{\"id\":\"" + exchange.id() + "\"");
  }

  @Test
  void aConversationStaysInOrderOverPartitions() throws Exception {
    topic = broker.topic(4, Map.of());
    start();
    List<ExchangeRecord> batch = new ArrayList<>();
    Map<String, List<String>> byConversation = new HashMap<>();
    for (int i = 0; i < 400; i++) {
      ExchangeRecord exchange =
          samples.record(booking().ids("00000000-0000-4000-8000-00000000000" + i % 10, "r"));
      batch.add(exchange);
      byConversation
          .computeIfAbsent(exchange.asked().correlationId(), c -> new ArrayList<>())
          .add(exchange.id().toString());
    }

    result(store(batch));

    Map<String, List<String>> arrived = new HashMap<>();
    read()
        .forEach(each -> arrived.computeIfAbsent(each.key(), k -> new ArrayList<>()).add(id(each)));
    assertThat(arrived).isEqualTo(byConversation);
  }

  @Test
  void aTopicThatIsNotThereRefusesNoRecord() throws Exception {
    topic = "no-such-topic";
    start();

    assertThat(failure(store(records(3))))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("no-such-topic");
  }

  @Test
  void theNhsNumberIsIncludedWhenThatIsSet() throws Exception {
    nhsNumbers = NhsNumbers.INCLUDE;
    start();

    result(store(List.of(samples.record(booking().about(NHS_NUMBER)))));

    assertThat(value(read().get(0))).contains("\"nhsNumber\":\"" + NHS_NUMBER.digits() + "\"");
  }

  @Test
  void gzipNeedsNoNativeCode() throws Exception {
    propertiesFile = properties("compression.type=gzip");
    start();
    List<ExchangeRecord> batch = records(100);

    result(store(batch));

    assertThat(stored()).containsExactlyElementsOf(ids(batch));
  }

  @Test
  void aPropertiesFileThatCameToBeWrongIsReadAgain() throws Exception {
    propertiesFile = properties("acks=0");
    start();
    List<ExchangeRecord> batch = records(2);

    assertThat(failure(store(batch)))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("sets acks");
    properties("security.protocol=PLAINTEXT");

    result(store(batch));
    assertThat(stored()).containsExactlyElementsOf(ids(batch));
  }

  @Test
  void plaintextMustBeAskedFor() throws Exception {
    assertThat(KafkaSettings.problem(null, false)).isNull();
    assertThat(KafkaSettings.problem(properties("security.protocol=SASL_PLAINTEXT"), false))
        .contains("without TLS");
    assertThat(KafkaSettings.problem(properties("security.protocol=SASL_PLAINTEXT"), true))
        .isNull();
    assertThat(KafkaSettings.problem(properties("ssl.endpoint.identification.algorithm="), false))
        .contains("host names");
  }

  @Test
  void whatRecordsDependOnIsNotTheFilesToSet() throws Exception {
    for (String line :
        List.of("enable.idempotence=false", "retries=0", "bootstrap.servers=other:1", "x=1")) {
      assertThat(KafkaSettings.problem(properties(line), true))
          .contains("sets " + line.substring(0, line.indexOf('=')));
    }
    assertThat(KafkaSettings.problem(properties("compression.type=zstd"), true))
        .contains("compression.type");
    assertThat(KafkaSettings.problem(folder.resolve("gone"), true)).contains("cannot be read");
  }

  private Path properties(String line) throws Exception {
    return Files.writeString(folder.resolve("kafka.properties"), line + "\n");
  }
}
