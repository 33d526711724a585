package org.openbars.router.isolate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class IdleLimitTest {
  private static final Duration CONFIGURED = Duration.ofSeconds(5);
  private final IdleLimit limit = new IdleLimit(CONFIGURED);

  private static long millis(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }

  @Test
  void halfTheShortestCloseSeenIsTheLimit() {
    assertThat(limit.nanos()).isEqualTo(CONFIGURED.toNanos());
    limit.closedAfter(millis(1_000));
    assertThat(limit.nanos()).isEqualTo(millis(500));
    limit.closedAfter(millis(800));
    limit.closedAfter(millis(1_200));
    assertThat(limit.nanos()).isEqualTo(millis(400));
  }

  @Test
  void neverMoreThanWhatIsConfigured() {
    limit.closedAfter(millis(60_000));
    assertThat(limit.nanos()).isEqualTo(CONFIGURED.toNanos());
  }

  @Test
  void connectionsThatOutliveTheShortestCloseLiftItAgain() {
    limit.closedAfter(millis(20));
    for (int i = 1; i < IdleLimit.SURVIVALS; i++) {
      limit.outlived(millis(5_000));
    }
    assertThat(limit.nanos()).isEqualTo(millis(10));
    limit.outlived(millis(5_000));
    assertThat(limit.nanos()).isEqualTo(CONFIGURED.toNanos());
  }

  @Test
  void aCloseInBetweenKeepsIt() {
    limit.closedAfter(millis(1_000));
    for (int i = 0; i < 10 * IdleLimit.SURVIVALS; i++) {
      limit.outlived(millis(5_000));
      limit.closedAfter(millis(1_000));
    }
    assertThat(limit.nanos()).isEqualTo(millis(500));
  }

  @Test
  void connectionsThatWereNotIdleForSoLongSayNothing() {
    limit.closedAfter(millis(1_000));
    for (int i = 0; i < 10 * IdleLimit.SURVIVALS; i++) {
      limit.outlived(millis(900));
    }
    assertThat(limit.nanos()).isEqualTo(millis(500));
  }
}
