package org.openbars.router.sandbox.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openbars.router.fixture.Exchanges.await;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.openbars.router.conformance.Proof;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.sandbox.SandboxReceivers;
import org.openbars.router.sandbox.journey.JourneyPlayer.Result;

/** Every journey, in both formats, through a router; its messages are base FHIR R4. */
final class JourneysTest {
  private static final int SMALLEST = 8 * 1024;
  private static final int LARGEST = 35 * 1024;

  private static Vertx vertx;
  private static RunningRouter router;
  private static JourneyPlayer player;
  private static BaseR4 r4;
  private static final Set<String> VALIDATED = new HashSet<>();
  private static long seed;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
    SandboxReceivers receivers = await(SandboxReceivers.start(vertx, 0));
    router = RunningRouter.setup().targets(receivers.targets().json()).start();
    player =
        new JourneyPlayer(
            new MockSender("http://127.0.0.1:" + router.port() + RunningRouter.BASE_PATH),
            receivers.correspondence(),
            InstantSource.system());
    r4 = new BaseR4();
  }

  @AfterAll
  static void stop() {
    router.close();
    await(vertx.close());
    // It holds all of FHIR's definitions.
    r4 = null;
    player = null;
  }

  static Stream<Arguments> journeys() throws IOException {
    return JourneyFiles.packaged().stream()
        .flatMap(
            journey ->
                Stream.of(AnswerFormat.values())
                    .map(format -> Arguments.of(journey.code(), format, journey)));
  }

  @ParameterizedTest(name = "{0} in {1}")
  @MethodSource("journeys")
  void everyJourneyPlaysToItsEnd(
      String code, AnswerFormat format, Journey journey, TestReporter reporter) {
    Result result = player.play(journey.in(format), ++seed, played -> {});

    assertThat(result.exchanges())
        .allSatisfy(each -> assertThat(each.fault()).as(each.sent().act().word()).isEmpty())
        .hasSameSizeAs(journey.acts());
    for (Played played : result.exchanges()) {
      validate(code, format, played);
    }
    Proof.journey(reporter, code, format);
  }

  /** One message of each use case, and one of each kind, in each format. */
  private static void validate(String code, AnswerFormat format, Played played) {
    Act act = played.sent().act();
    String body = played.sent().body();
    if (act == Act.RETRY || body.isEmpty()) {
      return;
    }
    assertThat(body.getBytes(StandardCharsets.UTF_8).length)
        .as(act.word())
        .isBetween(SMALLEST, LARGEST);
    boolean newKind = VALIDATED.add(act.word() + format + code.startsWith("a6"));
    if (VALIDATED.add(code + format) || newKind) {
      assertThat(r4.errors(body)).as(act.word()).isEmpty();
    }
    if (newKind) {
      assertThat(r4.errors(played.answer())).as("answer to " + act.word()).isEmpty();
    }
  }

  /** As Postman would: each folder's variables anew, then its requests one after the other. */
  @Test
  void thePostmanCollectionCanBeRunAgain() throws IOException {
    List<Journey> journeys =
        JourneyFiles.packaged().stream()
            .filter(each -> List.of("a1t2", "a1t3", "a4t1").contains(each.code()))
            .toList();
    List<Result> results =
        journeys.stream().map(each -> player.play(each, ++seed, played -> {})).toList();
    PostmanRun run =
        new PostmanRun(
            PostmanCollection.of(results),
            "http://127.0.0.1:" + router.port() + RunningRouter.BASE_PATH);

    for (int again = 0; again < 2; again++) {
      assertThat(run.all())
          .hasSize(13 + 12 + 6)
          .allSatisfy(each -> assertThat(each).endsWith("as recorded"));
    }
  }

  /** The one misbehaviour that is not the receiver's to choose. */
  @Test
  void aTargetWhoseTlsFailsIsAnsweredUnavailable() {
    RawRequest request = RawRequest.message("GET", "/metadata", "tls-failure");

    assertThat(RawSender.exchange(router.port(), request).status()).isEqualTo(503);
  }

  @Test
  void whatIsNoMessageOfR4IsToldFromOneThatIs() {
    assertThat(
            r4.errors("{\"resourceType\": \"Appointment\", \"id\": \"1\", \"status\": \"booked\"}"))
        .anySatisfy(error -> assertThat(error).contains("participant"));
  }

  @Test
  void thereIsOneJourneyForEveryUseCaseOfTheStandard() throws IOException {
    List<String> codes = JourneyFiles.packaged().stream().map(Journey::code).toList();

    assertThat(codes).doesNotHaveDuplicates().hasSize(27 + 4);
    assertThat(codes.stream().filter(code -> code.startsWith("a1"))).hasSize(12);
    assertThat(codes.stream().filter(code -> code.startsWith("a2"))).hasSize(6);
    assertThat(codes.stream().filter(code -> code.startsWith("a3"))).hasSize(1);
    assertThat(codes.stream().filter(code -> code.startsWith("a4"))).hasSize(4);
    assertThat(codes.stream().filter(code -> code.startsWith("a5"))).hasSize(1);
    assertThat(codes.stream().filter(code -> code.startsWith("a6"))).hasSize(3);
    assertThat(codes).contains("a7t1", "a8t1", "a8t2", "a8t3");
  }
}
