package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fixture.Bench;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.Exchanges.Answered;
import org.slf4j.LoggerFactory;

/**
 * An NHS number that a sender puts where it should not be reaches no log line, metric or answer of
 * ours.
 */
final class PersonalDataTest {
  private static final String NUMBER = "9990000018";
  private static Bench bench;
  private static Exchanges sender;

  private final Logger log = (Logger) LoggerFactory.getLogger("org.openbars.router");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeAll
  static void start() {
    bench = new Bench().target("echo", "echo").target("cut", "reset=after-read");
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
    lines.list = new CopyOnWriteArrayList<>();
    lines.start();
    log.addAppender(lines);
    log.setLevel(Level.INFO);
  }

  @AfterEach
  void fallSilent() {
    log.detachAppender(lines);
    log.setLevel(null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"request id", "correlation id", "target", "path", "query", "cut", "use context"})
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

    Answered answered = Exchanges.await(sender.exchange(to, Buffer.buffer("{}")));

    await().until(() -> lines.list.stream().anyMatch(line -> line.getMessage().equals("exchange")));
    assertThat(written(lines.list)).contains("fate").doesNotContain(NUMBER);
    assertThat(bench.router().process().node().meters().scrape()).doesNotContain(NUMBER);
    assertThat(answered.body().toString()).doesNotContain(NUMBER);
  }

  private static String written(List<ILoggingEvent> events) {
    StringBuilder all = new StringBuilder();
    for (ILoggingEvent event : events) {
      all.append(event.getFormattedMessage()).append(' ').append(event.getKeyValuePairs());
      if (event.getThrowableProxy() != null) {
        all.append(event.getThrowableProxy().getMessage());
      }
      all.append('\n');
    }
    return all.toString();
  }
}
