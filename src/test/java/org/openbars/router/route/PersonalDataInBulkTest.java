package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.Bench;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.Exchanges.Answered;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.TestDatabase;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.sandbox.synthetic.SyntheticMessages;

/**
 * Many exchanges with NHS numbers in body, query and headers: none is found in logs, metrics,
 * answers of ours or the operator's port, and in the audit only in its own column.
 */
final class PersonalDataInBulkTest {
  private static final int EXCHANGES = Endurance.of(1_000, 10_000);
  private static final int AT_ONCE = 20;
  private static final String MESSAGE = "/$process-message";
  private static final String IN_EVERY_PLACE =
      "{\"resourceType\":\"Bundle\",\"id\":\"N\",\"entry\":[{\"fullUrl\":\"urn:N\",\"resource\":{"
          + "\"resourceType\":\"MessageHeader\",\"eventCoding\":{\"code\":\"N\"},\"reason\":{\"coding\":[{"
          + "\"code\":\"N\"}]},\"definition\":\"d/N\",\"source\":{\"endpoint\":\"tests|N\"},"
          + "\"destination\":[{\"endpoint\":\"tests|N\"}],\"response\":{\"identifier\":\"N\"}}},"
          + "{\"resource\":{\"resourceType\":\"ServiceRequest\",\"id\":\"N\",\"status\":\"N\",\"identifier\":[{"
          + "\"system\":\"s\",\"value\":\"N\"}],\"category\":[{\"coding\":[{\"code\":\"N\"}]}]}},"
          + "{\"resource\":{\"resourceType\":\"Appointment\",\"status\":\"N\",\"identifier\":[{\"value\":\"N\"}]}},"
          + "{\"resource\":{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\""
          + NhsNumber.SYSTEM
          + "\",\"value\":\"N\"}]}}]}";

  private static TestDatabase database;
  private static Bench bench;

  @BeforeAll
  static void start() {
    database = TestDatabase.create();
    bench =
        new Bench()
            .target("ordinary", "")
            .target("cut", "reset=after-read")
            .target("html", "status=500,body=html");
    bench.setup().set("errors.dialect", "live").set("audit.postgres.uri", database.uri());
    bench.start();
  }

  @AfterAll
  static void stop() {
    bench.close();
  }

  /** Numbers of the range that is never given to a person. */
  private static List<String> numbers(int count) {
    List<String> numbers = new ArrayList<>();
    for (long i = 9_990_000_000L; numbers.size() < count; i++) {
      if (NhsNumber.isValid(Long.toString(i))) {
        numbers.add(Long.toString(i));
      }
    }
    return numbers;
  }

  private static Future<Answered> exchange(Exchanges sender, int i, String number, String booking) {
    String[] targets = {"ordinary", "cut", "html", number};
    RequestOptions to = bench.to(targets[i / 8 % 4], HttpMethod.POST, MESSAGE);
    String body =
        IN_EVERY_PLACE.replace("\"N\"", "\"" + number + "\"").replace("N\"", number + "\"");
    switch (i % 8) {
      case 0 -> body = booking.replaceAll("(?<=\")999[0-9]{7}(?=\")", number);
      case 1 -> body = body.substring(0, body.length() - 10);
      case 2 -> {
        to = bench.to(targets[i / 8 % 4], HttpMethod.GET, query(number));
        body = "";
      }
      case 3 -> to.putHeader("X-Request-Id", "patient " + number);
      case 4 -> to.putHeader("X-Correlation-Id", number);
      case 5 -> to.putHeader("use-context", number + "|booked|booking-request|new");
      case 6 -> to.putHeader("NHSD-End-User-Organisation", number);
      default -> to.putHeader("NHSD-Requesting-Software", number);
    }
    return sender.exchange(to, Buffer.buffer(body));
  }

  private static String query(String number) {
    return "/Appointment?patient:identifier=" + NhsNumber.SYSTEM + "%7C" + number;
  }

  @Test
  void numbersStandNowhereButInTheirColumn() {
    List<String> numbers = numbers(EXCHANGES);
    String booking =
        SyntheticMessages.json(
            SyntheticMessages.from(new TargetIdentifier(RunningRouter.SYSTEM, "ordinary"))
                .bookingRequest());
    Exchanges sender = new Exchanges(bench.vertx(), HttpVersion.HTTP_1_1);
    StringBuilder answers = new StringBuilder();
    try (AccessLines lines = new AccessLines()) {
      for (int i = 0; i < EXCHANGES; i += AT_ONCE) {
        List<Future<Answered>> batch = new ArrayList<>();
        for (int j = i; j < Math.min(EXCHANGES, i + AT_ONCE); j++) {
          batch.add(exchange(sender, j, numbers.get(j), booking));
        }
        batch.forEach(
            each -> {
              Answered answered = Exchanges.await(each);
              answers.append(answered.body());
            });
      }
      await().until(() -> lines.exchanges() == EXCHANGES);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> database.number("SELECT count(*) FROM audit.exchange") == EXCHANGES);

      Set<String> sent = new HashSet<>(numbers);
      assertThat(found(sent, lines.text())).isEmpty();
      assertThat(found(sent, answers.toString())).isEmpty();
      assertThat(found(sent, bench.router().process().node().meters().scrape())).isEmpty();
      assertThat(found(sent, operatorsView())).isEmpty();
      assertThat(found(sent, rowsWithoutTheColumn())).isEmpty();
      assertThat(answers).hasSizeGreaterThan(EXCHANGES);
    }
    Set<String> kept =
        new HashSet<>(
            database.column("SELECT nhs_number FROM audit.exchange WHERE nhs_number IS NOT NULL"));
    for (int i = 2; i < EXCHANGES; i += 8) {
      assertThat(kept).contains(numbers.get(i));
    }
    assertThat(numbers).containsAll(kept);
  }

  private static String rowsWithoutTheColumn() {
    List<String> rows =
        database.column("SELECT (to_jsonb(e) - 'nhs_number')::text FROM audit.exchange e");
    assertThat(rows).hasSize(EXCHANGES);
    return String.join("\n", rows);
  }

  private static String operatorsView() {
    Instant now = Instant.now();
    String question =
        "/api/audit?limit=1000&from="
            + now.minus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS)
            + "&to="
            + now.plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
    Exchanges operator = new Exchanges(bench.vertx(), HttpVersion.HTTP_1_1);
    Answered answered =
        Exchanges.await(
            operator.exchange(
                new RequestOptions()
                    .setMethod(HttpMethod.GET)
                    .setPort(bench.router().process().adminPort())
                    .setHost("127.0.0.1")
                    .setURI(question),
                Buffer.buffer()));
    assertThat(answered.status()).as(answered.body().toString()).isEqualTo(200);
    return answered.body().toString();
  }

  /** Which of the numbers stand in a text, within longer digits too. */
  private static Set<String> found(Set<String> numbers, String text) {
    Set<String> found = new HashSet<>();
    for (int i = text.indexOf("999");
        i >= 0 && i + 10 <= text.length();
        i = text.indexOf("999", i + 1)) {
      if (numbers.contains(text.substring(i, i + 10))) {
        found.add(text.substring(i, i + 10));
      }
    }
    return found;
  }
}
