package org.openbars.router.identify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.message.ApiVersion;

class AcceptedVersionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/fhir+json;version=1.1.0|1.1.0",
        "application/fhir+json; version=1.1.0|1.1.0",
        "application/fhir+json ; VERSION = 1.1|1.1.0",
        "application/fhir+json;version=2|2.0.0",
        "application/fhir+json;version=\"1.2.3\"|1.2.3",
        "application/fhir+json;version=1.1.0-beta|1.1.0",
        "application/fhir+json;q=0.5;version=1.0.0|1.0.0",
        "a/b;version=1.0.0, c/d;version=1.5.0, e/f;version=1.4.9|1.5.0",
        "a/b, c/d;version=1.5.0|1.5.0",
        "a/b;version=9999.9999.9999|9999.9999.9999",
      })
  void versionIsReadAndTheHighestCounts(String accept, String version) {
    AcceptedVersion accepted = AcceptedVersion.parse(accept);

    assertThat(accepted.malformed()).isFalse();
    assertThat(accepted.version()).hasToString(version);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "application/fhir+json",
        "*/*;q=0.1",
        "a/b;versions=1",
        "a/b;xversion=1",
        "a/b;version",
        "version=2.0.0",
        "a/b;a=version"
      })
  void headerWithoutAVersionAsksForNone(String accept) {
    assertThat(AcceptedVersion.parse(accept)).isEqualTo(AcceptedVersion.NONE);
  }

  @Test
  void missingHeaderAsksForNone() {
    assertThat(AcceptedVersion.parse(null)).isEqualTo(AcceptedVersion.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a/b;version=",
        "a/b;version=x",
        "a/b;version=1.x",
        "a/b;version=1.",
        "a/b;version=.1",
        "a/b;version=1.2.3.4",
        "a/b;version=-1",
        "a/b;version=10000",
        "a/b;version=1.0.0, c/d;version=x",
        "a/b;version=\"1",
        "a/b;version=1 0"
      })
  void versionThatIsNoneIsMalformed(String accept) {
    AcceptedVersion accepted = AcceptedVersion.parse(accept);

    assertThat(accepted.malformed()).isTrue();
    assertThat(accepted.version()).isNull();
  }

  @Test
  void versionsAreOrderedByTheirNumbers() {
    assertThat(new ApiVersion(1, 10, 0)).isGreaterThan(new ApiVersion(1, 9, 9));
    assertThat(new ApiVersion(2, 0, 0)).isGreaterThan(new ApiVersion(1, 9999, 0));
    assertThat(new ApiVersion(1, 0, 1)).isGreaterThan(new ApiVersion(1, 0, 0));
    assertThat(new ApiVersion(1, 1, 0)).isEqualByComparingTo(new ApiVersion(1, 1, 0));
  }
}
