package org.openbars.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.TestDatabase;
import org.slf4j.LoggerFactory;

/** An NHS number that the audit is asked about reaches no log line, metric, answer or table. */
@Timeout(120)
class AuditPersonalDataTest {
  private static final String NUMBER = "9990000018";
  private static final String PERSON = "\"nhs-number\": \"" + NUMBER + "\"";

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<HttpResponse<String>> answers = new ArrayList<>();
  private int port;

  @Test
  void numberAskedForStaysOutOfLogMetricsAnswersAndTables() throws Exception {
    TestDatabase database = TestDatabase.create();
    Logger log = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.list = new CopyOnWriteArrayList<>();
    lines.start();
    log.addAppender(lines);
    Level before = log.getLevel();
    log.setLevel(Level.INFO);
    try (RunningRouter router =
        RunningRouter.setup()
            .set("audit.postgres.uri", database.uri())
            .set("admin.changes", "on")
            .patience(Duration.ofSeconds(20))
            .start()) {
      port = router.process().adminPort();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> post("search", "{" + PERSON + "}").statusCode() == 200);
      askEverywhere();
      database.run("ALTER TABLE audit.look RENAME TO hidden");
      assertThat(post("search", "{" + PERSON + "}").statusCode()).isEqualTo(503);
      database.run("ALTER TABLE audit.hidden RENAME TO look");
      get("looks?from=2020-01-01T00:00:00Z");
      assertThat(router.process().node().meters().scrape()).doesNotContain(NUMBER);
    } finally {
      log.setLevel(before);
      log.detachAppender(lines);
    }

    assertThat(lines.list.toString()).contains("Audit search failed").doesNotContain(NUMBER);
    for (HttpResponse<String> answer : answers) {
      assertThat(answer.body() + answer.headers().map()).doesNotContain(NUMBER);
    }
    assertThat(answers).extracting(HttpResponse::statusCode).contains(200, 400, 404, 503);
    for (String table : List.of("look", "restriction", "correction", "person_key", "exchange")) {
      assertThat(database.column("SELECT t::text FROM audit." + table + " t").toString())
          .doesNotContain(NUMBER);
    }
    assertThat(database.number("SELECT count(*) FROM audit.look WHERE person IS NOT NULL"))
        .isGreaterThanOrEqualTo(4);
  }

  private void askEverywhere() throws Exception {
    post("restrictions", "{" + PERSON + ", \"reason\": \"asked\"}");
    post("restrictions", "{" + PERSON + ", \"reason\": \"about " + NUMBER + "\"}");
    post("restrictions/lift", "{" + PERSON + ", \"reason\": \"agreed\"}");
    post("restrictions/lift", "{" + PERSON + ", \"reason\": \"again\"}");
    post("search", "{" + PERSON + ", \"use-case\": \"" + NUMBER + "\"}");
    post("search", "{" + PERSON + ", \"x\": \"" + NUMBER + "\"}");
    post("search", "{" + PERSON);
    post("search?nhs-number=" + NUMBER, "{}");
    post("corrections", "{\"id\": \"" + NUMBER + "\"}");
    get("?nhs-number=" + NUMBER);
    get("?correlation-id=" + NUMBER);
    get("?request-id=" + NUMBER + "&target=" + NUMBER + "%7C" + NUMBER);
    get("?request-id=r&cursor=" + NUMBER);
    get("?request-id=r&organisation=" + NUMBER + "&use-case=" + NUMBER);
    get("?" + NUMBER + "=x");
    get("looks?cursor=" + NUMBER);
  }

  private void get(String rest) throws Exception {
    String url = rest.startsWith("?") ? rest : "/" + rest;
    answers.add(
        client.send(
            HttpRequest.newBuilder(to(url)).header("Accept", "application/fhir+json").build(),
            BodyHandlers.ofString()));
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(to("/" + path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    answers.add(answer);
    return answer;
  }

  private URI to(String rest) {
    return URI.create("http://127.0.0.1:" + port + "/api/audit" + rest);
  }
}
