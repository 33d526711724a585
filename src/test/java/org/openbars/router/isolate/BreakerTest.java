package org.openbars.router.isolate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.openbars.router.isolate.Breaker.State;

final class BreakerTest {
  private static final Duration OPEN_TIME = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(34);

  private final AtomicLong clock = new AtomicLong(1_000);
  private final List<State> moves = new ArrayList<>();
  private final Breaker breaker =
      new Breaker(
          new IsolationConfig.BreakerConfig(
              true, 0.5, 10, Duration.ofSeconds(10), OPEN_TIME, Duration.ZERO),
          PATIENCE,
          moves::add,
          clock::get);

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  private void succeed() {
    breaker.succeeded(breaker.tryAcquire(), 1);
  }

  private void fail() {
    breaker.failed(breaker.tryAcquire(), 1);
  }

  private void open() {
    for (int i = 0; i < 10; i++) {
      fail();
    }
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void opensWithTheExchangeThatReachesItsThreshold() {
    for (int i = 0; i < 5; i++) {
      succeed();
    }
    for (int i = 0; i < 4; i++) {
      fail();
    }
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    fail();
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(breaker.tryAcquire()).isEqualTo(Breaker.REFUSED);
    assertThat(moves).containsExactly(State.OPEN);
  }

  @Test
  void staysClosedBelowTheRateAndBelowTheFewestExchanges() {
    for (int i = 0; i < 9; i++) {
      fail();
    }
    assertThat(breaker.state()).as("nine exchanges").isEqualTo(State.CLOSED);
    pass(Duration.ofSeconds(11));
    for (int i = 0; i < 60; i++) {
      succeed();
      succeed();
      fail();
    }
    assertThat(breaker.state()).as("a third failed").isEqualTo(State.CLOSED);
  }

  @Test
  void whatFailedBeforeTheWindowIsForgotten() {
    for (int i = 0; i < 9; i++) {
      fail();
    }
    pass(Duration.ofSeconds(12));
    fail();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void tellsHowLongItWillBeOpen() {
    open();
    assertThat(breaker.retryAfter()).isEqualTo(OPEN_TIME);
    pass(Duration.ofSeconds(2));
    assertThat(breaker.retryAfter()).isEqualTo(Duration.ofSeconds(3));
    pass(Duration.ofMillis(2_900));
    assertThat(breaker.retryAfter()).as("never less than a second").hasSeconds(1);
  }

  @Test
  void oneIsLetThroughAfterTheOpenTimeAndItsSuccessCloses() {
    open();
    pass(OPEN_TIME.plusMillis(1));
    long probe = breaker.tryAcquire();
    assertThat(probe).isNotEqualTo(Breaker.REFUSED);
    for (int i = 0; i < 100; i++) {
      assertThat(breaker.tryAcquire()).isEqualTo(Breaker.REFUSED);
    }
    breaker.succeeded(probe, 1);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.tryAcquire()).isNotEqualTo(Breaker.REFUSED);
    assertThat(moves).containsExactly(State.OPEN, State.HALF_OPEN, State.CLOSED);
  }

  @Test
  void oneThatFailsOpensAgainForTheWholeTime() {
    open();
    pass(OPEN_TIME.plusMillis(1));
    breaker.failed(breaker.tryAcquire(), 1);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    pass(OPEN_TIME.minusMillis(1));
    assertThat(breaker.tryAcquire()).isEqualTo(Breaker.REFUSED);
  }

  @Test
  void lateSuccessNeitherClosesWhatIsOpenNorWhatLetsOneThrough() {
    long late = breaker.tryAcquire();
    long later = breaker.tryAcquire();
    open();
    breaker.succeeded(late, 1);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    pass(OPEN_TIME.plusMillis(1));
    long probe = breaker.tryAcquire();
    breaker.succeeded(later, 1);
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    assertThat(breaker.tryAcquire()).isEqualTo(Breaker.REFUSED);
    breaker.succeeded(probe, 1);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void lateFailureAndLatePermitGiveNoSecondOneWay() {
    long failing = breaker.tryAcquire();
    long unused = breaker.tryAcquire();
    open();
    pass(OPEN_TIME.plusMillis(1));
    assertThat(breaker.tryAcquire()).isNotEqualTo(Breaker.REFUSED);
    breaker.unused(unused);
    assertThat(breaker.tryAcquire()).as("one at a time").isEqualTo(Breaker.REFUSED);
    breaker.failed(failing, 1);
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
  }

  @Test
  void oneThatCameToNothingLetsTheNextThrough() {
    open();
    pass(OPEN_TIME.plusMillis(1));
    breaker.unused(breaker.tryAcquire());
    assertThat(breaker.tryAcquire()).isNotEqualTo(Breaker.REFUSED);
  }

  @Test
  void oneThatNeverTellsIsNotWaitedForForEver() {
    open();
    pass(OPEN_TIME.plusMillis(1));
    assertThat(breaker.tryAcquire()).isNotEqualTo(Breaker.REFUSED);
    pass(PATIENCE);
    assertThat(breaker.tryAcquire()).isEqualTo(Breaker.REFUSED);
    pass(Duration.ofMillis(1));
    long next = breaker.tryAcquire();
    assertThat(next).isNotEqualTo(Breaker.REFUSED);
    assertThat(breaker.tryAcquire()).isEqualTo(Breaker.REFUSED);
    breaker.succeeded(next, 1);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void switchedOffItRefusesNothing() {
    Breaker off =
        new Breaker(
            new IsolationConfig.BreakerConfig(
                false, 0.5, 10, Duration.ofSeconds(10), OPEN_TIME, Duration.ZERO),
            PATIENCE,
            moves::add,
            clock::get);
    for (int i = 0; i < 1_000; i++) {
      off.failed(off.tryAcquire(), 1);
    }
    assertThat(off.tryAcquire()).isNotEqualTo(Breaker.REFUSED);
  }

  @Test
  void ofManyThreadsOneIsLetThrough() throws InterruptedException {
    for (int round = 0; round < 50; round++) {
      open();
      pass(OPEN_TIME.plusMillis(1));
      AtomicInteger through = new AtomicInteger();
      AtomicLong period = new AtomicLong();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Thread thread =
            new Thread(
                () -> {
                  long given = breaker.tryAcquire();
                  if (given != Breaker.REFUSED) {
                    through.incrementAndGet();
                    period.set(given);
                  }
                });
        threads.add(thread);
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join(TimeUnit.SECONDS.toMillis(10));
      }
      assertThat(through).hasValue(1);
      breaker.succeeded(period.get(), 1);
      assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }
  }
}
