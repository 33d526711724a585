package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;

/** A receiver's own errors in dialect guide: which pass as they are. */
class ReceiverAnswersTest {
  private static final int LIMIT = 64 * 1024;

  private static RunningReceivers receivers;
  private static RunningRouter router;

  @BeforeAll
  static void start() {
    receivers = RunningReceivers.start();
    RunningRouter.Setup setup = RunningRouter.setup();
    everyStatus()
        .forEach(
            status ->
                Stream.of(
                        "body=html",
                        "body=outcome",
                        "body=outcome,chunked",
                        "body=outcome,encoding=gzip",
                        "body=html,encoding=gzip",
                        "body=outcome,size=" + LIMIT,
                        "body=text,size=" + LIMIT,
                        "body=text,size=" + (LIMIT + 1),
                        "body=text,chunked,size=" + (LIMIT + 1),
                        "body=text,size=300KiB",
                        "retry-after=7,body=html",
                        "body=outcome,type=text%2Fplain")
                    .map(rest -> "status=" + status + "," + rest)
                    .forEach(behaviour -> setup.target(behaviour, receivers.url(behaviour))));
    router = setup.start();
  }

  @AfterAll
  static void stop() {
    router.close();
    receivers.close();
  }

  static IntStream everyStatus() {
    return IntStream.concat(looked(), others());
  }

  static IntStream others() {
    return IntStream.of(400, 401, 404, 405, 406, 408, 409, 410, 422, 425, 429, 501, 505, 599);
  }

  static IntStream looked() {
    return IntStream.of(403, 500, 502, 503, 504);
  }

  private static RawAnswer answer(int status, String rest) {
    return RawSender.exchange(
        router.port(),
        RawRequest.message("GET", "/Slot?status=free", "status=" + status + "," + rest));
  }

  @ParameterizedTest
  @MethodSource("looked")
  void operationOutcomePasses(int status) {
    for (String body :
        new String[] {"body=outcome", "body=outcome,chunked", "body=outcome,type=text%2Fplain"}) {
      RawAnswer answer = answer(status, body);

      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.text()).contains("OperationOutcome", "REC_");
      assertThat(answer.header("Content-Type"))
          .contains(body.contains("plain") ? "text/plain" : "application/fhir+json");
    }
  }

  @ParameterizedTest
  @MethodSource("looked")
  void operationOutcomeAsLargeAsTheLimitPassesWhole(int status) {
    RawAnswer answer = answer(status, "body=outcome,size=" + LIMIT);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body().length()).isEqualTo(LIMIT);
    assertThat(answer.text()).contains("REC_");
  }

  @ParameterizedTest
  @MethodSource("looked")
  void operationOutcomeInXmlPasses(int status) {
    RawAnswer answer =
        RawSender.exchange(
            router.port(),
            RawRequest.message("GET", "/Slot", "status=" + status + ",body=outcome")
                .with("Accept", "application/fhir+xml"));

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).contains("application/fhir+xml");
    assertThat(answer.text()).contains("<OperationOutcome", "REC_");
  }

  @ParameterizedTest
  @MethodSource("looked")
  void largerBodyPassesWhole(int status) {
    for (int size : new int[] {LIMIT + 1, 300 * 1024}) {
      String text = size == LIMIT + 1 ? "body=text,size=65537" : "body=text,size=300KiB";
      RawAnswer answer = answer(status, text);

      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.header("Content-Type")).contains("text/plain");
      assertThat(answer.body().length()).isEqualTo(size);
    }
    assertThat(answer(status, "body=text,chunked,size=65537").body().length()).isEqualTo(LIMIT + 1);
  }

  @ParameterizedTest
  @MethodSource("looked")
  void encodedBodyPassesAsItIs(int status) throws Exception {
    for (String body : new String[] {"body=outcome,encoding=gzip", "body=html,encoding=gzip"}) {
      RawAnswer answer = answer(status, body);

      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.header("Content-Encoding")).contains("gzip");
      try (GZIPInputStream in =
          new GZIPInputStream(new ByteArrayInputStream(answer.body().getBytes()))) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isNotEmpty();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("looked")
  void answerToHeadPassesAsItIs(int status) {
    RawAnswer answer =
        RawSender.exchange(
            router.port(), RawRequest.message("HEAD", "/Slot", "status=" + status + ",body=html"));

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).contains("text/html");
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 500, 502, 503, 504})
  void retryAfterOfAReceiverOutlivesItsBody(int status) {
    RawAnswer answer = answer(status, "retry-after=7,body=html");

    assertThat(answer.text()).contains("OperationOutcome");
    assertThat(answer.values("Retry-After")).containsExactly("7");
  }

  @ParameterizedTest
  @MethodSource("others")
  void everyOtherStatusPassesAsItIs(int status) {
    RawAnswer answer = answer(status, "body=html");

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).contains("text/html");
    assertThat(answer.text()).startsWith("<html>");
  }

  @Test
  void replacedAnswerLeavesTheConnectionsUsable() {
    try (RawSender sender = RawSender.to(router.port())) {
      for (int i = 0; i < 20; i++) {
        RawAnswer replaced =
            sender.exchange(
                RawRequest.message("POST", "/$process-message", "status=503,body=html").body("{}"));
        RawAnswer passed =
            sender.exchange(RawRequest.message("GET", "/Slot", "status=404,body=html"));

        assertThat(replaced.text()).contains("REC_SERVICE_UNAVAILABLE");
        assertThat(passed.status()).isEqualTo(404);
        assertThat(passed.text()).startsWith("<html>");
      }
    }
  }
}
