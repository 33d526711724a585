package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openbars.router.fixture.RawRequest.TARGET;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.StrictErrorHandler;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.slf4j.LoggerFactory;

/** What the router answers by itself: ping, status, pre-flight and its CapabilityStatement. */
class OwnEndpointsTest {
  private static final String STATEMENT =
      "{\"resourceType\":\"CapabilityStatement\", \"status\":\"active\",\"date\":\"2026-11-24\","
          + "\"kind\":\"instance\",\"fhirVersion\":\"4.0.1\",\"format\":[\"json\"],"
          + "\"implementation\":{\"description\":\"ours\"},\"rest\":[{\"mode\":\"server\"}]}\n";

  @TempDir static Path folder;
  private static RunningReceivers receivers;
  private static RunningRouter router;

  @BeforeAll
  static void start() throws Exception {
    Path key = Files.writeString(folder.resolve("status.key"), "s3cret\n");
    receivers = RunningReceivers.start();
    router =
        RunningRouter.setup()
            .set("status.api-key-file", key)
            .target("good", receivers.url(""))
            .start();
  }

  @AfterAll
  static void stop() {
    router.close();
    receivers.close();
  }

  private static RawRequest bare(String method, String path) {
    return RawRequest.bare(method, RunningRouter.BASE_PATH + path);
  }

  private static RawAnswer exchange(RawRequest request) {
    long before = receivers.arrived();
    RawAnswer answer = RawSender.exchange(router.port(), request);
    assertThat(receivers.arrived()).isEqualTo(before);
    return answer;
  }

  @Test
  void pingIsAnsweredToAnyone() {
    RawAnswer answer = exchange(bare("GET", "/_ping"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).contains("application/json");
    assertThat(new JsonObject(answer.text()).fieldNames())
        .containsExactlyInAnyOrder("version", "revision", "releaseId", "commitId");
    assertThat(exchange(bare("HEAD", "/_ping")).header("Content-Length"))
        .isEqualTo(answer.header("Content-Length"));
  }

  @Test
  void pingIsForReadersOnly() {
    assertThat(exchange(RawRequest.message("POST", "/_ping", "good")).status()).isEqualTo(404);
    assertThat(exchange(RawRequest.bare("GET", "/_ping")).status()).isEqualTo(400);
  }

  @Test
  void statusIsAnsweredToWhoeverHasTheKey() {
    RawAnswer answer = exchange(bare("GET", "/_status").with("apikey", "s3cret"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).contains("application/json");
    JsonObject json = new JsonObject(answer.text());
    assertThat(json.getString("status")).isEqualTo("pass");
    assertThat(json.getString("commitId")).isNotEmpty();
    assertThat(exchange(bare("HEAD", "/_status").with("apikey", "s3cret")).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s3cre", "s3cret2", "S3CRET"})
  void statusIsRefusedWithAnotherKey(String key) {
    assertThat(exchange(bare("GET", "/_status").with("apikey", key)).status()).isEqualTo(401);
  }

  @Test
  void statusIsRefusedWithoutAKey() {
    assertThat(exchange(bare("GET", "/_status")).status()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "PUT", "PATCH", "DELETE"})
  void preflightIsAnsweredForEveryMethodOfTheApi(String method) {
    RawAnswer answer =
        exchange(
            bare("OPTIONS", "/ServiceRequest/1")
                .with("Origin", "https://app.example")
                .with("Access-Control-Request-Method", method)
                .with("Access-Control-Request-Headers", "nhsd-target-identifier"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().length()).isZero();
    assertThat(answer.header("Access-Control-Allow-Origin")).contains("https://app.example");
    assertThat(answer.header("Access-Control-Allow-Methods").orElseThrow().split(", "))
        .contains(method);
    assertThat(answer.header("Access-Control-Allow-Headers").orElseThrow().split(", "))
        .contains("authorization", "x-request-id", "x-correlation-id", "nhsd-target-identifier");
    assertThat(answer.header("Access-Control-Max-Age")).contains("3628800");
    assertThat(answer.header("Vary")).contains("Origin");
  }

  @Test
  void optionsWithoutAnOriginIsAnOrdinaryRequest() {
    assertThat(exchange(RawRequest.message("OPTIONS", "/Slot", "good")).status()).isEqualTo(405);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/fhir+json", "application/fhir+xml", "text/html", "*/*"})
  void ownStatementIsAnsweredToAnyone(String accept) {
    RawAnswer answer = exchange(bare("GET", "/metadata").with("Accept", accept));

    String type = accept.endsWith("xml") ? "application/fhir+xml" : "application/fhir+json";
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).contains(type);
    FhirContext fhir = FhirContext.forR4Cached();
    IParser parser = accept.endsWith("xml") ? fhir.newXmlParser() : fhir.newJsonParser();
    parser.setParserErrorHandler(new StrictErrorHandler());
    assertThat(parser.parseResource(CapabilityStatement.class, answer.text()).getRest())
        .isNotEmpty();
    RawAnswer head = exchange(bare("HEAD", "/metadata").with("Accept", accept));
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("Content-Length")).isEqualTo(answer.header("Content-Length"));
  }

  @Test
  void ownStatementMirrorsTheIds() {
    RawAnswer answer = exchange(RawRequest.message("GET", "/metadata", "good").without(TARGET));

    assertThat(answer.values("X-Request-Id")).containsExactly(RunningRouter.REQUEST_ID);
    assertThat(answer.values("X-Correlation-Id")).containsExactly(RunningRouter.CORRELATION_ID);
  }

  @Test
  void statementOfAReceiverIsAskedForWithATarget() {
    long before = receivers.arrived();
    RawAnswer answer =
        RawSender.exchange(router.port(), RawRequest.message("GET", "/metadata", "good"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(receivers.arrived()).isEqualTo(before + 1);
    assertThat(receivers.last().uri()).isEqualTo("/FHIR/R4/metadata");
    assertThat(exchange(RawRequest.message("GET", "/metadata", "nobody")).status()).isEqualTo(404);
    assertThat(
            exchange(bare("GET", "/metadata").with(TARGET, RunningRouter.header("good"))).status())
        .isEqualTo(400);
  }

  @Test
  void statementInAnOperatorsFileIsAnsweredByteForByte() throws Exception {
    Path file = Files.writeString(folder.resolve("statement.json"), STATEMENT);
    try (RunningRouter own =
        RunningRouter.setup()
            .set("metadata.file", file)
            .target("good", receivers.url(""))
            .start()) {
      RawAnswer json = RawSender.exchange(own.port(), bare("GET", "/metadata"));
      RawAnswer xml =
          RawSender.exchange(
              own.port(), bare("GET", "/metadata").with("Accept", "application/fhir+xml"));

      assertThat(json.text()).isEqualTo(STATEMENT);
      assertThat(json.header("Content-Type")).contains("application/fhir+json");
      assertThat(xml.text()).startsWith("<").contains("<CapabilityStatement ");
      assertThat(xml.header("Content-Type")).contains("application/fhir+xml");
    }
  }

  /** An exchange's state belongs to one event loop, also where the answer was made elsewhere. */
  @Test
  void ownStatementIsAnsweredOnTheConnectionsOwnEventLoop() {
    List<String> threads = new CopyOnWriteArrayList<>();
    AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            threads.add(event.getThreadName());
          }
        };
    Logger access = (Logger) LoggerFactory.getLogger("org.openbars.router.access");
    Level before = access.getLevel();
    access.setLevel(Level.INFO);
    appender.start();
    access.addAppender(appender);
    Set<String> loops = new HashSet<>();
    List<RawSender> senders = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        RawSender sender = RawSender.to(router.port());
        senders.add(sender);
        threads.clear();
        assertThat(sender.exchange(bare("GET", "/metadata")).status()).isEqualTo(200);
        assertThat(sender.exchange(bare("GET", "/Nothing")).status()).isEqualTo(400);
        assertThat(threads).hasSize(2);
        assertThat(threads.get(0)).isEqualTo(threads.get(1));
        loops.addAll(threads);
      }
      assertThat(loops).as("the connections are shared out").hasSizeGreaterThan(1);
    } finally {
      access.detachAppender(appender);
      access.setLevel(before);
      senders.forEach(RawSender::close);
    }
  }
}
