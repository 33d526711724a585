package org.openbars.router.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openbars.router.audit.SampleExchanges.NHS_NUMBER;
import static org.openbars.router.audit.SampleExchanges.booking;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.audit.AuditQuestion.Correction;
import org.openbars.router.audit.AuditQuestion.Lift;
import org.openbars.router.audit.AuditQuestion.Looks;
import org.openbars.router.audit.AuditQuestion.Restriction;
import org.openbars.router.audit.AuditSearch.Answer;
import org.openbars.router.audit.AuditSearch.Done;
import org.openbars.router.audit.AuditSearch.LookPage;
import org.openbars.router.audit.AuditSearch.NotFound;
import org.openbars.router.audit.AuditSearch.Page;
import org.openbars.router.audit.AuditSearch.Query;
import org.openbars.router.audit.AuditSearch.Unavailable;
import org.openbars.router.fixture.TestDatabase;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.meter.Meters;

/** Questions about one person, changes beside the records, and who looked. */
class AuditQuestionsTest {
  @TempDir private Path folder;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final NhsNumber SOMEBODY_ELSE = other();
  private static final Asker DESK = new Asker("node-1", "loopback", "127.0.0.1", true);
  private static final String ROWS =
      "SELECT md5(string_agg(x::text, '' ORDER BY x.id)) FROM audit.exchange x";

  private final SampleExchanges samples = new SampleExchanges();
  private TestDatabase database;
  private AuditTrail audit;
  private ExchangeRecord first;

  private static NhsNumber other() {
    for (long n = 9_990_000_100L; ; n++) {
      if (NhsNumber.isValid(String.valueOf(n))) {
        return new NhsNumber(String.valueOf(n));
      }
    }
  }

  @BeforeEach
  void storeRecords() throws Exception {
    database = TestDatabase.create();
    audit = AuditTrail.start(SampleExchanges.config(database.uri(), folder), new Meters());
    first = samples.record(booking().at(NOON).about(NHS_NUMBER));
    SampleExchanges.put(audit, first);
    SampleExchanges.put(
        audit, samples.record(booking().at(NOON.plusSeconds(86_400)).about(NHS_NUMBER)));
    SampleExchanges.put(
        audit, samples.record(booking().at(NOON.plusSeconds(1)).about(SOMEBODY_ELSE)));
    SampleExchanges.put(audit, samples.record(booking().at(NOON.plusSeconds(2))));
    stored(4);
  }

  @AfterEach
  void stop() throws Exception {
    audit.stop(PATIENCE).toCompletionStage().toCompletableFuture().get(90, TimeUnit.SECONDS);
  }

  @Test
  void recordsOfOnePersonAreFoundInEveryDayAndTheNumberIsNotShown() throws Exception {
    Page page = page(about(NHS_NUMBER));

    assertThat(page.records()).hasSize(2);
    assertThat(page.records().get(1).getString("id")).isEqualTo(first.id().toString());
    assertThat(page.toJson().encode()).doesNotContain(NHS_NUMBER.digits());
    assertThat(page(about(NHS_NUMBER, NOON.plusSeconds(60))).records()).hasSize(1);
  }

  @Test
  void restrictionHidesRecordsAlreadyHeldAndThoseThatComeLater() throws Exception {
    String before = database.column(ROWS).get(0);
    assertThat(ask(new Restriction(NHS_NUMBER, "asked by the patient")))
        .isEqualTo(new Done(new JsonObject().put("restricted", true).put("records", 2L)));
    assertThat(database.column(ROWS)).containsExactly(before);

    ExchangeRecord later = samples.record(booking().at(NOON.plusSeconds(5)).about(NHS_NUMBER));
    SampleExchanges.put(audit, later);
    stored(5);

    assertThat(page(about(NHS_NUMBER))).isEqualTo(new Page(List.of(), 3, null));
    String correlation = String.valueOf(later.asked().correlationId());
    assertThat(page(byCorrelation(correlation))).isEqualTo(new Page(List.of(), 1, null));
    assertThat(page(window(100, null)).records()).hasSize(2);
    assertThat(page(window(100, null)).withheld()).isEqualTo(3);
    assertThat(page(about(SOMEBODY_ELSE)).records()).hasSize(1);
  }

  @Test
  void pagesGoOnAcrossWhatIsWithheld() throws Exception {
    ask(new Restriction(NHS_NUMBER, "asked by the patient"));
    List<String> found = new ArrayList<>();
    int withheld = 0;
    int pages = 0;
    String cursor = null;
    do {
      Page page = page(window(1, cursor));
      page.records().forEach(record -> found.add(record.getString("id")));
      withheld += page.withheld();
      cursor = page.next();
      pages++;
    } while (cursor != null);

    assertThat(pages).isEqualTo(4);
    assertThat(found).hasSize(2).doesNotHaveDuplicates();
    assertThat(withheld).isEqualTo(2);
  }

  @Test
  void liftedRestrictionShowsTheRecordsAgainAndStaysAsHistory() throws Exception {
    assertThat(ask(new Lift(NHS_NUMBER, "agreed"))).isInstanceOf(NotFound.class);
    ask(new Restriction(NHS_NUMBER, "asked by the patient"));
    ask(new Restriction(NHS_NUMBER, "asked twice"));
    assertThat(database.number("SELECT count(*) FROM audit.restriction")).isEqualTo(1);

    assertThat(ask(new Lift(NHS_NUMBER, "agreed"))).isInstanceOf(Done.class);

    assertThat(page(about(NHS_NUMBER)).records()).hasSize(2);
    assertThat(
            database.column(
                "SELECT reason || '; ' || lifted_reason || '; ' || lifted_by FROM audit.restriction"))
        .containsExactly("asked by the patient; agreed; loopback");
    ask(new Restriction(NHS_NUMBER, "once more"));
    assertThat(page(about(NHS_NUMBER)).withheld()).isEqualTo(2);
  }

  @Test
  void correctionIsShownAndTheRecordStays() throws Exception {
    String before = database.column(ROWS).get(0);
    assertThat(ask(new Correction(first.id(), "endUserOrganisation", "B2002", "wrong site")))
        .isInstanceOf(Done.class);
    assertThat(ask(new Correction(first.id(), "nhsNumber", "wrong", "another patient")))
        .isInstanceOf(Done.class);

    JsonObject record = page(byCorrelation(first.asked().correlationId())).records().get(0);
    JsonArray corrections = record.getJsonArray("corrections");
    assertThat(record.getString("endUserOrganisation")).isEqualTo("A1001");
    assertThat(corrections.size()).isEqualTo(2);
    assertThat(corrections.getJsonObject(0).getString("value")).isEqualTo("B2002");
    assertThat(corrections.getJsonObject(0).getString("who")).isEqualTo("loopback");
    assertThat(Instant.parse(corrections.getJsonObject(0).getString("at")))
        .isBetween(Instant.now().minusSeconds(600), Instant.now().plusSeconds(600));
    assertThat(corrections.getJsonObject(1).getString("field")).isEqualTo("nhsNumber");
    assertThat(database.column(ROWS)).containsExactly(before);
  }

  @Test
  void recordThatIsNotHeldCannotBeCorrected() throws Exception {
    Correction unknown = new Correction(UUID.randomUUID(), "useCase", "a1t2", "typed wrongly");

    assertThat(ask(unknown)).isInstanceOf(NotFound.class);
    assertThat(database.number("SELECT count(*) FROM audit.correction")).isZero();
  }

  @Test
  void everyLookIsKeptWithWhoAskedAndNoNumber() throws Exception {
    page(about(NHS_NUMBER));
    page(byCorrelation("9990000018"));
    ask(new Restriction(SOMEBODY_ELSE, "asked by the patient"));
    ask(new Lift(SOMEBODY_ELSE, "agreed"));
    ask(new Correction(first.id(), "useCase", "a1t2", "typed wrongly"));
    LookPage looks = (LookPage) ask(new Looks(null, null, 100, null));

    assertThat(looks.looks())
        .extracting(look -> look.getString("kind"))
        .containsExactly(
            "correction", "restriction-lift", "restriction", "search-post", "search-post");
    JsonObject oldest = looks.looks().get(4);
    assertThat(oldest.getJsonObject("question"))
        .isEqualTo(new JsonObject().put("nhs-number", "asked").put("limit", 100));
    assertThat(oldest.getLong("records")).isEqualTo(2);
    assertThat(oldest.getString("who")).isEqualTo("loopback");
    assertThat(oldest.getString("node")).isEqualTo("node-1");
    assertThat(looks.looks().get(3).getJsonObject("question").getString("correlation-id"))
        .isEqualTo("masked");
    assertThat(
            database.column(
                "SELECT count(DISTINCT person) || ' ' || count(person) FROM audit.look"))
        .containsExactly("2 3");
    assertThat(database.column("SELECT l::text FROM audit.look l").toString())
        .doesNotContain(NHS_NUMBER.digits(), SOMEBODY_ELSE.digits());
    assertThat(((LookPage) ask(new Looks(null, null, 1, null))).looks().get(0).getString("kind"))
        .isEqualTo("looks");
  }

  @Test
  void looksArePagedWithinTheirWindow() throws Exception {
    Instant before = Instant.now().minusSeconds(3600);
    for (int i = 0; i < 5; i++) {
      page(window(1 + i, null));
    }
    List<Integer> limits = new ArrayList<>();
    String cursor = null;
    do {
      LookPage page = (LookPage) ask(new Looks(before, Instant.now().plusSeconds(3600), 2, cursor));
      page.looks().stream()
          .filter(look -> look.getString("kind").equals("search-post"))
          .forEach(look -> limits.add(look.getJsonObject("question").getInteger("limit")));
      cursor = page.next();
    } while (cursor != null);

    assertThat(limits).containsExactly(5, 4, 3, 2, 1);
    assertThat(((LookPage) ask(new Looks(null, before, 10, null))).looks()).isEmpty();
  }

  @Test
  void whatCannotBeAuditedIsNeitherShownNorDone() throws Exception {
    database.run("ALTER TABLE audit.look RENAME TO hidden");

    assertThat(ask(window(100, null))).isInstanceOf(Unavailable.class);
    assertThat(ask(new Looks(null, null, 100, null))).isInstanceOf(Unavailable.class);
    assertThat(ask(new Restriction(NHS_NUMBER, "x"))).isInstanceOf(Unavailable.class);
    assertThat(ask(new Correction(first.id(), "useCase", "x", "x")))
        .isInstanceOf(Unavailable.class);

    database.run("ALTER TABLE audit.hidden RENAME TO look");
    assertThat(database.number("SELECT count(*) FROM audit.restriction")).isZero();
    assertThat(database.number("SELECT count(*) FROM audit.correction")).isZero();
    assertThat(page(about(NHS_NUMBER)).records()).hasSize(2);
  }

  @Test
  void oldLooksAndCorrectionsAreForgottenAndYoungOnesAndRestrictionsStay() throws Exception {
    database.run(
        "INSERT INTO audit.look (at, node, who, address, kind, question, records)"
            + " VALUES (now() - interval '100 days', 'n', 'w', 'a', 'search', '{}', 0)");
    database.run(
        "INSERT INTO audit.correction (day, id, field, value, reason, corrected_by)"
            + " VALUES (current_date - 100, gen_random_uuid(), 'f', 'v', 'r', 'w')");
    ask(new Restriction(NHS_NUMBER, "asked by the patient"));

    assertThat(database.number("SELECT audit.forget_questions(current_date + 9)")).isEqualTo(2);
    assertThat(database.number("SELECT audit.forget_questions(current_date + 9)")).isZero();
    assertThat(database.number("SELECT count(*) FROM audit.look")).isEqualTo(1);
    assertThat(page(about(NHS_NUMBER)).withheld()).isEqualTo(2);
  }

  private void stored(int records) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> database.number("SELECT count(*) FROM audit.exchange") == records);
  }

  private static Query about(NhsNumber person) {
    return about(person, null);
  }

  private static Query about(NhsNumber person, @Nullable Instant to) {
    return new Query(null, null, null, null, null, null, null, null, to, 100, null, person);
  }

  private static Query byCorrelation(@Nullable String id) {
    return new Query(id, null, null, null, null, null, null, null, null, 100, null, null);
  }

  private static Query window(int limit, @Nullable String cursor) {
    Instant from = NOON.minusSeconds(60);
    Instant to = NOON.plusSeconds(100_000);
    return new Query(null, null, null, null, null, null, null, from, to, limit, cursor, null);
  }

  private Page page(Query query) throws Exception {
    Answer answer = ask(query);
    assertThat(answer).isInstanceOf(Page.class);
    return (Page) answer;
  }

  private Answer ask(AuditQuestion question) throws Exception {
    return audit
        .search()
        .ask(question, DESK)
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }
}
