package org.openbars.router.isolate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openbars.router.isolate.IsolationConfig.Adaptive;

/** R6 in a simulated receiver and simulated time: exact, and the five minutes cost a second. */
final class ConcurrencyLimitTest {
  private static final int MAX = 200;
  private static final long MILLIS = 1_000_000;

  private static IsolationConfig config(Adaptive adaptive, Duration rampUp) {
    return new IsolationConfig(
        new IsolationConfig.BreakerConfig(
            true, 0.5, 20, Duration.ofSeconds(10), Duration.ofSeconds(5), rampUp),
        Duration.ZERO,
        0.1,
        adaptive,
        8);
  }

  @Test
  void recoveredReceiverIsGivenMoreAndMore() {
    ConcurrencyLimit limit =
        new ConcurrencyLimit(config(Adaptive.OFF, Duration.ofSeconds(10)), 1_000);
    assertThat(limit.get(0)).isEqualTo(1_000);
    limit.recovered(0);
    assertThat(limit.get(1)).isEqualTo(ConcurrencyLimit.RAMP_FROM);
    assertThat(limit.get(1_000 * MILLIS)).isBetween(100, 110);
    assertThat(limit.get(5_000 * MILLIS)).isBetween(500, 510);
    assertThat(limit.get(10_001 * MILLIS)).isEqualTo(1_000);
  }

  @Test
  void withoutRampUpAllIsAllowedAtOnce() {
    ConcurrencyLimit limit = new ConcurrencyLimit(config(Adaptive.OFF, Duration.ZERO), 1_000);
    limit.recovered(5);
    assertThat(limit.get(6)).isEqualTo(1_000);
  }

  /** A receiver with so many places, 20 ms an exchange; what finds none waits, or is refused. */
  private static final class Simulated {
    private final ConcurrencyLimit limit;
    private final boolean refuses;
    private final Random random = new Random(6);
    private final PriorityQueue<long[]> ends =
        new PriorityQueue<>((a, b) -> Long.compare(a[0], b[0]));
    private long now = MILLIS;
    private int places = 50;
    private int inFlight;
    private int least = Integer.MAX_VALUE;
    private int most;

    Simulated(ConcurrencyLimit limit, boolean refuses) {
      this.limit = limit;
      this.refuses = refuses;
    }

    /** Senders always have more than may be in flight. */
    void run(Duration time) {
      long until = now + time.toNanos();
      PriorityQueue<Long> free = new PriorityQueue<>();
      for (int i = 0; i < places; i++) {
        free.add(now);
      }
      least = Integer.MAX_VALUE;
      most = 0;
      while (now < until) {
        while (inFlight < limit.get(now)) {
          begin(free);
        }
        long[] end = ends.poll();
        now = Math.max(now, end[0]);
        limit.sample(end[1], now, inFlight, end[2] == 1);
        inFlight--;
        least = Math.min(least, limit.get(now));
        most = Math.max(most, limit.get(now));
      }
    }

    private void begin(PriorityQueue<Long> free) {
      inFlight++;
      long service = (long) ((19 + 2 * random.nextDouble()) * MILLIS);
      if (refuses && free.peek() > now) {
        ends.add(new long[] {now + 5 * MILLIS, now, 1});
        return;
      }
      long start = Math.max(now, free.poll());
      free.add(start + service);
      ends.add(new long[] {start + service, now, 0});
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Adaptive.class,
      names = {"VEGAS", "AIMD"})
  void limitFollowsTheReceiversCapacityAndDoesNotCreep(Adaptive adaptive) {
    ConcurrencyLimit limit = new ConcurrencyLimit(config(adaptive, Duration.ZERO), MAX);
    Simulated receiver = new Simulated(limit, adaptive == Adaptive.AIMD);
    receiver.run(Duration.ofSeconds(60));
    assertThat(limit.get(receiver.now)).as("50 places").isBetween(35, 65);
    receiver.places = 10;
    receiver.run(Duration.ofSeconds(10));
    assertThat(limit.get(receiver.now)).as("10 places, after 10 s").isBetween(7, 13);
    receiver.run(Duration.ofMinutes(5));
    assertThat(receiver.most).as("most within five minutes").isLessThanOrEqualTo(13);
    receiver.places = 50;
    receiver.run(Duration.ofSeconds(30));
    assertThat(limit.get(receiver.now)).as("50 places again, after 30 s").isBetween(35, 65);
    receiver.run(Duration.ofMinutes(5));
    assertThat(receiver.most).as("most within five minutes").isLessThanOrEqualTo(65);
  }
}
