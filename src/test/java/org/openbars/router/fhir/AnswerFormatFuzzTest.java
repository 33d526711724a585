package org.openbars.router.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;

class AnswerFormatFuzzTest {
  @Property(tries = 2000)
  void anyHeaderHasAnAnswer(
      @ForAll
          @Chars({
            'a', '/', ',', ';', '=', 'q', '0', '1', '.', '"', '\\', ' ', '*', '\u0000', '\u20ac'
          })
          @StringLength(max = 40)
          String noise) {
    assertThat(AnswerFormat.of(noise)).isEqualTo(AnswerFormat.JSON);
    assertThat(AnswerFormat.of("application/fhir+xml," + noise)).isNotNull();
    assertThat(AnswerFormat.of("application/fhir+xml;" + noise)).isNotNull();
  }
}
