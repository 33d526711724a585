package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.openbars.router.conformance.Proof;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.message.ApiVersion;
import org.openbars.router.message.Interaction;
import org.openbars.router.sandbox.Arrival;

/** Every interaction passes in every version of the API that has it. */
final class InteractionsTest {
  private static RunningReceivers receivers;
  private static RunningRouter router;

  @BeforeAll
  static void start() {
    receivers = RunningReceivers.start();
    router = RunningRouter.setup().target("good", receivers.url("")).start();
  }

  @AfterAll
  static void stop() {
    router.close();
    receivers.close();
  }

  static Stream<Arguments> interactionsByVersion() {
    return Stream.of(Interaction.values())
        .flatMap(
            interaction ->
                IntStream.rangeClosed(0, 5)
                    .mapToObj(minor -> new ApiVersion(1, minor, 0))
                    .filter(version -> version.compareTo(interaction.since()) >= 0)
                    .map(version -> Arguments.of(interaction, version)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("interactionsByVersion")
  void everyInteractionPassesInEveryVersion(
      Interaction interaction, ApiVersion version, TestReporter reporter) {
    receivers.mock().clearArrivals();
    String path = interaction.pathTemplate().replace("{id}", "c1ab3fba");
    String accept = "application/fhir+json; version=" + version;
    RawRequest request =
        RawRequest.message(interaction.method(), path, "good").only("Accept", accept);
    if (interaction.writes()) {
      request = request.body("{\"resourceType\":\"Bundle\"}");
    }

    RawAnswer answer = RawSender.exchange(router.port(), request);

    assertThat(answer.status()).isEqualTo(200);
    Arrival arrival = receivers.last();
    assertThat(arrival.method()).isEqualTo(interaction.method());
    assertThat(arrival.uri()).isEqualTo("/FHIR/R4" + path);
    assertThat(arrival.headers("Accept")).containsExactly(accept);
    Proof.interaction(reporter, interaction, version);
  }
}
