package org.openbars.router.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openbars.router.audit.SampleExchanges.base64;
import static org.openbars.router.audit.SampleExchanges.booking;
import static org.openbars.router.audit.SampleExchanges.put;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.fixture.TestDatabase;
import org.openbars.router.journal.JournalConfig;
import org.openbars.router.ledger.LedgerConfig;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.meter.Meters;

class AuditTrailTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final SampleExchanges samples = new SampleExchanges();
  private final Meters meters = new Meters();
  private final List<AuditTrail> trails = new ArrayList<>();
  @TempDir private Path folder;
  private TestDatabase database;
  private AuditTrail audit;

  @BeforeEach
  void start() throws Exception {
    database = TestDatabase.create();
    audit = start(database.uri(), meters);
  }

  @AfterEach
  void stop() throws Exception {
    for (AuditTrail trail : trails) {
      trail.stop(PATIENCE).toCompletionStage().toCompletableFuture().get(90, TimeUnit.SECONDS);
    }
  }

  @Test
  void everyColumnHoldsWhatTheExchangeWas() {
    Instant received = Instant.parse("2026-03-29T00:59:59.123456Z");
    ExchangeRecord exchange =
        samples.record(booking().at(received).about(SampleExchanges.NHS_NUMBER));

    put(audit, exchange);

    JsonObject row = onlyRow();
    assertThat(row.getMap())
        .containsEntry("day", "2026-03-29")
        .containsEntry("id", exchange.id().toString())
        .containsEntry("node", "node-1")
        .containsEntry("received_at", "2026-03-29T00:59:59.123456+00:00")
        .containsEntry("connected_at", "2026-03-29T00:59:59.124457+00:00")
        .containsEntry("request_sent_at", "2026-03-29T00:59:59.125458+00:00")
        .containsEntry("answer_head_at", "2026-03-29T00:59:59.126459+00:00")
        .containsEntry("closed_at", "2026-03-29T00:59:59.12746+00:00")
        .containsEntry("sender_address", "10.1.2.3")
        .containsEntry("method", "POST")
        .containsEntry("interaction", "PROCESS_MESSAGE")
        .containsEntry("request_id", exchange.asked().requestId())
        .containsEntry("correlation_id", exchange.asked().correlationId())
        .containsEntry("target_system", "https://fhir.nhs.uk/Id/dos-service-id")
        .containsEntry("target_value", "2000011147")
        .containsEntry("receiver", "receiver.example:443")
        .containsEntry("api_version", "1.2.0")
        .containsEntry("use_case", "a1t1")
        .containsEntry("category", "booked")
        .containsEntry("event", "booking-request")
        .containsEntry("reason", "new")
        .containsEntry("end_user_organisation", "A1001")
        .containsEntry("software_system", "https://supplier.example/Id/device-identifier")
        .containsEntry("software_value", "SUPP-APP-1")
        .containsEntry("software_name", "Supplier app")
        .containsEntry("software_version", "4.2.1")
        .containsEntry("malformed_header", false)
        .containsEntry("nhs_number", SampleExchanges.NHS_NUMBER.digits())
        .containsEntry("fate", "ANSWERED")
        .containsEntry("status", 200)
        .containsEntry("error", null)
        .containsEntry("bytes_from_sender", 18_700)
        .containsEntry("bytes_to_sender", 1_024)
        .containsEntry("application", null)
        .hasSize(55);
  }

  @Test
  void refusedExchangeIsRecordedWithItsErrorAndWithoutStepsItDidNotReach() {
    put(audit, samples.record(booking().refused(BarsError.TARGET_UNKNOWN)));

    JsonObject row = onlyRow();
    assertThat(row.getMap())
        .containsEntry("fate", "REFUSED")
        .containsEntry("status", 404)
        .containsEntry("error", "TARGET_UNKNOWN")
        .containsEntry("receiver", null)
        .containsEntry("connected_at", null)
        .containsEntry("request_sent_at", null)
        .containsEntry("answer_head_at", null);
  }

  @Test
  void tenThousandRecordsFromFourThreadsArriveExactlyOnce() throws Exception {
    int each = 2_500;
    CountDownLatch done = new CountDownLatch(4);
    for (int t = 0; t < 4; t++) {
      new Thread(
              () -> {
                SampleExchanges own = new SampleExchanges();
                IntStream.range(0, each).forEach(i -> put(audit, own.record()));
                done.countDown();
              })
          .start();
    }
    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();

    awaitRows(10_000);
    assertThat(database.number("SELECT count(DISTINCT id) FROM audit.exchange")).isEqualTo(10_000);
    await().atMost(PATIENCE).until(() -> counter("bars.audit.stored") == 10_000);
    assertThat(lost()).isZero();
  }

  @Test
  void recordHandedOverTwiceIsStoredOnce() {
    ExchangeRecord exchange = samples.record();
    put(audit, exchange);
    awaitRows(1);

    put(audit, exchange);
    put(audit, samples.record());

    awaitRows(2);
    assertThat(lost()).isZero();
  }

  @Test
  void partitionOfADayNotMadeAheadIsMadeWhenNeeded() {
    Instant longAgo = Instant.parse("2025-01-31T23:59:59.999Z");
    Instant next = Instant.parse("2025-02-01T00:00:00Z");
    List.of(longAgo, next, Instant.now())
        .forEach(at -> put(audit, samples.record(booking().at(at))));

    awaitRows(3);
    assertThat(database.number("SELECT count(*) FROM audit.exchange_20250131")).isOne();
    assertThat(database.number("SELECT count(*) FROM audit.exchange_20250201")).isOne();
    assertThat(lost()).isZero();
  }

  @Test
  void partitionsFromYesterdayToAWeekAheadAreThereFromTheStart() {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () ->
                database.number(
                        "SELECT count(*) FROM pg_inherits WHERE inhparent ="
                            + " 'audit.exchange'::regclass")
                    == 9);
  }

  @Test
  void recordThatPostgresRefusesDoesNotHoldUpTheOthers() {
    put(audit, samples.record());
    awaitRows(1);
    database.run(
        """
        CREATE FUNCTION audit.poison() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF new.target_value = 'poison' THEN
            RAISE EXCEPTION 'poisoned' USING ERRCODE = '22000';
          END IF;
          RETURN new;
        END $$;
        CREATE TRIGGER poison BEFORE INSERT ON audit.exchange
          FOR EACH ROW EXECUTE FUNCTION audit.poison();
        ALTER TABLE audit.exchange ADD CONSTRAINT venom CHECK (target_value <> 'venom')""");

    for (int i = 0; i < 1000; i++) {
      String value = i == 137 ? "poison" : i == 611 ? "venom" : "2000011147";
      put(audit, samples.record(booking().to(new TargetIdentifier("system", value))));
    }

    awaitRows(999);
    await().atMost(PATIENCE).until(() -> lost("unwritable") == 2);
  }

  @Test
  void textThatPostgresCannotHoldIsCleanedNotLost() {
    put(
        audit,
        samples.record(
            booking()
                .ids("a\0b", "c\uD800d")
                .to(new TargetIdentifier("s\0".repeat(400), "\uDBFF\0".repeat(9000)))));

    JsonObject row = onlyRow();
    assertThat(row.getString("correlation_id")).isEqualTo("ab");
    assertThat(row.getString("request_id")).isEqualTo("c\uFFFDd");
    assertThat(row.getString("target_system")).isEqualTo("s".repeat(128));
    assertThat(lost()).isZero();
  }

  @Test
  void malformedSenderHeadersLeaveNullsAndAreMarkedAndCounted() {
    put(audit, samples.record(booking().from("not base64!", base64("{"))));

    JsonObject row = onlyRow();
    assertThat(row.getMap())
        .containsEntry("end_user_organisation", null)
        .containsEntry("software_value", null)
        .containsEntry("malformed_header", true)
        .containsEntry("fate", "ANSWERED");
    await()
        .atMost(PATIENCE)
        .until(() -> malformed("organisation") == 1 && malformed("software") == 1);
  }

  @Test
  void nhsNumberStandsInItsOwnColumnOnly() {
    String digits = SampleExchanges.NHS_NUMBER.digits();
    String organisation =
        """
        {"identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"%s"}]}"""
            .formatted(digits);
    String software =
        """
        {"identifier":[{"system":"urn:%1$s","value":"SUPP %1$s"}],
         "deviceName":[{"name":"for %1$s"}],"version":[{"value":"%1$s"}]}"""
            .formatted(digits);
    put(
        audit,
        samples.record(
            booking()
                .about(SampleExchanges.NHS_NUMBER)
                .ids(digits, "patient-" + digits)
                .useContext("a1t1|" + digits + "|x" + digits + "y|new")
                .from(base64(organisation), base64(software))));

    JsonObject row = onlyRow();
    assertThat(row.getString("nhs_number")).isEqualTo(digits);
    assertThat(row.getString("use_case")).isEqualTo("a1t1");
    row.remove("nhs_number");
    assertThat(row.encode()).doesNotContain(digits);
  }

  @Test
  void twoNodesMigrateAndWriteAtOnce() throws Exception {
    TestDatabase fresh = TestDatabase.create();
    AuditTrail one = start(fresh.uri(), new Meters());
    AuditTrail two = start(fresh.uri(), new Meters());
    Instant past = Instant.parse("2025-06-01T12:00:00Z");

    for (int i = 0; i < 500; i++) {
      put(one, samples.record());
      put(two, samples.record());
      put(one, samples.record(booking().at(past)));
      put(two, samples.record(booking().at(past)));
    }

    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> fresh.number("SELECT count(*) FROM audit.exchange") == 2000);
    assertThat(fresh.number("SELECT count(*) FROM audit.flyway_schema_history WHERE version = '1'"))
        .isOne();
  }

  @Test
  void auditThatIsOffTakesEverythingAndKeepsNothing() throws Exception {
    AuditConfig config =
        new AuditConfig(
            false,
            null,
            null,
            2,
            new JournalConfig(
                folder.resolve("none"),
                1 << 20,
                JournalConfig.Sync.OS,
                JournalConfig.WhenFull.REFUSE),
            1,
            Duration.ofMillis(5),
            Duration.ofDays(90),
            new LedgerConfig("node-1", null, null, null),
            null,
            null);
    AuditTrail off = AuditTrail.start(config, new Meters());

    for (int i = 0; i < 10; i++) {
      AuditPlace place = off.reserve();
      assertThat(place.refused()).isFalse();
      place.opened(samples.record(), written -> assertThat(written).isTrue());
      place.record(samples.record(), () -> {});
    }
    assertThat(off.stop(PATIENCE).succeeded()).isTrue();
    assertThat(folder.resolve("none")).doesNotExist();
  }

  private AuditTrail start(String uri, Meters into) throws IOException {
    Path journal = folder.resolve("journal-" + trails.size());
    AuditTrail trail = AuditTrail.start(SampleExchanges.config(uri, journal), into);
    trails.add(trail);
    return trail;
  }

  private void awaitRows(long rows) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> database.number("SELECT count(*) FROM audit.exchange") == rows);
  }

  private JsonObject onlyRow() {
    awaitRows(1);
    return new JsonObject(database.column("SELECT to_jsonb(e) FROM audit.exchange e").get(0));
  }

  private double counter(String name) {
    return meters.registry().get(name).counter().count();
  }

  private double lost(String reason) {
    return meters.registry().get("bars.audit.lost").tag("reason", reason).counter().count();
  }

  private double malformed(String header) {
    return meters
        .registry()
        .get("bars.audit.headers.malformed")
        .tag("header", header)
        .counter()
        .count();
  }

  private double lost() {
    return lost("unwritable");
  }
}
