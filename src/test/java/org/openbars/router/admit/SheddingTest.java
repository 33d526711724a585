package org.openbars.router.admit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openbars.router.message.Urgency;

class SheddingTest {
  private static final long MS = 1_000_000;
  private static final long TARGET = 50 * MS;

  private final Shedding shedding = new Shedding(TARGET, 0);
  private long now;

  /** Ticks for so long, each so late. */
  private void lag(long late, long forMs) {
    for (long end = now + forMs * MS; now < end; ) {
      now += 20 * MS + late;
      shedding.measured(late, now);
    }
  }

  private int shedOf100(Urgency urgency) {
    int shed = 0;
    for (int i = 0; i < 100; i++) {
      shed += shedding.sheds(urgency) ? 1 : 0;
    }
    return shed;
  }

  @Test
  void lagUpToTheTargetShedsNothing() {
    lag(TARGET, 10_000);

    assertThat(shedding.level()).isZero();
    assertThat(shedOf100(Urgency.READ)).isZero();
  }

  @Test
  void oneLongStepShedsNothing() {
    lag(0, 200);
    lag(2000 * MS, 1);
    lag(0, 200);

    assertThat(shedding.level()).isZero();
  }

  @Test
  void readsAreShedFirst() {
    lag(2 * TARGET, 400);

    assertThat(shedding.level()).isBetween(0.1, 1.0);
    assertThat(shedOf100(Urgency.READ)).isPositive();
    assertThat(shedOf100(Urgency.NEW)).isZero();
    assertThat(shedOf100(Urgency.CHANGE)).isZero();
  }

  @Test
  void newMessagesAreShedWhenAllReadsAre() {
    while (shedding.level() < 1.2) {
      lag(2 * TARGET, 100);
    }

    assertThat(shedOf100(Urgency.READ)).isEqualTo(100);
    assertThat(shedOf100(Urgency.NEW)).isBetween(1, 99);
    assertThat(shedOf100(Urgency.CHANGE)).isZero();
  }

  @Test
  void someChangesAlwaysPass() {
    lag(20 * TARGET, 600_000);

    assertThat(shedOf100(Urgency.NEW)).isEqualTo(100);
    assertThat(shedOf100(Urgency.CHANGE)).isBetween(80, 95);
  }

  @Test
  void shedPartIsSpreadEvenly() {
    while (shedding.level() < 0.45) {
      lag(TARGET + TARGET / 5, 100);
    }
    double part = shedding.level();
    int first = 0;
    for (int i = 0; i < 10; i++) {
      first += shedding.sheds(Urgency.READ) ? 1 : 0;
    }

    assertThat(first).isBetween((int) Math.floor(part * 10), (int) Math.ceil(part * 10));
  }

  @Test
  void everythingPassesAgainWhenTheLagIsGone() {
    lag(20 * TARGET, 600_000);
    lag(0, 30_000);

    assertThat(shedding.level()).isZero();
    assertThat(shedOf100(Urgency.READ)).isZero();
  }
}
