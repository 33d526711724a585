package org.openbars.router.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PaceTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int RATE = 1024;

  @Test
  void bodyBelowTheRateOverTenSecondsHasStalled() {
    Pace pace = new Pace(RATE, 0);
    assertThat(pace.stalled(9 * SECOND, 0)).isFalse();
    assertThat(pace.stalled(10 * SECOND, 10 * RATE)).isFalse();
    assertThat(pace.stalled(19 * SECOND, 10 * RATE)).isFalse();
    assertThat(pace.stalled(20 * SECOND, 20 * RATE - 1)).isTrue();
  }

  @Test
  void bodyThatWasHeldBackStartsAfresh() {
    Pace pace = new Pace(RATE, 0);
    pace.restart(100 * SECOND, 5);
    assertThat(pace.stalled(109 * SECOND, 5)).isFalse();
    assertThat(pace.stalled(110 * SECOND, 5)).isTrue();
  }

  @Test
  void senderThatReadsInLargeStepsHasNotStalled() {
    DrainPace pace = new DrainPace(RATE, 0);
    long taken = 9_497_600;
    for (int second = 1; second < 1000; second++) {
      // 50 KiB a second, seen as 1.3 MB every 26 s.
      taken += second % 26 == 0 ? 26 * 50 * 1024 : 0;
      assertThat(pace.stalled(second * SECOND, taken)).as("after %d s", second).isFalse();
    }
  }

  @Test
  void senderThatTakesNothingForAMinuteHasStalled() {
    DrainPace pace = new DrainPace(RATE, 0);
    assertThat(pace.stalled(SECOND, 9_000_000)).isFalse();
    assertThat(pace.stalled(61 * SECOND, 9_000_000)).isFalse();
    assertThat(pace.stalled(62 * SECOND, 9_000_000)).isTrue();
  }

  @Test
  void senderBelowTheRateWithoutCreditHasStalled() {
    DrainPace pace = new DrainPace(RATE, 0);
    for (int second = 1; second <= 20; second++) {
      assertThat(pace.stalled(second * SECOND, second * RATE / 2)).isFalse();
    }
    assertThat(pace.stalled(22 * SECOND, 11 * RATE)).isTrue();
  }
}
