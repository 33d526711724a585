package org.openbars.router.identify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.identify.TargetHeader.Decoded;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.TargetIdentifier;

class TargetHeaderTest {
  private static String base64(String json) {
    return base64(json, StandardCharsets.UTF_8);
  }

  private static String base64(String json, Charset charset) {
    return Base64.getEncoder().encodeToString(json.getBytes(charset));
  }

  private static Decoded good(String system, String value) {
    return new Decoded.Good(new TargetIdentifier(system, value));
  }

  private static Decoded bad(BarsError error) {
    return new Decoded.Bad(error);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"system\":\"s\",\"value\":\"v\"}",
        "{\"value\":\"v\",\"system\":\"s\"}",
        " \n\t{ \"system\" : \"s\" , \"value\" : \"v\" } \r\n",
        "{\"system\":\"s\",\"other\":{\"system\":\"x\",\"value\":[\"y\"]},\"value\":\"v\",\"n\":null}",
        "{\"s\\u0079stem\":\"\\u0073\",\"value\":\"v\"}",
      })
  void objectWithSystemAndValueIsRead(String json) {
    assertThat(TargetHeader.decode(base64(json))).isEqualTo(good("s", "v"));
  }

  @Test
  void paddingMayBeLeftOut() {
    String padded = base64("{\"system\":\"a\",\"value\":\"b\"}");
    assertThat(padded).endsWith("=");

    assertThat(TargetHeader.decode(padded.replace("=", ""))).isEqualTo(good("a", "b"));
  }

  @Test
  void textIsTakenAsItIs() {
    assertThat(TargetHeader.decode(base64("{\"system\":\" S \",\"value\":\"caf\u00e9 \\u0000|\"}")))
        .isEqualTo(good(" S ", "caf\u00e9 \u0000|"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "=",
        "====",
        "a",
        "ab=",
        "abc==",
        "a b c",
        "eyJ9\n",
        "ey-_",
        "caf\u00e9",
        "e30=e30="
      })
  void whatIsNotStandardBase64IsSo(String header) {
    assertThat(TargetHeader.decode(header)).isEqualTo(bad(BarsError.TARGET_NOT_BASE64));
  }

  @Test
  void nothingIsNotBase64() {
    assertThat(TargetHeader.decode("")).isEqualTo(bad(BarsError.TARGET_NOT_BASE64));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ",
        "x",
        "null",
        "1",
        "\"text\"",
        "[]",
        "{}",
        "{\"system\":\"s\"}",
        "{\"value\":\"v\"}",
        "{\"system\":\"\",\"value\":\"v\"}",
        "{\"system\":\"s\",\"value\":null}",
        "{\"system\":\"s\",\"value\":7}",
        "{\"system\":\"s\",\"value\":{\"a\":1}}",
        "{\"system\":\"s\",\"system\":\"s\",\"value\":\"v\"}",
        "{\"system\":\"s\",\"value\":\"v\",\"x\":{\"a\":1,\"a\":2}}",
        "{\"system\":\"s\",\"value\":\"v\"",
        "{\"system\":\"s\",\"value\":\"v\"}}",
        "{\"system\":\"s\",\"value\":\"v\"}{}",
        "{\"system\":\"s\",\"value\":\"v\"} x",
        "{\"system\":\"s\",\"value\":\"v\",}",
        "{'system':'s','value':'v'}",
        "{system:\"s\",value:\"v\"}",
        "{\"system\":\"s\",\"value\":\"v\" /* a */}",
        "{\"system\":\"s\n\",\"value\":\"v\"}",
        "\ufeff{\"system\":\"s\",\"value\":\"v\"}"
      })
  void whatIsNotOneSuchObjectIsMalformed(String json) {
    assertThat(TargetHeader.decode(base64(json))).isEqualTo(bad(BarsError.TARGET_MALFORMED));
  }

  @Test
  void otherEncodingThanUtf8IsMalformed() {
    String json = "{\"system\":\"s\",\"value\":\"caf\u00e9\"}";

    assertThat(TargetHeader.decode(base64(json, StandardCharsets.ISO_8859_1)))
        .isEqualTo(bad(BarsError.TARGET_MALFORMED));
    assertThat(TargetHeader.decode(base64(json, StandardCharsets.UTF_16LE)))
        .isEqualTo(bad(BarsError.TARGET_MALFORMED));
  }

  @Test
  void deepNestingIsMalformedAndHarmless() {
    String json =
        "{\"system\":\"s\",\"value\":\"v\",\"x\":" + "[".repeat(5000) + "]".repeat(5000) + "}";

    assertThat(TargetHeader.decode(base64(json))).isEqualTo(bad(BarsError.TARGET_MALFORMED));
  }
}
