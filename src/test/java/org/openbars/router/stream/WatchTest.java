package org.openbars.router.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private static final class Counting extends Watch.Watched {
    private final AtomicInteger ticks = new AtomicInteger();
    private final LongConsumer onTick;

    Counting(LongConsumer onTick) {
      this.onTick = onTick;
    }

    Counting() {
      this(now -> {});
    }

    @Override
    void tick(long nowNanos) {
      ticks.incrementAndGet();
      onTick.accept(nowNanos);
    }
  }

  /** Runs on the watch's event loop and waits for it. */
  private void onLoop(Runnable work) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.runOnContext(
        v -> {
          try {
            work.run();
            done.complete(null);
          } catch (RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    done.orTimeout(30, TimeUnit.SECONDS).join();
  }

  private Watch watching(Watch.Watched... each) {
    Watch[] made = new Watch[1];
    onLoop(
        () -> {
          made[0] = new Watch(vertx);
          for (Watch.Watched watched : each) {
            made[0].add(watched);
          }
        });
    return made[0];
  }

  @Test
  void everyOneIsLookedAtAgainAndAgain() {
    Counting first = new Counting();
    Counting second = new Counting();
    watching(first, second);

    await().until(() -> first.ticks.get() >= 3 && second.ticks.get() >= 3);
    assertThat(Math.abs(first.ticks.get() - second.ticks.get())).isLessThanOrEqualTo(1);
  }

  @Test
  void ticksTellTheTimeAndNeverGoBack() {
    List<Long> times = new CopyOnWriteArrayList<>();
    long before = System.nanoTime();
    watching(new Counting(times::add));

    await().until(() -> times.size() >= 3);
    assertThat(times).isSorted().allMatch(time -> time - before >= 0);
  }

  @Test
  void whoeverIsNoLongerWatchedIsLeftAlone() {
    Counting staying = new Counting();
    Counting leaving = new Counting();
    watching(leaving, staying);
    await().until(() -> leaving.ticks.get() >= 1);
    onLoop(
        () -> {
          leaving.unwatch();
          leaving.unwatch();
        });
    int ticks = leaving.ticks.get();
    int others = staying.ticks.get();

    await().until(() -> staying.ticks.get() >= others + 3);
    assertThat(leaving.ticks.get()).isEqualTo(ticks);
  }

  @Test
  void oneThatLeavesInItsOwnTickDoesNotHideTheOthers() {
    Counting[] leaving = new Counting[1];
    leaving[0] = new Counting(now -> leaving[0].unwatch());
    Counting before = new Counting();
    Counting after = new Counting();
    watching(before, leaving[0], after);

    await().until(() -> before.ticks.get() >= 3 && after.ticks.get() >= 3);
    assertThat(leaving[0].ticks.get()).isEqualTo(1);
  }

  @Test
  void oneThatEndsTheNextInItsTickDoesNotHideTheRest() {
    Counting next = new Counting();
    Counting ending = new Counting(now -> next.unwatch());
    Counting rest = new Counting();
    watching(ending, next, rest);

    await().until(() -> ending.ticks.get() >= 3 && rest.ticks.get() >= 3);
    assertThat(next.ticks.get()).isZero();
  }

  @Test
  void allMayLeaveAtOnce() {
    Counting[] all = new Counting[3];
    for (int i = 0; i < all.length; i++) {
      all[i] =
          new Counting(
              now -> {
                for (Counting each : all) {
                  each.unwatch();
                }
              });
    }
    Watch watch = watching(all);
    await().until(() -> all[0].ticks.get() == 1);
    Counting late = new Counting();
    onLoop(() -> watch.add(late));

    await().until(() -> late.ticks.get() >= 2);
    assertThat(all[0].ticks.get()).isEqualTo(1);
    assertThat(all[1].ticks.get()).isZero();
    assertThat(all[2].ticks.get()).isZero();
  }

  @Test
  void oneAddedDuringATickIsWatchedToo() {
    Counting added = new Counting();
    Watch[] watch = new Watch[1];
    AtomicInteger times = new AtomicInteger();
    Counting adding =
        new Counting(
            now -> {
              if (times.getAndIncrement() == 0) {
                watch[0].add(added);
              }
            });
    onLoop(
        () -> {
          watch[0] = new Watch(vertx);
          watch[0].add(adding);
        });

    await().until(() -> added.ticks.get() >= 2 && adding.ticks.get() >= 2);
  }

  @Test
  void stoppedWatchLooksNoMore() {
    Counting counting = new Counting();
    Watch watch = watching(counting);
    await().until(() -> counting.ticks.get() >= 1);
    onLoop(watch::stop);
    int ticks = counting.ticks.get();
    AtomicInteger later = new AtomicInteger();
    onLoop(() -> vertx.setPeriodic(Watch.TICK_MS, id -> later.incrementAndGet()));

    await().until(() -> later.get() >= 4);
    assertThat(counting.ticks.get()).isEqualTo(ticks);
  }
}
