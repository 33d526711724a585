package org.openbars.router.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openbars.router.audit.SampleExchanges.NHS_NUMBER;
import static org.openbars.router.audit.SampleExchanges.booking;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.fixture.CommitGate;
import org.openbars.router.fixture.TestDatabase;
import org.openbars.router.journal.Gap;
import org.openbars.router.ledger.LinkedColumns;
import org.openbars.router.message.DestinationMatch;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Inspection;

class PostgresSinkTest {
  private static final String CHAIN =
      "SELECT day || ' ' || node || ' ' || chain_position || ' ' || id || ' ' ||"
          + " encode(chain_hash, 'hex') FROM audit.exchange ORDER BY day, node, chain_position";
  private static final String HEADS =
      "SELECT day || ' ' || node || ' ' || length || ' ' || encode(head, 'hex')"
          + " FROM audit.chain ORDER BY day, node";

  @TempDir Path folder;

  private final SampleExchanges samples = new SampleExchanges();
  private TestLedger ledger;

  @BeforeEach
  void start() throws Exception {
    ledger = new TestLedger(folder);
  }

  @AfterEach
  void stop() throws Exception {
    ledger.close();
  }

  private List<ExchangeRecord> batch(int size) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    return IntStream.range(0, size)
        .mapToObj(
            i ->
                i % 3 == 0
                    ? samples.record(booking().at(now.minus(1, ChronoUnit.DAYS)).about(NHS_NUMBER))
                    : samples.record(booking().at(now)))
        .toList();
  }

  private static ExchangeRecord of(String node, ExchangeRecord exchange, Inspection inspection) {
    return new ExchangeRecord(
        exchange.id(), node, exchange.asked(), inspection, exchange.steps(), exchange.result());
  }

  @Test
  void linkedColumnsComeFirstAndInOrder() {
    assertThat(AuditColumns.ALL.stream().map(AuditColumns.Column::name).toList())
        .startsWith(LinkedColumns.NAMES.toArray(String[]::new))
        .hasSize(LinkedColumns.NAMES.size() + 1)
        .endsWith("nhs_number");
  }

  @Test
  void everyRecordIsALinkOfItsDaysAndNodesChain() throws Exception {
    PostgresSink sink = ledger.sink();
    List<ExchangeRecord> batch = new ArrayList<>(batch(30));
    batch.addAll(batch(30).stream().map(e -> of("node-2", e, null)).toList());

    ledger.store(sink, batch);
    ledger.store(sink, batch(12));

    assertThat(ledger.database().column("SELECT length FROM audit.chain ORDER BY day, node"))
        .containsExactly("14", "10", "28", "20");
    TestLedger.Checked checked = ledger.verify();
    assertThat(checked.lines()).singleElement().asString().startsWith("note: there are no seals");
    assertThat(checked.result()).hasToString("verified 72 records in 4 chains, 0 faults");
    assertThat(heads()).isEqualTo(ledger.database().column(HEADS));
  }

  private List<String> heads() {
    return ledger.heads().values().stream()
        .map(h -> h.key() + " " + h.length() + " " + TestLedger.hex(h.hash()))
        .toList();
  }

  @Test
  void batchThatComesAgainChangesNothing() throws Exception {
    PostgresSink sink = ledger.sink();
    List<ExchangeRecord> first = batch(10);
    List<ExchangeRecord> second = batch(10);
    ledger.store(sink, first);
    ledger.store(sink, second);
    List<String> before = ledger.database().column(CHAIN);

    ledger.store(sink, first);
    ledger.store(ledger.sink(), second);
    ledger.store(ledger.sink(), Stream.of(first, second, first).flatMap(List::stream).toList());

    assertThat(ledger.database().column(CHAIN)).isEqualTo(before).hasSize(20);
    assertThat(ledger.verify().result().faults()).isZero();
  }

  @Test
  void batchOfWhichSomeIsStoredAddsOnlyTheRest() throws Exception {
    PostgresSink sink = ledger.sink();
    List<ExchangeRecord> all = batch(20);
    ledger.store(sink, all.subList(0, 12));

    ledger.store(sink, all.subList(5, 20));

    assertThat(ledger.database().number("SELECT count(*) FROM audit.exchange")).isEqualTo(20);
    assertThat(ledger.database().number("SELECT sum(length)::bigint FROM audit.chain"))
        .isEqualTo(20);
    assertThat(ledger.verify().result().faults()).isZero();
  }

  @Test
  void commitsThatAreCutLeaveTheChainThatWouldBeThereWithout() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    try (CommitGate gate = CommitGate.to(TestDatabase.port());
        TestLedger untouched = new TestLedger(other)) {
      PostgresSink cut = ledger.sink(ledger.database().uri(gate.port()));
      PostgresSink whole = untouched.sink();
      for (int i = 0; i < 100; i++) {
        List<ExchangeRecord> batch = batch(7);
        gate.cutNext(i % 2 == 0 ? CommitGate.Cut.BEFORE_COMMIT : CommitGate.Cut.BEFORE_ITS_ANSWER);

        Future<Boolean> failed =
            ledger.begin(cut, batch).transform(r -> Future.succeededFuture(r.failed()));
        assertThat((boolean) TestLedger.await(failed)).as("the first try fails").isTrue();
        ledger.store(cut, batch);
        untouched.store(whole, batch);
      }

      assertThat(gate.cuts()).isEqualTo(100);
      assertThat(ledger.database().column(CHAIN))
          .isEqualTo(untouched.database().column(CHAIN))
          .hasSize(700);
      assertThat(ledger.database().column(HEADS)).isEqualTo(untouched.database().column(HEADS));
      assertThat(ledger.verify().result().faults()).isZero();
    }
  }

  @Test
  void twoProcessesOfOneNameDoNotForkTheChain() throws Exception {
    List<PostgresSink> sinks = List.of(ledger.sink(), ledger.sink(), ledger.sink());
    List<ExchangeRecord> shared = batch(60);
    for (int round = 0; round < 20; round++) {
      List<Future<Void>> all = new ArrayList<>();
      for (PostgresSink sink : sinks) {
        List<ExchangeRecord> batch = new ArrayList<>(batch(9));
        batch.addAll(shared.subList(round * 3, round * 3 + 3));
        all.add(ledger.begin(sink, batch));
      }
      for (Future<Void> each : all) {
        // One that met another may fail; the shipper would send it again, and so does this.
        TestLedger.await(each.transform(r -> Future.succeededFuture()));
      }
    }
    for (PostgresSink sink : sinks) {
      ledger.store(sink, shared);
    }

    assertThat(ledger.verify().result().faults()).isZero();
    assertThat(ledger.database().number("SELECT count(*) FROM audit.exchange"))
        .isEqualTo(20 * 3 * 9 + 60);
  }

  @Test
  void whatWasSeenOfABodyStandsInItsColumns() throws Exception {
    ledger.store(ledger.sink(), List.of(of("node-1", samples.record(), inspection("new"))));

    assertThat(onlyRow())
        .containsEntry("inspection", "COMPLETE")
        .containsEntry("destination_match", "MATCHES")
        .containsEntry("bundle_id", "79120f41-a431-4f08-bcc5-1e67006fcae0")
        .containsEntry("bundle_timestamp", "2026-11-24T12:00:00+00:00")
        .containsEntry("message_event", "booking-request")
        .containsEntry("message_reason", "new")
        .containsEntry("definition", "https://fhir.nhs.uk/MessageDefinition/bars")
        .containsEntry("source_endpoint", "urn:source")
        .containsEntry("destination_endpoint", "dos|1")
        .containsEntry("response_identifier", "answers")
        .containsEntry("message_use_case", "a1t1")
        .containsEntry("message_category", "referral")
        .containsEntry("service_request_status", "active")
        .containsEntry("service_request_identifier", "sr|1")
        .containsEntry("appointment_status", "booked")
        .containsEntry("appointment_identifier", "ap|1")
        .containsEntry("invalid_nhs_number", true)
        .containsEntry("nhs_number", NHS_NUMBER.digits())
        .containsEntry("chain_version", 2);
    assertThat(ledger.verify().result().faults()).isZero();
  }

  @Test
  void nhsNumberInFreeTextOfABodyIsKeptInItsColumnOnly() throws Exception {
    String digits = NHS_NUMBER.digits();
    ledger.store(
        ledger.sink(),
        List.of(of("node-1", samples.record(), inspection("x " + digits)), samples.record()));

    List<String> rows =
        ledger
            .database()
            .column(
                "SELECT to_jsonb(e) - 'nhs_number' FROM audit.exchange e"
                    + " WHERE nhs_number = '"
                    + digits
                    + "'");
    assertThat(rows).singleElement().asString().doesNotContain(digits).contains("\"inspection\"");
  }

  private static Inspection inspection(String text) {
    boolean free = text.contains(" ");
    return new Inspection(
        Inspection.State.COMPLETE,
        DestinationMatch.MATCHES,
        new Inspection.Header(
            free ? text : "79120f41-a431-4f08-bcc5-1e67006fcae0",
            free ? text : "2026-11-24T12:00:00+00:00",
            free ? text : "booking-request",
            text,
            free ? text : "https://fhir.nhs.uk/MessageDefinition/bars",
            free ? text : "urn:source",
            List.of(free ? text : "dos|1", "dos|2"),
            free ? text : "answers"),
        new Inspection.Subject(
            free ? text : "a1t1",
            free ? text : "referral",
            free ? text : "active",
            free ? text : "sr|1",
            free ? text : "booked",
            free ? text : "ap|1"),
        new Inspection.Patient(NHS_NUMBER, true));
  }

  private Map<String, Object> onlyRow() {
    List<String> rows = ledger.database().column("SELECT to_jsonb(e) FROM audit.exchange e");
    assertThat(rows).hasSize(1);
    return new JsonObject(rows.get(0)).getMap();
  }

  @Test
  void gapIsStoredOnce() throws Exception {
    PostgresSink sink = ledger.sink();
    Instant noticed = Instant.now().truncatedTo(ChronoUnit.MICROS);
    Gap gap = new Gap(noticed, Gap.Reason.DROPPED, 17);

    TestLedger.await(sink.storeGaps("node-1", List.of(gap)));
    TestLedger.await(sink.storeGaps("node-1", List.of(gap)));

    assertThat(
            ledger
                .database()
                .column("SELECT node || ' ' || reason || ' ' || records FROM audit.gap"))
        .containsExactly("node-1 DROPPED 17");
  }

  @Test
  void connectionThatHangsInsideATransactionDoesNotKeepTheChain() throws Exception {
    // As a server sees a router that vanished: a transaction open, nothing more said.
    ledger.store(ledger.sink(), batch(3));
    AuditDatabase vanishing =
        new AuditDatabase(ledger.database().uri(), null, Duration.ofSeconds(1));
    Vertx vertx = Vertx.vertx();
    try {
      var pool = vanishing.pool(vertx, 1, 1);
      var connection = TestLedger.await(pool.getConnection());
      TestLedger.await(connection.begin());
      TestLedger.await(connection.query("SELECT 1 FROM audit.chain FOR UPDATE").execute());

      ledger.store(ledger.sink(), batch(3));

      assertThat(ledger.verify().result().records()).isEqualTo(6);
    } finally {
      TestLedger.await(vertx.close());
    }
  }

  @Test
  void versionOneWritesAndStartsOnTheNewerSchema() throws Exception {
    ledger.store(ledger.sink(), batch(5));
    LocalDate today = LocalDate.now(ZoneOffset.UTC);

    VersionOne.insert(ledger.database(), today);
    VersionOne.migrate(ledger.database(), folder);

    TestLedger.Checked checked = ledger.verify();
    assertThat(checked.result().faults()).isZero();
    assertThat(checked.lines())
        .contains(
            "note: " + today + " old-node: 1 records are in no chain, from before there were any");
    VersionOne.insert(ledger.database(), today.plusDays(1));
    assertThat(ledger.database().number("SELECT count(*) FROM audit.exchange")).isEqualTo(7);
    TestLedger.Checked later =
        TestLedger.verify(
            ledger.config(),
            new AuditVerification.Options(null, today.plusDays(1), List.of(), List.of(), null));
    assertThat(later.lines())
        .contains(today.plusDays(1) + " old-node - UNCHAINED: 1 records are in no chain");
  }

  @Test
  void rowsOfVersionOneAreReadableAfterTheMigration() throws Exception {
    TestDatabase old = TestDatabase.create();
    VersionOne.migrate(old, folder);
    VersionOne.insert(old, LocalDate.now(ZoneOffset.UTC));

    TestLedger.migrate(old, "classpath:db/migration");

    assertThat(old.column("SELECT node FROM audit.exchange WHERE chain_position IS NULL"))
        .containsExactly("old-node");
    TestLedger.Checked checked =
        TestLedger.verify(SampleExchanges.config(old.uri(), folder.resolve("journal")));
    assertThat(checked.result().faults()).isZero();
  }
}
