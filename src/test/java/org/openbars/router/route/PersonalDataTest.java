package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fixture.Bench;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.Exchanges.Answered;

/**
 * An NHS number that a sender puts where it should not be reaches no log line, metric or answer of
 * ours.
 */
final class PersonalDataTest {
  private static final String NUMBER = "9990000018";
  private static Bench bench;
  private static Exchanges sender;

  private AccessLines lines;

  @BeforeAll
  static void start() {
    bench = new Bench().target("echo", "").target("cut", "reset=after-read");
    bench.setup().set("errors.dialect", "live");
    bench.start();
    sender = new Exchanges(bench.vertx(), HttpVersion.HTTP_1_1);
  }

  @AfterAll
  static void stop() {
    bench.close();
  }

  @BeforeEach
  void listen() {
    lines = new AccessLines();
  }

  @AfterEach
  void fallSilent() {
    lines.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "request id",
        "correlation id",
        "target",
        "path",
        "query",
        "cut",
        "use context",
        "body",
        "event"
      })
  void numberStaysOutOfLogMetricsAndAnswers(String place) {
    String path = place.equals("path") ? "/Patient/" + NUMBER : "/Appointment";
    String query = "?patient:identifier=https://fhir.nhs.uk/Id/nhs-number%7C" + NUMBER;
    String target = place.equals("target") ? NUMBER : place.equals("cut") ? "cut" : "echo";
    RequestOptions to =
        bench.to(target, HttpMethod.POST, path + (place.equals("query") ? query : ""));
    if (place.equals("request id")) {
      to.putHeader("X-Request-Id", "patient " + NUMBER);
    } else if (place.equals("correlation id")) {
      to.putHeader("X-Correlation-Id", NUMBER);
    } else if (place.equals("use context")) {
      to.putHeader("use-context", NUMBER + "|booked|booking-request|new");
    }

    // A receiver's answer is its own: only answers of ours are looked at.
    String body =
        place.equals("event")
            ? "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":\"MessageHeader\","
                + "\"eventCoding\":{\"code\":\"e"
                + NUMBER
                + "\"}}}"
            : "{}";
    Answered answered = Exchanges.await(sender.exchange(to, Buffer.buffer(body)));

    await().until(() -> lines.exchanges() > 0);
    assertThat(lines.text()).contains("fate").doesNotContain(NUMBER);
    assertThat(bench.router().process().node().meters().scrape()).doesNotContain(NUMBER);
    assertThat(answered.body().toString()).doesNotContain(NUMBER);
  }
}
