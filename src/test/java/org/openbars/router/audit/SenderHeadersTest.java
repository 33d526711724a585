package org.openbars.router.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openbars.router.audit.SampleExchanges.base64;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.message.NhsNumber;

class SenderHeadersTest {
  @Test
  void bothHeadersAreRead() {
    assertThat(
            SenderHeaders.decode(
                base64(SampleExchanges.ORGANISATION), base64(SampleExchanges.SOFTWARE)))
        .isEqualTo(
            new SenderHeaders(
                "A1001",
                "https://supplier.example/Id/device-identifier",
                "SUPP-APP-1",
                "Supplier app",
                "4.2.1",
                false,
                false));
  }

  @Test
  void headersThatWereNotSentAreNotMalformed() {
    assertThat(SenderHeaders.decode(null, null))
        .isEqualTo(new SenderHeaders(null, null, null, null, null, false, false));
  }

  @Test
  void base64WithoutPaddingIsRead() {
    String header = base64(SampleExchanges.SOFTWARE + " ").replace("=", "");
    assertThat(SenderHeaders.decode(null, header).softwareValue()).isEqualTo("SUPP-APP-1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "%%%",
        "bm90IEpTT04=", // not JSON
        "W10=", // []
        "bnVsbA==", // null
        "e30=", // {}
        "eyJpZGVudGlmaWVyIjo3fQ==", // {"identifier":7}
        "eyJpZGVudGlmaWVyIjpbeyJ2YWx1ZSI6MX1dfQ==", // {"identifier":[{"value":1}]}
        "eyJpZGVudGlmaWVyIjpbeyJ2YWx1ZSI6IiJ9XX0=" // {"identifier":[{"value":""}]}
      })
  void headerWithoutAnIdentifierIsMalformed(String header) {
    SenderHeaders read = SenderHeaders.decode(header, header);

    assertThat(read).isEqualTo(new SenderHeaders(null, null, null, null, null, true, true));
  }

  @Test
  void headerThatIsTooLongOrTooDeepIsMalformed() {
    String deep = "{\"a\":".repeat(50) + "1" + "}".repeat(50);

    assertThat(SenderHeaders.decode(base64(deep), "e".repeat(3000)))
        .isEqualTo(new SenderHeaders(null, null, null, null, null, true, true));
  }

  @Test
  void odsSystemIsKnownWithHttpAndInLowerCase() {
    String header =
        base64(
            SampleExchanges.ORGANISATION.replace(
                "https://fhir.nhs.uk/Id", "http://fhir.nhs.uk/id"));
    assertThat(SenderHeaders.decode(header, null).organisation()).isEqualTo("A1001");
  }

  @Test
  void nhsNumberIsFoundOnlyAsARunOfItsOwn() {
    String digits = SampleExchanges.NHS_NUMBER.digits();

    assertThat(NhsNumber.standsIn(digits)).isTrue();
    assertThat(NhsNumber.standsIn("a" + digits + "-")).isTrue();
    assertThat(NhsNumber.standsIn("1" + digits)).isFalse();
    assertThat(NhsNumber.standsIn("9990000001".substring(0, 9))).isFalse();
    assertThat(NhsNumber.standsIn("")).isFalse();
  }
}
