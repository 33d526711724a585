package org.openbars.router.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerFormatTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/fhir+xml",
        "application/fhir+xml; version=1.1.0",
        "APPLICATION/FHIR+XML",
        "application/xml",
        "text/xml;charset=utf-8",
        "application/fhir+xml, application/fhir+json;q=0.9",
        "application/fhir+json;q=0.999, application/fhir+xml",
        "application/fhir+json; version=1.1.0; q=0.1, application/fhir+xml;version=1.1.0;q=0.2",
        "application/fhir+xml, */*;q=0.8",
        "application/fhir+xml;q=0.5, application/*;q=0.4",
        "application/fhir+json;q=0, application/fhir+xml;q=0.001",
        "text/html, application/fhir+xml;q=0.1",
        " ,, application/fhir+xml ,",
        "application/fhir+xml;",
        "application/fhir+xml;a=\"x, application/fhir+json\"",
        "application/fhir+xml;a=\"\\\"\";Q=1.000",
      })
  void xmlIsAnsweredWhereItIsPreferred(String accept) {
    assertThat(AnswerFormat.of(accept)).isEqualTo(AnswerFormat.XML);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "application/fhir+json",
        "application/fhir+json; version=1.1.0",
        "application/json",
        "*/*",
        "text/html",
        "application/fhir+json, application/fhir+xml",
        "application/fhir+xml, application/fhir+json",
        "application/fhir+xml, */*",
        "application/fhir+xml;q=0.5, application/*;q=0.5",
        "application/fhir+xml;q=0.5, application/json",
        "application/fhir+xml;q=0",
        "application/fhir+xml;q=0.0",
        "application/fhir+xmlx",
        "text/*",
      })
  void jsonIsAnsweredInEveryOtherCase(String accept) {
    assertThat(AnswerFormat.of(accept)).isEqualTo(AnswerFormat.JSON);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/fhir+xml;q=2",
        "application/fhir+xml;q=1.001",
        "application/fhir+xml;q=0.1234",
        "application/fhir+xml;q=high",
        "application/fhir+xml;q=",
        "application/fhir+xml;q",
        "application/fhir+xml;q=\"0.5\"",
        "application/fhir+xml;=1",
        "application/fhir+xml version=1",
        "application/fhir+xml;a=\"open",
        "application/fhir+xml;a=\"open\\",
        "application/fhir+xml, application",
        "application/fhir+xml, application/",
        "application/fhir+xml, /json",
        "application/fhir+xml, a/b/c",
        "application/fhir+xml, caf\u00e9/x",
      })
  void malformedIsAnsweredInJson(String accept) {
    assertThat(AnswerFormat.of(accept)).isEqualTo(AnswerFormat.JSON);
  }

  @Test
  void missingHeaderIsAnsweredInJson() {
    assertThat(AnswerFormat.of(null)).isEqualTo(AnswerFormat.JSON);
  }
}
