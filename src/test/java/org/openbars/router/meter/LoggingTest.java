package org.openbars.router.meter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.status.Status;
import ch.qos.logback.core.status.StatusUtil;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;

/** The configuration that ships, with a pipe in place of stdout that can be held shut. */
@Timeout(60)
class LoggingTest {
  private static final int ACCESS_BUFFER = 8192;
  private static final int EVENTS_BUFFER = 1024;

  private final PrintStream stdout = System.out;
  private final Pipe pipe = new Pipe();
  private final LoggerContext context = new LoggerContext();

  @BeforeEach
  void configure() throws JoranException {
    context.setMDCAdapter(new LogbackMDCAdapter());
    System.setOut(new PrintStream(pipe, true, UTF_8));
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(Objects.requireNonNull(LoggingTest.class.getResource("/logback.xml")));
  }

  @AfterEach
  void restore() {
    pipe.open();
    context.stop();
    System.setOut(stdout);
  }

  @Test
  void theConfigurationHasNoWarnings() {
    assertThat(new StatusUtil(context).getHighestLevel(0)).isLessThan(Status.WARN);
  }

  @Test
  void aLineIsOneJsonObjectWithItsKeysAndValues() {
    pipe.open();

    context
        .getLogger("org.openbars.router.access")
        .atInfo()
        .addKeyValue("status", 200)
        .addKeyValue("target", "a\nb")
        .log("exchange\n{\"forged\": true}");

    List<JsonNode> lines = awaitLines(1);
    assertThat(lines.get(0).get("message").asText()).isEqualTo("exchange\n{\"forged\": true}");
    assertThat(lines.get(0).get("status").asInt()).isEqualTo(200);
    assertThat(lines.get(0).get("target").asText()).isEqualTo("a\nb");
    assertThat(lines.get(0).get("logger").asText()).isEqualTo("org.openbars.router.access");
    assertThat(lines.get(0).get("level").asText()).isEqualTo("INFO");
    assertThat(lines.get(0).get("timestamp").asText()).endsWith("Z");
    assertThat(lines.get(0).fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "timestamp", "level", "logger", "thread", "message", "status", "target");
  }

  @Test
  void anExceptionStaysInItsLine() {
    pipe.open();

    context
        .getLogger("org.openbars.router.stream")
        .warn("broken", new IllegalStateException("why"));

    List<JsonNode> lines = awaitLines(1);
    assertThat(lines.get(0).get("stack").asText())
        .contains("IllegalStateException: why", "\n", "anExceptionStaysInItsLine")
        .hasSizeLessThanOrEqualTo(8192);
  }

  @Test
  void accessLinesThatDoNotFitAreDroppedAndCountedWithoutWaiting() {
    Logger access = context.getLogger("org.openbars.router.access");
    long before = DroppedLines.access();
    access.info("held in the pipe");
    pipe.awaitWriter();

    for (int i = 1; i < ACCESS_BUFFER + 100; i++) {
      access.info("line {}", i);
    }

    assertThat(DroppedLines.access() - before).isEqualTo(100);
    pipe.open();
    assertThat(awaitLines(ACCESS_BUFFER)).hasSize(ACCESS_BUFFER);
  }

  @Test
  void otherLinesDoNotWaitEither() {
    Logger events = context.getLogger("org.openbars.router.stream");
    long before = DroppedLines.others();
    long accessBefore = DroppedLines.access();
    events.info("held in the pipe");
    pipe.awaitWriter();

    for (int i = 1; i < EVENTS_BUFFER + 100; i++) {
      events.warn("line {}", i);
    }

    assertThat(DroppedLines.others() - before).isEqualTo(100);
    assertThat(DroppedLines.access()).isEqualTo(accessBefore);
    pipe.open();
    assertThat(awaitLines(EVENTS_BUFFER)).hasSize(EVENTS_BUFFER);
  }

  @Test
  void droppedLinesAreAMeter() {
    Meters meters = new Meters();
    DroppedLines.bindTo(meters);

    assertThat(meters.scrape())
        .contains(
            "bars_log_dropped_total{log=\"access\"}", "bars_log_dropped_total{log=\"events\"}");
  }

  @Test
  void librariesAreQuietAndTheRouterIsNot() {
    assertThat(level("org.openbars.router")).isEqualTo(Level.INFO);
    for (String library :
        List.of("io.netty.x", "io.vertx.x", "org.flywaydb.x", "io.zonky.x", "ca.uhn.fhir.x")) {
      assertThat(level(library)).as(library).isEqualTo(Level.WARN);
    }
  }

  @Test
  void whatIsBufferedIsWrittenWhenLoggingEnds() {
    Logger access = context.getLogger("org.openbars.router.access");
    Logger events = context.getLogger("org.openbars.router.stream");
    pipe.open();
    for (int i = 0; i < 1000; i++) {
      access.info("line {}", i);
      events.info("line {}", i);
    }

    context.stop();

    assertThat(pipe.lines()).hasSize(2000);
  }

  private Level level(String logger) {
    return context.getLogger(logger).getEffectiveLevel();
  }

  private List<JsonNode> awaitLines(int count) {
    await().atMost(Duration.ofSeconds(10)).until(() -> pipe.lines().size() >= count);
    return pipe.lines().stream().map(LoggingTest::parse).toList();
  }

  private static JsonNode parse(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + line, e);
    }
  }

  /** Takes nothing until it is opened, as a pipe does whose reader is stuck. */
  private static final class Pipe extends OutputStream {
    private final CountDownLatch opened = new CountDownLatch(1);
    private final CountDownLatch writing = new CountDownLatch(1);
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      writing.countDown();
      try {
        opened.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      synchronized (written) {
        written.write(bytes, offset, length);
      }
    }

    void open() {
      opened.countDown();
    }

    void awaitWriter() {
      try {
        writing.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    List<String> lines() {
      synchronized (written) {
        return new ArrayList<>(written.toString(UTF_8).lines().toList());
      }
    }
  }
}
