package org.openbars.router.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
  @ParameterizedTest
  @CsvSource({
    "https://a.example/FHIR/R4, a.example, 443, true, /FHIR/R4",
    "https://a.example/FHIR/R4/, a.example, 443, true, /FHIR/R4",
    "https://a.example, a.example, 443, true, ''",
    "https://a.example/, a.example, 443, true, ''",
    "https://a.example//, a.example, 443, true, /",
    "https://A.Example:8443/A/b/, a.example, 8443, true, /A/b",
    "HTTPS://a.example/x, a.example, 443, true, /x",
    "http://a.example/x, a.example, 80, false, /x",
    "http://127.0.0.1:9000/x, 127.0.0.1, 9000, false, /x",
    "https://a.example/a%20b/%2B;c=d/..e/f../.g, a.example, 443, true, /a%20b/%2B;c=d/..e/f../.g",
  })
  void baseUrlIsTakenApart(String url, String host, int port, boolean secure, String path) {
    assertThat(Target.parse(url)).isEqualTo(new Target(new ReceiverHost(host, port), secure, path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a.example",
        "/FHIR/R4",
        "//a.example/x",
        "ftp://a.example/",
        "file:///a",
        "https:",
        "https://",
        "https:///a",
        "https://:443/a",
        "https://user@a.example/",
        "https://user:secret@a.example/",
        "https://a.example/?a=b",
        "https://a.example/?",
        "https://a.example/#a",
        "https://a.example/#",
        "https://a.example:0/",
        "https://a.example:65536/",
        "https://a.example:x/",
        "https://a.example/.",
        "https://a.example/..",
        "https://a.example/a/../b",
        "https://a.example/a/./b",
        "https://a.example/%2e%2e/b",
        "https://a.example/.%2E/b",
        "https://a.example/%2e",
        "https://a.example/a b",
        "https://a.example/a\\b",
        "https://a.example/caf\u00e9",
        "https://a example/",
        "https://a.example/a\nb",
        " https://a.example/",
        "https://a.example/%",
        "https://a.example/%zz"
      })
  void urlThatCouldLeadElsewhereIsRefused(String url) {
    assertThatThrownBy(() -> Target.parse(url)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://user:secret@a.example/", "https://secret.example/?a", "secret://a/"})
  void messageOfARefusalHoldsNoPartOfTheUrl(String url) {
    assertThatThrownBy(() -> Target.parse(url)).message().doesNotContain("secret");
  }
}
