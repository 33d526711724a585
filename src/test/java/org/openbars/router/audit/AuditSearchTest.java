package org.openbars.router.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openbars.router.audit.SampleExchanges.base64;
import static org.openbars.router.audit.SampleExchanges.booking;
import static org.openbars.router.audit.SampleExchanges.put;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.audit.AuditSearch.Answer;
import org.openbars.router.audit.AuditSearch.BadQuery;
import org.openbars.router.audit.AuditSearch.Page;
import org.openbars.router.audit.AuditSearch.Query;
import org.openbars.router.audit.AuditSearch.Unavailable;
import org.openbars.router.fixture.TcpGate;
import org.openbars.router.fixture.TestDatabase;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.DestinationMatch;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Inspection;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.meter.Meters;

class AuditSearchTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Two days, so that pages cross partitions. */
  private static final Instant MIDNIGHT = Instant.parse("2026-11-20T00:00:00Z");

  private static final Instant FROM = MIDNIGHT.minusSeconds(3600);
  private static final Instant TO = MIDNIGHT.plusSeconds(3600);
  private static final int RECORDS = 250;
  private static final Asker ASKER = new Asker("node-1", "loopback", "127.0.0.1", false);
  private static final TargetIdentifier OTHER = new TargetIdentifier("tests", "NHS0001");

  /** What the header says, nothing when it is empty, and what the message says. */
  private record Said(String header, @Nullable String message) {}

  private static final Instant USE_CASES_FROM = MIDNIGHT.plusSeconds(10 * 86_400);
  private static final List<Said> USE_CASES =
      List.of(
          new Said("a6t1", "a6t1"),
          new Said("a6t1", "a6t2"),
          new Said("", "a6t1"),
          new Said("a6t2", "a6t1"),
          new Said("a6t1", null),
          new Said("a6t2", null),
          new Said("", null));

  private static final List<String> newestFirst = new ArrayList<>();
  @TempDir private static Path folder;
  private static TestDatabase database;
  private static TcpGate gate;
  private static AuditTrail audit;

  @BeforeAll
  static void storeRecords() throws Exception {
    database = TestDatabase.create();
    gate = TcpGate.open(TestDatabase.port());
    audit =
        AuditTrail.start(
            SampleExchanges.config(database.uri(gate.port()), folder.resolve("journal")),
            new Meters());
    SampleExchanges samples = new SampleExchanges();
    for (int i = 0; i < RECORDS; i++) {
      // Five records share each instant: only the id orders them.
      Instant at = MIDNIGHT.plusSeconds(i / 5 * 5 - 125);
      var exchange = samples.record(booking().at(at));
      newestFirst.add(exchange.id().toString());
      put(audit, exchange);
    }
    newestFirst.sort(
        (a, b) -> {
          int byTime = b.substring(0, 13).compareTo(a.substring(0, 13));
          return byTime != 0 ? byTime : b.compareTo(a);
        });
    Instant outside = TO.plusSeconds(60);
    put(
        audit,
        samples.record(
            booking()
                .at(outside)
                .ids("9562466F-c982-4bd5-bb0e-255e9f5e6689", "0f1e2d3c-0000-4000-8000-00000000000A")
                .about(SampleExchanges.NHS_NUMBER)));
    put(
        audit,
        samples.record(
            booking()
                .at(outside.plusSeconds(1))
                .to(OTHER)
                .useContext("a5t1|x|y|z")
                .from(
                    base64(SampleExchanges.ORGANISATION.replace("A1001", "B2002")),
                    base64(SampleExchanges.SOFTWARE))
                .refused(BarsError.TARGET_UNKNOWN)));
    storeUseCases(samples);
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () ->
                database.number("SELECT count(*) FROM audit.exchange")
                    == RECORDS + 2 + USE_CASES.size());
  }

  /** Oldest first, a second apart. */
  private static void storeUseCases(SampleExchanges samples) {
    for (int i = 0; i < USE_CASES.size(); i++) {
      Said said = USE_CASES.get(i);
      String header = said.header().isEmpty() ? null : said.header() + "|x|y|z";
      ExchangeRecord made =
          samples.record(booking().at(USE_CASES_FROM.plusSeconds(i)).useContext(header));
      put(
          audit,
          new ExchangeRecord(
              made.id(),
              made.node(),
              made.asked(),
              saying(said.message()),
              made.steps(),
              made.result()));
    }
  }

  private static @Nullable Inspection saying(@Nullable String useCase) {
    return useCase == null
        ? null
        : new Inspection(
            Inspection.State.COMPLETE,
            DestinationMatch.UNDETERMINED,
            new Inspection.Header(null, null, null, null, null, null, List.of(), null),
            new Inspection.Subject(useCase, null, null, null, null, null),
            new Inspection.Patient(null, false));
  }

  @AfterAll
  static void stop() throws Exception {
    audit.stop(PATIENCE).toCompletionStage().toCompletableFuture().get(90, TimeUnit.SECONDS);
    gate.close();
  }

  @Test
  void pagesHoldEveryRecordOnceNewestFirst() throws Exception {
    List<String> found = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    String cursor = null;
    do {
      Page page = page(between(FROM, TO, 100, cursor));
      sizes.add(page.records().size());
      page.records().forEach(json -> found.add(json.getString("id")));
      cursor = page.next();
    } while (cursor != null);

    assertThat(sizes).containsExactly(100, 100, 50);
    assertThat(found).containsExactlyElementsOf(newestFirst);
  }

  @Test
  void lastPageThatIsFullHasNoNext() throws Exception {
    assertThat(page(between(FROM, TO, RECORDS, null)).next()).isNull();
    assertThat(page(between(FROM, TO, RECORDS - 1, null)).next()).isNotNull();
  }

  @Test
  void recordsAreFoundByEitherIdInAnyCaseWithoutTimes() throws Exception {
    String correlation = "9562466f-C982-4bd5-bb0e-255e9f5e6689";
    String request = "0F1E2D3C-0000-4000-8000-00000000000a";

    assertThat(page(byIds(correlation, null)).records()).hasSize(1);
    assertThat(page(byIds(null, request)).records()).hasSize(1);
    assertThat(page(byIds(correlation, request)).records()).hasSize(1);
    assertThat(page(byIds(correlation, correlation)).records()).isEmpty();
  }

  @Test
  void nhsNumberIsNeverShownOnlyThatOneIsHeld() throws Exception {
    Page page = page(byIds("9562466f-c982-4bd5-bb0e-255e9f5e6689", null));

    JsonObject json = page.records().get(0);
    assertThat(json.getBoolean("nhsNumberHeld")).isTrue();
    assertThat(page.toJson().encode()).doesNotContain(SampleExchanges.NHS_NUMBER.digits());
    assertThat(page(between(FROM, TO, 1, null)).records().get(0).getBoolean("nhsNumberHeld"))
        .isFalse();
  }

  @Test
  void recordIsToldInFull() throws Exception {
    JsonObject json = page(byIds("9562466f-c982-4bd5-bb0e-255e9f5e6689", null)).records().get(0);

    assertThat(json.getString("receivedAt")).isEqualTo(TO.plusSeconds(60).toString());
    assertThat(json.getString("closedAt")).isEqualTo("2026-11-20T01:01:00.004004Z");
    assertThat(json.getString("correlationId")).isEqualTo("9562466F-c982-4bd5-bb0e-255e9f5e6689");
    assertThat(json.getJsonObject("target"))
        .isEqualTo(
            new JsonObject()
                .put("system", "https://fhir.nhs.uk/Id/dos-service-id")
                .put("value", "2000011147"));
    assertThat(json.getJsonObject("requestingSoftware").getString("name"))
        .isEqualTo("Supplier app");
    assertThat(json.getString("endUserOrganisation")).isEqualTo("A1001");
    assertThat(json.getString("useCase")).isEqualTo("a1t1");
    assertThat(json.getString("interaction")).isEqualTo("PROCESS_MESSAGE");
    assertThat(json.getInteger("status")).isEqualTo(200);
    assertThat(json.getLong("bytesFromSender")).isEqualTo(18_700);
    assertThat(json.containsKey("error")).isFalse();
  }

  @Test
  void eachFilterFindsOnlyWhatItNames() throws Exception {
    Instant all = TO.plusSeconds(7200);
    List<Query> oneRecord =
        List.of(
            filter(all, OTHER, null, null, null, null),
            filter(all, null, "B2002", null, null, null),
            filter(all, null, null, "a5t1", null, null),
            filter(all, null, null, null, 404, null),
            filter(all, null, null, null, null, "TARGET_UNKNOWN"),
            filter(all, null, null, null, null, "PROXY_NOT_FOUND"),
            filter(all, OTHER, "B2002", "a5t1", 404, "TARGET_UNKNOWN"));
    for (Query query : oneRecord) {
      assertThat(page(query).records()).as("%s", query).hasSize(1);
    }
    assertThat(page(filter(all, OTHER, "A1001", null, null, null)).records()).isEmpty();
    assertThat(page(filter(all, null, null, null, 200, null)).records()).hasSize(RECORDS + 1);
    assertThat(page(filter(TO, null, null, null, null, null)).records()).hasSize(RECORDS);
  }

  @Test
  void useCaseIsTheHeadersOrTheMessagesAndEachRecordComesOnce() throws Exception {
    assertThat(placesOf("a6t1", 100)).containsExactly(4, 3, 2, 1, 0);
    assertThat(placesOf("a6t1", 1)).containsExactly(4, 3, 2, 1, 0);
    assertThat(placesOf("a6t1", 2)).containsExactly(4, 3, 2, 1, 0);
    assertThat(placesOf("a6t2", 2)).containsExactly(5, 3, 1);
    assertThat(placesOf("a6t3", 2)).isEmpty();
  }

  /** Which of {@link #USE_CASES} are found, page by page. */
  private static List<Integer> placesOf(String useCase, int limit) throws Exception {
    List<Integer> places = new ArrayList<>();
    String cursor = null;
    do {
      Page page =
          page(
              new Query(
                  null,
                  null,
                  null,
                  "A1001",
                  useCase,
                  null,
                  null,
                  USE_CASES_FROM,
                  USE_CASES_FROM.plusSeconds(3600),
                  limit,
                  cursor,
                  null));
      for (JsonObject json : page.records()) {
        Instant at = Instant.parse(json.getString("receivedAt"));
        places.add((int) Duration.between(USE_CASES_FROM, at).toSeconds());
      }
      cursor = page.next();
    } while (cursor != null);
    return places;
  }

  @Test
  void queryThatCannotBeAnsweredSaysWhy() throws Exception {
    assertThat(problem(between(FROM, null, 100, null))).startsWith("from, to:");
    assertThat(problem(between(null, TO, 100, null))).startsWith("from, to:");
    assertThat(problem(between(TO, FROM, 100, null))).startsWith("from:");
    assertThat(problem(between(FROM, TO, 0, null))).startsWith("limit:");
    assertThat(problem(between(FROM, TO, 1001, null))).startsWith("limit:");
    assertThat(problem(between(FROM, TO, 100, "no cursor"))).startsWith("cursor:");
    assertThat(problem(between(FROM, TO, 100, "AAAA"))).startsWith("cursor:");
    assertThat(problem(filter(TO, null, null, null, null, "NO_SUCH"))).startsWith("error:");
  }

  @Test
  void answerComesOnTheCallersContext() throws Exception {
    Vertx callers = Vertx.vertx();
    try {
      CompletableFuture<Boolean> same = new CompletableFuture<>();
      callers.runOnContext(
          v -> {
            var context = Vertx.currentContext();
            audit
                .search()
                .ask(between(FROM, TO, 1, null), ASKER)
                .onComplete(answer -> same.complete(Vertx.currentContext() == context));
          });
      assertThat(same.get(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      callers.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void postgresAwayIsAnAnswer() throws Exception {
    gate.shut();
    try {
      assertThat(answer(between(FROM, TO, 1, null))).isInstanceOf(Unavailable.class);
    } finally {
      gate.open();
    }
    await().atMost(PATIENCE).until(() -> answer(between(FROM, TO, 1, null)) instanceof Page);
  }

  private static Query between(
      @Nullable Instant from, @Nullable Instant to, int limit, @Nullable String cursor) {
    return new Query(null, null, null, null, null, null, null, from, to, limit, cursor, null);
  }

  private static Query byIds(@Nullable String correlation, @Nullable String request) {
    return new Query(
        correlation,
        request,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        AuditSearch.DEFAULT_LIMIT,
        null,
        null);
  }

  private static Query filter(
      Instant to,
      @Nullable TargetIdentifier target,
      @Nullable String organisation,
      @Nullable String useCase,
      @Nullable Integer status,
      @Nullable String error) {
    return new Query(
        null,
        null,
        target,
        organisation,
        useCase,
        status,
        error,
        FROM,
        to,
        AuditSearch.MAX_LIMIT,
        null,
        null);
  }

  private static Answer answer(Query query) throws Exception {
    return audit
        .search()
        .ask(query, ASKER)
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  private static Page page(Query query) throws Exception {
    assertThat(answer(query)).isInstanceOf(Page.class);
    return (Page) answer(query);
  }

  private static String problem(Query query) throws Exception {
    assertThat(answer(query)).isInstanceOf(BadQuery.class);
    return ((BadQuery) answer(query)).problem().toLowerCase(Locale.ROOT);
  }
}
