package org.openbars.router.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.wire.BodyShape.Kind;

class BodyShapeTest {
  private static BodyShape of(boolean http2, String... namesAndValues) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return BodyShape.of(RequestHeads.read(headers, "x"), http2);
  }

  @Test
  void everyFramingOfHttpIsKnown() {
    assertThat(of(false)).isEqualTo(new BodyShape(Kind.NONE, 0));
    assertThat(of(true)).isEqualTo(new BodyShape(Kind.STREAM, -1));
    assertThat(of(false, "Content-Length", "7")).isEqualTo(new BodyShape(Kind.LENGTH, 7));
    assertThat(of(true, "Content-Length", "7")).isEqualTo(new BodyShape(Kind.LENGTH, 7));
    assertThat(of(false, "Content-Length", "007")).isEqualTo(new BodyShape(Kind.LENGTH, 7));
    assertThat(of(false, "Transfer-Encoding", " Chunked "))
        .isEqualTo(new BodyShape(Kind.CHUNKED, -1));
  }

  @Test
  void noBodyAndABodyOfNothingAreEmpty() {
    assertThat(of(false).isEmpty()).isTrue();
    assertThat(of(false, "Content-Length", "0").isEmpty()).isTrue();
    assertThat(of(false, "Content-Length", "1").isEmpty()).isFalse();
    assertThat(of(false, "Transfer-Encoding", "chunked").isEmpty()).isFalse();
    assertThat(of(true).isEmpty()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-1",
        "+1",
        "1x",
        "0x1",
        "1 ",
        " 1",
        "1,1",
        "1.0",
        "\u0661",
        "9999999999999999999"
      })
  void lengthThatIsNotPlainDigitsFramesNothing(String length) {
    assertThat(of(false, "Content-Length", length)).isNull();
    assertThat(of(true, "Content-Length", length)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "gzip, chunked", "chunked, chunked", "identity", "", "xchunked"})
  void otherTransferCodingFramesNothing(String coding) {
    assertThat(of(false, "Transfer-Encoding", coding)).isNull();
  }

  @Test
  void twoFramingsAtOnceFrameNothing() {
    assertThat(of(false, "Transfer-Encoding", "chunked", "Content-Length", "1")).isNull();
    assertThat(of(true, "Transfer-Encoding", "chunked")).isNull();
  }
}
