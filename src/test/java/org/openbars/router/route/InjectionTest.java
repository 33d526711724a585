package org.openbars.router.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawHttp2;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.message.Dialect;
import org.openbars.router.meter.JsonLines;
import org.slf4j.LoggerFactory;

/** R21: what a header brings that would be a line, or a header, of its own. */
final class InjectionTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FORGED = "{\"message\":\"forged\",\"level\":\"ERROR\"}";
  private static final List<String> BREAKS =
      List.of("\r", "\n", "\r\n", "\0", "\u0001", "\u0008", "\u000b", "\u000c", "\u001b", "\u007f");
  private static final List<String> IDS = List.of("X-Request-Id", "X-Correlation-Id");
  private static final List<String> OTHERS =
      List.of(
          "NHSD-Target-Identifier",
          "NHSD-End-User-Organisation",
          "NHSD-Requesting-Software",
          "NHSD-Application-Id",
          "use-context");

  private static RunningReceivers receivers;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final Logger log = (Logger) LoggerFactory.getLogger("org.openbars.router");
  private final OutputStreamAppender<ILoggingEvent> stdout = new OutputStreamAppender<>();

  @BeforeAll
  static void start() {
    receivers = RunningReceivers.start();
  }

  @AfterAll
  static void stop() {
    receivers.close();
  }

  /** As the configuration that ships writes to stdout. */
  @BeforeEach
  void listen() {
    JsonLines lines = new JsonLines();
    lines.setContext(log.getLoggerContext());
    lines.start();
    stdout.setContext(log.getLoggerContext());
    stdout.setEncoder(lines);
    stdout.setOutputStream(written);
    stdout.start();
    log.addAppender(stdout);
    log.setLevel(Level.INFO);
  }

  @AfterEach
  void fallSilent() {
    log.detachAppender(stdout);
    log.setLevel(null);
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void nothingWithAControlByteIsTakenAndNoLineIsForged(Dialect dialect) throws Exception {
    try (RunningRouter router = router(dialect)) {
      long before = receivers.arrived();
      int sent = 0;
      for (String name : Stream.concat(IDS.stream(), OTHERS.stream()).toList()) {
        RawRequest good = RawRequest.message("GET", "/Slot", "a");
        String value = good.values(name).isEmpty() ? "x" : good.values(name).get(0);
        for (String each : BREAKS) {
          RawAnswer answer =
              RawSender.exchange(router.port(), good.only(name, value + each + FORGED));
          assertThat(answer.status()).as(name + " with " + (int) each.charAt(0)).isEqualTo(400);
          assertThat(answer.text()).doesNotContain("forged");
          assertThat(answer.headers()).noneMatch(h -> h.getValue().contains("forged"));
          sent++;
        }
      }
      assertThat(receivers.arrived()).isEqualTo(before);
      assertLines(sent);
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void sameOverHttp2(Dialect dialect) throws Exception {
    try (RunningRouter router = router(dialect)) {
      long before = receivers.arrived();
      for (String name : Stream.concat(IDS.stream(), OTHERS.stream()).toList()) {
        for (String each : BREAKS) {
          RawRequest good = RawRequest.message("GET", "/Slot", "a");
          try (RawHttp2 sender = RawHttp2.to(router.port())) {
            sender.send(RawHttp2.request(1, good.only(name, "x" + each + FORGED)));
            // An answer of ours, a reset of the stream or the connection's end: each refuses it.
            sender.next(frame -> frame.stream() == 1 || frame.type() == RawHttp2.GOAWAY);
          }
        }
      }
      assertThat(receivers.arrived()).isEqualTo(before);
      assertLines(0);
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void idsThatAreNoUuids(Dialect dialect) throws Exception {
    try (RunningRouter router = router(dialect)) {
      int sent = 0;
      for (String name : IDS) {
        for (String id :
            List.of(
                "1",
                FORGED,
                "${jndi:ldap://x/y}",
                "c1ab3fba-6bae-4ba4-b257-5a87c44d4a9",
                "c1ab3fba-6bae-4ba4-b257-5a87c44d4a91 ",
                "c1ab3fba6bae4ba4b2575a87c44d4a91",
                "{c1ab3fba-6bae-4ba4-b257-5a87c44d4a91}")) {
          RawAnswer answer =
              RawSender.exchange(
                  router.port(), RawRequest.message("GET", "/Slot", "a").only(name, id));
          boolean uuid = id.strip().equals("c1ab3fba-6bae-4ba4-b257-5a87c44d4a91");
          assertThat(answer.status())
              .as(name + ": " + id)
              .isEqualTo(uuid || dialect == Dialect.LIVE ? 200 : 400);
          sent++;
        }
      }
      assertLines(sent);
    }
  }

  private static RunningRouter router(Dialect dialect) {
    return RunningRouter.setup()
        .target("a", receivers.url(""))
        .set("errors.dialect", dialect.name().toLowerCase(Locale.ROOT))
        .start();
  }

  /** Every line is whole, is the router's own, and there are no more of them than exchanges. */
  private void assertLines(int exchanges) {
    await().until(() -> lines().filter("exchange"::equals).count() >= exchanges);
    assertThat(lines()).doesNotContain("forged");
  }

  private Stream<String> lines() {
    return written
        .toString(UTF_8)
        .lines()
        .map(
            line -> {
              try {
                JsonNode parsed = JSON.readTree(line);
                assertThat(parsed.has("logger")).as(line).isTrue();
                return parsed.get("message").asText();
              } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                throw new AssertionError("a line that is none of ours: " + line, e);
              }
            });
  }
}
