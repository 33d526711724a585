package org.openbars.router.admit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openbars.router.meter.Meters;

/** How much is let in; the clock is the test's. */
class QuotasTest {
  private static final long MILLI = Duration.ofMillis(1).toNanos();

  private final Clock clock = new Clock();

  private static final class Clock implements TimeMeter {
    private long now = -5_000_000_000L;

    @Override
    public long currentTimeNanos() {
      return now;
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }

  private Quotas quotas(int perSecond, int perMinute, int maxApplications) {
    return new Quotas(
        new QuotaConfig(
            true,
            new QuotaConfig.Quota(perSecond, perMinute),
            Map.of("large", new QuotaConfig.Quota(1000, 2000)),
            maxApplications),
        clock,
        new Meters());
  }

  /** R25: ten times over both, for ten minutes. */
  @Test
  void tenTimesOverIsLetInByTheQuotaAlone() {
    Quotas quotas = quotas(60, 300, 100);
    int admitted = 0;
    int minutes = 10;
    for (int i = 0; i < minutes * 60 * 600; i++) {
      admitted += quotas.secondsToWait("app") == 0 ? 1 : 0;
      clock.now += 1_000_000_000L / 600;
    }
    assertThat(admitted).isBetween((int) (0.99 * minutes * 300), (int) (1.01 * minutes * 300));
  }

  @Test
  void tenTimesOverTheSecondsQuotaAloneIsLetInByIt() {
    Quotas quotas = quotas(60, 1_000_000, 100);
    int admitted = 0;
    int seconds = 100;
    for (int i = 0; i < seconds * 600; i++) {
      admitted += quotas.secondsToWait("app") == 0 ? 1 : 0;
      clock.now += 1_000_000_000L / 600;
    }
    assertThat(admitted).isBetween((int) (0.99 * seconds * 60), (int) (1.01 * seconds * 60) + 1);
  }

  @Test
  void retryAfterIsTheNumberOfSecondsThatIsEnoughAndNoMore() {
    Quotas quotas = quotas(60, 300, 100);
    for (int second = 0; second < 5; second++) {
      for (int i = 0; i < 60; i++) {
        assertThat(quotas.secondsToWait("app")).isZero();
      }
      assertThat(quotas.secondsToWait("app")).isEqualTo(second == 4 ? 56 : 1);
      clock.now += 1000 * MILLI;
    }
    // The minute began with the first request: 55 s are left of it.
    assertThat(quotas.secondsToWait("app")).isEqualTo(55);
    clock.now += 300 * MILLI;
    assertThat(quotas.secondsToWait("app")).isEqualTo(55);
    clock.now += 53_700 * MILLI;
    assertThat(quotas.secondsToWait("app")).isEqualTo(1);
    clock.now += 1000 * MILLI;
    assertThat(quotas.secondsToWait("app")).isZero();
  }

  @Test
  void oneApplicationCostsAnotherNothing() {
    Quotas quotas = quotas(60, 300, 100);
    int others = 0;
    for (int second = 0; second < 60; second++) {
      for (int i = 0; i < 600; i++) {
        int ignored = quotas.secondsToWait("greedy");
        assertThat(ignored).isNotNegative();
      }
      for (int i = 0; i < 5; i++) {
        others += quotas.secondsToWait("modest") == 0 ? 1 : 0;
      }
      clock.now += 1000 * MILLI;
    }
    assertThat(others).isEqualTo(300);
  }

  @Test
  void applicationMayHaveAQuotaOfItsOwn() {
    Quotas quotas = quotas(60, 300, 100);
    int admitted = 0;
    for (int i = 0; i < 5000; i++) {
      admitted += quotas.secondsToWait("large") == 0 ? 1 : 0;
    }
    assertThat(admitted).isEqualTo(1000);
  }

  @Test
  void noMoreApplicationsAreRememberedThanMayBe() {
    Quotas quotas = quotas(60, 300, 10);
    for (int i = 0; i < 1000; i++) {
      assertThat(quotas.secondsToWait("app-" + i)).isZero();
    }
    assertThat(quotas.applications()).isBetween(1L, 10L);
  }

  @Test
  void idleApplicationsAreForgotten() {
    Quotas quotas = quotas(60, 300, 10);
    assertThat(quotas.secondsToWait("app")).isZero();
    clock.now += Duration.ofMinutes(3).toNanos();

    assertThat(quotas.applications()).isZero();
  }
}
