package org.openbars.router.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openbars.router.message.DestinationMatch;
import org.openbars.router.message.TargetIdentifier;

class DestinationCheckTest {
  @ParameterizedTest
  @CsvSource({
    "https://fhir.nhs.uk/Id/dos-service-id|2000, MATCHES",
    "http://fhir.nhs.uk/Id/dos-service-id|2000, MATCHES",
    "HTTPS://fhir.nhs.uk/Id/dos-service-id|2000, MATCHES",
    "fhir.nhs.uk/Id/dos-service-id|2000, MATCHES",
    "https://fhir.nhs.uk/id/dos-service-id|2000, MATCHES",
    "https://fhir.nhs.uk/ID/dos-service-id|2000, MATCHES",
    "https://fhir.nhs.uk/Id/dos-service-id%7C2000, MATCHES",
    "https://fhir.nhs.uk/Id/dos-service-id%7c2000, MATCHES",
    "https://fhir.nhs.uk/Id/dos-service-id|2001, DIFFERS",
    "https://fhir.nhs.uk/Id/dos-service-id|02000, DIFFERS",
    "https://fhir.nhs.uk/Id/dos-service-id|2000|1, DIFFERS",
    "https://fhir.nhs.uk/Id/DOS-service-id|2000, DIFFERS",
    "https://FHIR.nhs.uk/Id/dos-service-id|2000, DIFFERS",
    "https://fhir.nhs.uk/Id/dos-service-id/|2000, DIFFERS",
    "https://fhir.nhs.uk/Id/dos-service-id|, UNDETERMINED",
    "|2000, UNDETERMINED",
    "https://fhir.nhs.uk/Id/dos-service-id, UNDETERMINED",
    "https://receiver.example.org/FHIR/R4, UNDETERMINED",
    "2000, UNDETERMINED",
    "'', UNDETERMINED",
    "|, UNDETERMINED",
    "%7, UNDETERMINED"
  })
  void systemWithoutSchemeAndExactValueAreCompared(String endpoint, DestinationMatch match) {
    DestinationCheck check =
        new DestinationCheck(new TargetIdentifier("https://fhir.nhs.uk/Id/dos-service-id", "2000"));

    assertThat(check.compare(endpoint)).isEqualTo(match);
  }

  @ParameterizedTest
  @CsvSource({"A|x, MATCHES", "a|x, DIFFERS", "A|X, DIFFERS"})
  void theRestKeepsItsCase(String endpoint, DestinationMatch match) {
    assertThat(new DestinationCheck(new TargetIdentifier("A", "x")).compare(endpoint))
        .isEqualTo(match);
  }
}
