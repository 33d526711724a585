package org.openbars.router.isolate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ConnectBackoffTest {
  private static final long HOLD = Duration.ofSeconds(2).toNanos();
  private final ConnectBackoff backoff = new ConnectBackoff(Duration.ofSeconds(2));

  @Test
  void pausesGrowToTheLongestAndEachHasJitter() {
    long now = 0;
    for (int failures = 1; failures <= 12; failures++) {
      backoff.failed(now, now);
      long whole = Math.min(2_000, (long) ConnectBackoff.FIRST_MS << (failures - 1));
      Duration pause = backoff.pause(now);
      assertThat(pause).isBetween(Duration.ofMillis(whole / 2), Duration.ofMillis(whole));
      assertThat(backoff.tryConnect(now + pause.toNanos() - 1, HOLD)).isFalse();
      now += pause.toNanos();
      assertThat(backoff.tryConnect(now, HOLD)).isTrue();
    }
  }

  @Test
  void atTheEndOfAPauseOneTriesAndTheOthersWaitForIt() {
    backoff.failed(0, 0);
    long now = backoff.pause(0).toNanos();
    assertThat(backoff.tryConnect(now, HOLD)).isTrue();
    assertThat(backoff.tryConnect(now, HOLD)).isFalse();
    assertThat(backoff.tryConnect(now + HOLD - 1, HOLD)).isFalse();
    assertThat(backoff.tryConnect(now + HOLD, HOLD)).as("that one was never heard of").isTrue();
  }

  @Test
  void attemptsSideBySideThatFailAreOneFailure() {
    for (int i = 0; i < 1_000; i++) {
      backoff.failed(0, 5);
    }
    assertThat(backoff.pause(5)).isLessThanOrEqualTo(Duration.ofMillis(ConnectBackoff.FIRST_MS));
    assertThat(backoff.succeeded()).isEqualTo(1);
  }

  @Test
  void aConnectionEndsThePauses() {
    backoff.failed(0, 0);
    assertThat(backoff.isAway()).isTrue();
    backoff.succeeded();
    assertThat(backoff.isAway()).isFalse();
    assertThat(backoff.tryConnect(1, HOLD)).isTrue();
    assertThat(backoff.tryConnect(1, HOLD)).isTrue();
  }

  @Test
  void zeroIsNoPause() {
    ConnectBackoff none = new ConnectBackoff(Duration.ZERO);
    none.failed(0, 0);
    assertThat(none.isAway()).isFalse();
  }
}
