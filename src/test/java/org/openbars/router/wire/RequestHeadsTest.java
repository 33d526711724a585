package org.openbars.router.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadsTest {
  private static RequestHeads read(String... namesAndValues) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return RequestHeads.read(headers, "bars-router");
  }

  @Test
  void nothingIsReadFromNoHeaders() {
    RequestHeads heads = read();

    assertThat(heads.count()).isZero();
    assertThat(heads.requestId()).isNull();
    assertThat(heads.target()).isNull();
    assertThat(heads.connection()).isEmpty();
    assertThat(heads.loop()).isFalse();
    assertThat(heads.unclean()).isFalse();
  }

  @Test
  void namesAreReadInAnyCase() {
    RequestHeads heads =
        read(
            "x-REQUEST-id", "1",
            "X-CORRELATION-ID", "2",
            "nhsd-target-identifier", "3",
            "ACCEPT", "4",
            "Use-Context", "5",
            "nhsd-end-user-organisation", "6",
            "NHSD-requesting-software", "7",
            "content-LENGTH", "8",
            "expect", "9",
            "trailer", "10");

    assertThat(heads.requestId()).isEqualTo("1");
    assertThat(heads.correlationId()).isEqualTo("2");
    assertThat(heads.target()).isEqualTo("3");
    assertThat(heads.accept()).isEqualTo("4");
    assertThat(heads.useContext()).isEqualTo("5");
    assertThat(heads.endUserOrganisation()).isEqualTo("6");
    assertThat(heads.requestingSoftware()).isEqualTo("7");
    assertThat(heads.contentLength()).isEqualTo("8");
    assertThat(heads.expect()).isEqualTo("9");
    assertThat(heads.trailers()).isTrue();
    assertThat(heads.count()).isEqualTo(10);
    assertThat(heads.requestIdRepeated()).isFalse();
    assertThat(heads.correlationIdRepeated()).isFalse();
    assertThat(heads.targetRepeated()).isFalse();
  }

  @Test
  void repeatedHeaderKeepsItsFirstValueAndIsRemembered() {
    RequestHeads heads =
        read(
            "X-Request-Id",
            "1",
            "x-request-id",
            "1",
            "X-Correlation-Id",
            "2",
            "X-Correlation-Id",
            "",
            "NHSD-Target-Identifier",
            "",
            "NHSD-Target-Identifier",
            "3",
            "use-context",
            "a",
            "use-context",
            "b");

    assertThat(heads.requestId()).isEqualTo("1");
    assertThat(heads.requestIdRepeated()).isTrue();
    assertThat(heads.correlationId()).isEqualTo("2");
    assertThat(heads.correlationIdRepeated()).isTrue();
    assertThat(heads.target()).isEmpty();
    assertThat(heads.targetRepeated()).isTrue();
    assertThat(heads.useContext()).isEqualTo("a");
  }

  @Test
  void listsAreJoined() {
    RequestHeads heads =
        read(
            "Accept",
            "a",
            "accept",
            "b",
            "Transfer-Encoding",
            "gzip",
            "transfer-encoding",
            "chunked",
            "Connection",
            "x",
            "connection",
            "y");

    assertThat(heads.accept()).isEqualTo("a,b");
    assertThat(heads.transferEncoding()).isEqualTo("gzip,chunked");
    assertThat(heads.connection()).containsExactly("x", "y");
  }

  /** The receiver might take the other of the two. */
  @Test
  void repeatedLengthFramesNothing() {
    assertThat(BodyShape.of(read("Content-Length", "4", "content-length", "4"), true)).isNull();
    assertThat(BodyShape.of(read("Content-Length", "4", "content-length", "5"), false)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1 bars-router",
        "1.0 a, 1.1 bars-router",
        "HTTP/1.1 BARS-ROUTER (x)",
        " 2.0\tbars-router"
      })
  void viaThatNamesTheRouterIsALoop(String via) {
    assertThat(read("Via", via).loop()).isTrue();
    assertThat(read("via", "1.1 a", "VIA", via, "Via", "1.1 b").loop()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "bars-router", "1.1 bars-router2", "1.1 a (bars-router)", "1.1"})
  void viaThatNamesAnotherIsNone(String via) {
    assertThat(read("Via", via).loop()).isFalse();
  }

  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of("a\tb", false),
        Arguments.of("caf\u00e9", false),
        Arguments.of("a\u0000b", true),
        Arguments.of("\u001f", true),
        Arguments.of("\u007f", true),
        Arguments.of("a\rb", true),
        Arguments.of("a\nb", true));
  }

  @ParameterizedTest
  @MethodSource("values")
  void controlByteInAnyHeaderIsSeen(String value, boolean unclean) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    headers.add("X-Anything", value);

    assertThat(RequestHeads.read(headers, "x").unclean()).isEqualTo(unclean);
  }
}
