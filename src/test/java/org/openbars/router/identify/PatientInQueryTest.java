package org.openbars.router.identify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatientInQueryTest {
  /** Of the range kept for tests; the check digit is right. */
  private static final String NUMBER = "9990000026";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9990000026",
        "patient%3Aidentifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C9990000026",
        "a=b&subject:identifier=https://fhir.nhs.uk/id/nhs-number|9990000026&c=d",
        "a&b=&patient:identifier=https://fhir.nhs.uk/Id/nhs-number|+9990000026",
        "x=https://fhir.nhs.uk/Id/nhs-number|1234567890&y=https://fhir.nhs.uk/Id/nhs-number|9990000026",
        "x=%zz/nhs-number|9990000034&y=https://fhir.nhs.uk/Id/nhs-number|9990000026",
      })
  void numberOfTheNhsNumbersSystemIsFound(String query) {
    assertThat(PatientInQuery.find(query)).isNotNull();
    assertThat(PatientInQuery.find(query).digits()).isEqualTo(NUMBER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nhs-number",
        "patient:identifier=9990000026",
        "patient:identifier=https://fhir.nhs.uk/Id/local|9990000026",
        "patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9990000027",
        "patient:identifier=https://fhir.nhs.uk/Id/nhs-number|999000002",
        "patient:identifier=https://fhir.nhs.uk/Id/nhs-number|",
        "patient:identifier=https://fhir.nhs.uk/Id/nhs-number",
        "patient:identifier=https://fhir.nhs.uk/Id/nhs-number-old|9990000026",
        "patient:identifier=%/nhs-number|9990000026",
        "|9990000026=/nhs-number",
      })
  void anythingElseIsNoPatient(String query) {
    assertThat(PatientInQuery.find(query)).isNull();
  }

  @Test
  void noQueryHasNoPatient() {
    assertThat(PatientInQuery.find(null)).isNull();
  }
}
