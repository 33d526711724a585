package org.openbars.router.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.audit.AuditQuestion;
import org.openbars.router.audit.AuditSearch;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.fhir.FhirR4;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.meter.Meters;

/** Questions and changes by POST, and records as AuditEvents. */
@Timeout(60)
class AuditRoutesTest {
  private static final NhsNumber PERSON = new NhsNumber("9990000018");
  private static final String SEARCH = "/api/audit/search";
  private static final String ID = ExchangeEventTest.ID;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<AuditQuestion> asked = new CopyOnWriteArrayList<>();
  private final List<Caller> callers = new CopyOnWriteArrayList<>();
  private AuditSearch.Answer answer = new AuditSearch.Page(List.of(), 0, null);
  private AdminServer server;
  private int port;

  @AfterEach
  void close() throws Exception {
    await(server.stop());
    await(vertx.close());
  }

  @Test
  void questionInABodyIsPassedOnAsValues() throws Exception {
    start(false);
    HttpResponse<String> found =
        post(
            SEARCH,
            "{\"nhs-number\": \"999 000 0018\", \"use-case\": \"a1t1\", \"status\": 503,"
                + " \"from\": \"2026-11-20T00:00:00Z\", \"limit\": \"7\"}");

    assertThat(found.statusCode()).isEqualTo(200);
    assertThat(new JsonObject(found.body()))
        .isEqualTo(new JsonObject().put("records", new JsonArray()));
    assertThat(asked)
        .containsExactly(
            new AuditSearch.Query(
                null,
                null,
                null,
                null,
                "a1t1",
                503,
                null,
                Instant.parse("2026-11-20T00:00:00Z"),
                null,
                7,
                null,
                PERSON));
    assertThat(callers).containsExactly(new Caller("loopback", "127.0.0.1", true));
  }

  @Test
  void nhsNumberInAUrlIsRefusedAndNotRepeated() throws Exception {
    start(true);
    for (String path : List.of("/api/audit", SEARCH, "/api/audit/restrictions")) {
      String url = path + "?nhs-number=9990000018";
      HttpResponse<String> refused =
          path.equals("/api/audit") ? get(url, "*/*") : post(url, "{\"reason\": \"x\"}");
      assertThat(refused.statusCode()).as(path).isEqualTo(400);
      assertThat(refused.body()).doesNotContain("9990000018");
    }
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "\"9990000018\"",
        "{\"nhs-number\": \"9990000019\"}",
        "{\"nhs-number\": 99900}",
        "{\"nhs-number\": null}",
        "{\"nhs-number\": \"\"}",
        "{\"nhs-number\": [\"9990000018\"]}",
        "{\"nhs-number\": \"9990000018\", \"nhs-number\": \"9990000018\"}",
        "{\"nhs-number\": \"9990000018\", \"NHS-Number\": \"9990000018\"}",
        "{\"nhs-number\": \"9990000018\"} 9990000018",
        "{\"9990000018\": \"x\"}",
        "{\"status\": 9990000018}",
        "{\"nhs-number\": \"9990000018\", \"limit\": 1001}"
      })
  void bodyThatIsNotAQuestionIsRefusedAndNotRepeated(String body) throws Exception {
    start(false);
    HttpResponse<String> refused = post(SEARCH, body);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(new JsonObject(refused.body()).getString("error")).isNotEmpty();
    assertThat(refused.body()).doesNotContain("9990000018", "9990000019");
    assertThat(asked).isEmpty();
  }

  @Test
  void bodyOfAnotherTypeOrSizeIsRefused() throws Exception {
    start(false);
    assertThat(post(SEARCH, "{}", "text/plain").statusCode()).isEqualTo(415);
    assertThat(post(SEARCH, "{\"use-case\":\"" + "x".repeat(17_000) + "\"}").statusCode())
        .isEqualTo(413);
    assertThat(
            post(SEARCH, "{\"nhs-number\":\"9990000018\"}", "application/json; charset=utf-8")
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void aSearchInABodyTakesPostAlone() throws Exception {
    start(false);
    HttpResponse<String> refused = get(SEARCH, "*/*");

    assertThat(refused.statusCode()).isEqualTo(405);
    assertThat(refused.headers().firstValue("allow")).contains("POST");
  }

  @ParameterizedTest
  @ValueSource(strings = {"restrictions", "restrictions/lift", "corrections"})
  void changesThatAreOffAreForbidden(String path) throws Exception {
    start(false);
    HttpResponse<String> refused =
        post("/api/audit/" + path, "{\"nhs-number\": \"9990000018\", \"reason\": \"x\"}");

    assertThat(refused.statusCode()).isEqualTo(403);
    OperationOutcome outcome =
        FhirR4.strictParser(AnswerFormat.JSON)
            .parseResource(OperationOutcome.class, refused.body());
    assertThat(outcome.getIssueFirstRep().getCode().toCode()).isEqualTo("forbidden");
    assertThat(asked).isEmpty();
  }

  @Test
  void changesThatAreOnArePassedOn() throws Exception {
    start(true);
    answer = new AuditSearch.Done(new JsonObject().put("restricted", true));
    String person = "{\"nhs-number\": \"9990000018\", \"reason\": \"asked for\"}";

    HttpResponse<String> restricted = post("/api/audit/restrictions", person);
    assertThat(restricted.statusCode()).isEqualTo(200);
    assertThat(restricted.body()).isEqualTo("{\"restricted\":true}");
    post("/api/audit/restrictions/lift", person);
    post(
        "/api/audit/corrections",
        "{\"id\": \"%s\", \"field\": \"useCase\", \"value\": \"a1t2\", \"reason\": \"typed\"}"
            .formatted(ID));

    assertThat(asked)
        .containsExactly(
            new AuditQuestion.Restriction(PERSON, "asked for"),
            new AuditQuestion.Lift(PERSON, "asked for"),
            new AuditQuestion.Correction(UUID.fromString(ID), "useCase", "a1t2", "typed"));
    answer = new AuditSearch.NotFound("none");
    assertThat(post("/api/audit/restrictions/lift", person).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "restrictions;{\"nhs-number\": \"9990000018\"};reason:",
        "restrictions;{\"reason\": \"x\"};nhs-number:",
        "restrictions;{\"nhs-number\": \"9990000018\", \"reason\": \"he is 999 000 0018\"};reason:",
        "restrictions;{\"nhs-number\": \"9990000018\", \"reason\": \"a\\nb\"};reason:",
        "restrictions;{\"nhs-number\": \"9990000018\", \"reason\": \"x\", \"to\": \"y\"};unknown",
        "corrections;{\"id\": \"9990000018\", \"field\": \"node\", \"value\": \"v\", \"reason\": \"r\"};id:",
        "corrections;{\"id\": \"019a9b2c-0000-7000-8000-000000000001\", \"field\": \"x\", \"value\": \"v\", \"reason\": \"r\"};field:",
        "corrections;{\"id\": \"019a9b2c-0000-7000-8000-000000000001\", \"day\": \"2020-01-01\", \"field\": \"node\", \"value\": \"v\", \"reason\": \"r\"};day:",
        "corrections;{\"id\": \"019a9b2c-0000-7000-8000-000000000001\", \"field\": \"nhsNumber\", \"value\": \"9990000018\", \"reason\": \"r\"};value:",
        "corrections;{\"id\": \"019a9b2c-0000-7000-8000-000000000001\", \"field\": \"nhsNumber\", \"value\": \"right\", \"reason\": \"r\"};value:"
      })
  void changeThatSaysTooLittleOrTooMuchIsRefused(String path, String body, String problem)
      throws Exception {
    start(true);
    HttpResponse<String> refused = post("/api/audit/" + path, body);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(new JsonObject(refused.body()).getString("error")).startsWith(problem);
    assertThat(refused.body()).doesNotContain("9990000018");
    assertThat(asked).isEmpty();
  }

  @Test
  void looksAreAskedForByTheirWindow() throws Exception {
    start(false);
    answer = new AuditSearch.LookPage(List.of(new JsonObject().put("kind", "search")), "more");
    HttpResponse<String> looks =
        get("/api/audit/looks?from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z&cursor=c", "*/*");

    assertThat(looks.body()).isEqualTo("{\"looks\":[{\"kind\":\"search\"}],\"next\":\"more\"}");
    assertThat(asked)
        .containsExactly(
            new AuditQuestion.Looks(
                Instant.parse("2026-11-20T00:00:00Z"),
                Instant.parse("2026-11-21T00:00:00Z"),
                100,
                "c"));
    assertThat(get("/api/audit/looks?request-id=r", "*/*").statusCode()).isEqualTo(400);
  }

  @Test
  void withheldRecordsAreTold() throws Exception {
    start(false);
    answer = new AuditSearch.Page(List.of(), 2, null);

    assertThat(get("/api/audit?request-id=r", "*/*").body())
        .isEqualTo("{\"records\":[],\"withheld\":2}");
    Bundle bundle = bundle(get("/api/audit?request-id=r", "application/fhir+json"));
    assertThat(bundle.getEntryFirstRep().getSearch().getMode().toCode()).isEqualTo("outcome");
    assertThat(((OperationOutcome) bundle.getEntryFirstRep().getResource()).getIssueFirstRep())
        .matches(issue -> issue.getCode().toCode().equals("suppressed"))
        .matches(issue -> issue.getDiagnostics().startsWith("2 "));
  }

  @Test
  void recordsAreAnsweredAsAuditEventsWhereFhirIsAccepted() throws Exception {
    start(false);
    answer = new AuditSearch.Page(List.of(ExchangeEventTest.RECORD), 0, "bW9yZQ");
    HttpResponse<String> found =
        get("/api/audit?target=https%3A%2F%2Fs%7Cv&cursor=x&request-id=r", "application/fhir+json");

    assertThat(found.headers().firstValue("content-type")).contains("application/fhir+json");
    Bundle bundle = bundle(found);
    assertThat(bundle.getType().toCode()).isEqualTo("searchset");
    assertThat(bundle.getLink("self").getUrl())
        .isEqualTo("/api/audit?target=https%3A%2F%2Fs%7Cv&request-id=r");
    assertThat(bundle.getLink("next").getUrl())
        .isEqualTo("/api/audit?target=https%3A%2F%2Fs%7Cv&request-id=r&cursor=bW9yZQ");
    assertThat(bundle.getEntry()).hasSize(1);
    assertThat(bundle.getEntryFirstRep().getFullUrl())
        .isEqualTo("urn:uuid:" + ExchangeEventTest.ID);
    assertThat(bundle.getEntryFirstRep().getResource()).isInstanceOf(AuditEvent.class);
  }

  @Test
  void fhirIsAnsweredToThoseAloneWhoAskForIt() throws Exception {
    start(false);
    String url = "/api/audit?request-id=r";
    assertThat(type(get(url, "*/*"))).isEqualTo("application/json");
    assertThat(type(get(url, "application/json"))).isEqualTo("application/json");
    assertThat(type(get(url, "application/fhir+json, application/json")))
        .isEqualTo("application/json");
    assertThat(type(get(url, "application/fhir+json, */*;q=0.1")))
        .isEqualTo("application/fhir+json");
    assertThat(type(get(url, "application/fhir+xml"))).isEqualTo("application/fhir+xml");
  }

  @Test
  void linksDoNotRepeatANumberAskedForInTheWrongPlace() throws Exception {
    start(false);
    answer = new AuditSearch.Page(List.of(), 0, "bW9yZQ");
    HttpResponse<String> found =
        get("/api/audit?correlation-id=9990000018", "application/fhir+json");

    assertThat(found.statusCode()).isEqualTo(200);
    assertThat(found.body()).doesNotContain("9990000018");
  }

  private void start(boolean changes) throws Exception {
    server =
        new AdminServer(
            vertx,
            new AdminConfig("127.0.0.1", 0, changes),
            new Meters(),
            new Readiness(List.of()),
            (question, caller) -> {
              asked.add(question);
              callers.add(caller);
              return Future.succeededFuture(answer);
            },
            TestOperations.none(vertx),
            Map.of());
    port = await(server.start());
  }

  private static Bundle bundle(HttpResponse<String> found) {
    return FhirR4.strictParser(AnswerFormat.JSON).parseResource(Bundle.class, found.body());
  }

  private static String type(HttpResponse<String> found) {
    return found.headers().firstValue("content-type").orElse("");
  }

  private HttpResponse<String> get(String path, String accept) throws Exception {
    return client.send(to(path).header("Accept", accept).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return post(path, body, "application/json");
  }

  private HttpResponse<String> post(String path, String body, String type) throws Exception {
    return client.send(
        to(path).header("Content-Type", type).POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
