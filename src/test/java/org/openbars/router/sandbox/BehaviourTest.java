package org.openbars.router.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.sandbox.Behaviour.Body;
import org.openbars.router.sandbox.Behaviour.Framing;
import org.openbars.router.sandbox.Behaviour.Kind;
import org.openbars.router.sandbox.Behaviour.Phase;

final class BehaviourTest {
  @Test
  void directivesAreReadWithTheirUnits() {
    Behaviour behaviour =
        Behaviour.parse(
            "status=418,body=random,size=200MiB,seed=7,delay=2s,drip=1KiB@100ms,slow-read=100KiB");

    assertThat(behaviour.content().status()).isEqualTo(418);
    assertThat(behaviour.content().body()).isEqualTo(Body.RANDOM);
    assertThat(behaviour.content().size()).isEqualTo(209_715_200);
    assertThat(behaviour.content().seed()).isEqualTo(7);
    assertThat(behaviour.pace().delay()).isEqualTo(2000);
    assertThat(behaviour.pace().dripBytes()).isEqualTo(1024);
    assertThat(behaviour.pace().dripEvery()).isEqualTo(100);
    assertThat(behaviour.pace().readRate()).isEqualTo(102_400);
  }

  @Test
  void valuesArePercentDecodedAndHeadersMayRepeat() {
    Behaviour behaviour =
        Behaviour.parse("type=text%2Fplain,header=X-A:1%2C2,header=X-A:a+b,retry-after=3");

    assertThat(behaviour.content().type()).contains("text/plain");
    assertThat(behaviour.content().headers())
        .containsExactly(
            Map.entry("X-A", "1,2"), Map.entry("X-A", "a+b"), Map.entry("Retry-After", "3"));
  }

  @Test
  void anErrorStatusHasAnOutcomeUnlessSaidOtherwise() {
    assertThat(Behaviour.parse("status=503").content().body()).isEqualTo(Body.OUTCOME);
    assertThat(Behaviour.parse("status=503,body=none").content().body()).isEqualTo(Body.NONE);
    assertThat(Behaviour.parse("delay=1ms").content().body()).isEqualTo(Body.ORDINARY);
  }

  @Test
  void faultsNameWhatHappensAndWhere() {
    assertThat(Behaviour.parse("hang=before-head").fault())
        .contains(new Behaviour.Fault(Kind.HANG, Phase.AFTER_READ));
    assertThat(Behaviour.parse("reset=mid-body,http10-close").fault())
        .contains(new Behaviour.Fault(Kind.RESET, Phase.MID_BODY));
    assertThat(Behaviour.parse("http10-close").framing()).isEqualTo(Framing.UNTIL_CLOSE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "status=199",
        "status=x",
        "size=2GiB",
        "size=1025MiB",
        "size=-1",
        "delay=2",
        "delay=11m",
        "drip=1KiB",
        "body=pdf",
        "hang=now",
        "header=:v",
        "encoding=br",
        "status=204,reset=mid-body",
        "type=%zz"
      })
  void whatIsUnknownOrOutOfBoundsIsRefused(String directives) {
    assertThatIllegalArgumentException().isThrownBy(() -> Behaviour.parse(directives));
  }
}
