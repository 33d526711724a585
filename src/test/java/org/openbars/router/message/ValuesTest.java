package org.openbars.router.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The small values: NHS number, UUIDs, hosts, identifiers, use context, version. */
class ValuesTest {
  @ParameterizedTest
  @ValueSource(strings = {"9990000018", "9990000026", "9990000050", "9990000069", "9990000093"})
  void nhsNumberWithItsCheckDigitIsValid(String digits) {
    assertThat(NhsNumber.isValid(digits)).isTrue();
    assertThat(NhsNumber.parse(digits)).contains(new NhsNumber(digits));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "999000001",
        "99900000180",
        "9990000010",
        "9990000081",
        "9990001008",
        "999 000 0018",
        " 9990000018",
        "999000001X",
        "\u0669990000018",
        "-990000018"
      })
  void anythingElseIsNoNhsNumber(String text) {
    assertThat(NhsNumber.isValid(text)).isFalse();
    assertThat(NhsNumber.parse(text)).isEmpty();
    assertThatThrownBy(() -> new NhsNumber(text)).isInstanceOf(IllegalArgumentException.class);
  }

  /** Nine digits whose check digit would be 10 make no NHS number at all. */
  @Test
  void checkDigitTenIsNone() {
    for (char last = '0'; last <= '9'; last++) {
      assertThat(NhsNumber.isValid("999000000" + last)).isEqualTo(validByHand("999000000" + last));
      assertThat(NhsNumber.isValid("999000010" + last)).isEqualTo(validByHand("999000010" + last));
    }
  }

  /** The NHS Data Dictionary's words: 11 less the remainder; 11 is 0, 10 is invalid. */
  private static boolean validByHand(String digits) {
    int sum = 0;
    for (int i = 0; i < 9; i++) {
      sum += (digits.charAt(i) - '0') * (10 - i);
    }
    int check = 11 - sum % 11;
    return (check == 11 ? 0 : check) == digits.charAt(9) - '0';
  }

  @Test
  void everyWrongDigitIsNoticed() {
    String good = "9990000018";
    for (int i = 0; i < good.length(); i++) {
      for (char digit = '0'; digit <= '9'; digit++) {
        String changed = good.substring(0, i) + digit + good.substring(i + 1);
        assertThat(NhsNumber.isValid(changed)).isEqualTo(changed.equals(good));
      }
    }
  }

  @Test
  void nhsNumberShowsNoDigitInText() {
    assertThat(new NhsNumber("9990000018").toString()).doesNotContainPattern("[0-9]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c1ab3fba-6bae-4ba4-b257-5a87c44d4a91", "C1AB3FBA-6BAE-4BA4-B257-5A87C44D4A91",
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"
      })
  void uuidOfAnyVersionAndCaseIsOne(String text) {
    assertThat(Uuids.isUuid(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "c1ab3fba6bae4ba4b2575a87c44d4a91",
        "c1ab3fba-6bae-4ba4-b257-5a87c44d4a9",
        "c1ab3fba-6bae-4ba4-b257-5a87c44d4a911",
        "{c1ab3fba-6bae-4ba4-b257-5a87c44d4a9}",
        "c1ab3fbag6bae-4ba4-b257-5a87c44d4a91",
        "c1ab3fba-6bae-4ba4-b257-5a87c44d4a9g",
        "c1ab3fba-6bae-4ba4-b257 5a87c44d4a91",
        "\u0661\u0661ab3fba-6bae-4ba4-b257-5a87c44d4a91",
        "\uff41\uff42ab3fba-6bae-4ba4-b257-5a87c44d4a91",
        "-c1ab3fba-6bae-4ba4-b257-5a87c44d4a9"
      })
  void anyOtherShapeIsNone(String text) {
    assertThat(Uuids.isUuid(text)).isFalse();
  }

  @Test
  void timeOrderedUuidsHoldTheirInstant() {
    Uuids uuids = new Uuids();
    long now = 1_795_500_000_123L;
    Set<UUID> made = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      UUID id = uuids.timeOrdered(now + i);
      assertThat(id.version()).isEqualTo(7);
      assertThat(id.variant()).isEqualTo(2);
      assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(now + i);
      made.add(id);
    }
    assertThat(made).hasSize(1000);
  }

  @Test
  void randomUuidsAreOfVersionFour() {
    UUID id = new Uuids().random();

    assertThat(id.version()).isEqualTo(4);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(new Uuids().random()).isNotEqualTo(id);
  }

  @Test
  void receiverHostHasOneSpelling() {
    assertThat(new ReceiverHost("A.Example", 443)).isEqualTo(new ReceiverHost("a.example", 443));
    assertThat(new ReceiverHost("a", 1)).hasToString("a:1");
    assertThatThrownBy(() -> new ReceiverHost("", 1)).hasMessageContaining("host");
    assertThatThrownBy(() -> new ReceiverHost("a", 0)).hasMessageContaining("port");
    assertThatThrownBy(() -> new ReceiverHost("a", 65536)).hasMessageContaining("port");
  }

  @Test
  void targetIdentifierHasBothParts() {
    assertThatThrownBy(() -> new TargetIdentifier("", "v")).hasMessageContaining("system");
    assertThatThrownBy(() -> new TargetIdentifier("s", "")).hasMessageContaining("value");
    assertThat(new TargetIdentifier("s", "v")).isNotEqualTo(new TargetIdentifier("S", "v"));
  }

  @Test
  void apiVersionHasSmallParts() {
    assertThatThrownBy(() -> new ApiVersion(-1, 0, 0)).hasMessageContaining("major");
    assertThatThrownBy(() -> new ApiVersion(0, 10000, 0)).hasMessageContaining("minor");
    assertThatThrownBy(() -> new ApiVersion(0, 0, 10000)).hasMessageContaining("patch");
    assertThat(new ApiVersion(1, 2, 3)).hasToString("1.2.3");
  }

  @Test
  void useContextIsReadAsFarAsItGoes() {
    assertThat(UseContext.parse(null)).isEqualTo(UseContext.NONE);
    assertThat(UseContext.parse("")).isEqualTo(UseContext.NONE);
    assertThat(UseContext.parse("a1t1|booking-request|new|Routine"))
        .isEqualTo(new UseContext("a1t1", "booking-request", "new", "Routine"));
    assertThat(UseContext.parse("a1t1")).isEqualTo(new UseContext("a1t1", null, null, null));
    assertThat(UseContext.parse(" a | |caf\u00e9|" + "x".repeat(65)))
        .isEqualTo(new UseContext("a", null, null, null));
    assertThat(UseContext.parse("a|b|c|d|e|f")).isEqualTo(new UseContext("a", "b", "c", "d"));
  }
}
