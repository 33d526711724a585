package org.openbars.router.meter;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RateLimitedLogTest {
  private final LoggerContext context = new LoggerContext();
  private final Logger logger = context.getLogger("test");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  // Near the end of its range: nanoTime may start anywhere, and wraps.
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 10);
  private final RateLimitedLog log = new RateLimitedLog(logger, "receiver", 2, clock::get);

  @BeforeEach
  void collectLines() {
    lines.setContext(context);
    lines.start();
    logger.addAppender(lines);
  }

  @Test
  void oneLineASecondForEachKey() {
    log.atWarn("a").log("refused");
    log.atWarn("a").log("refused");
    log.atWarn("b").log("refused");
    pass(TimeUnit.SECONDS.toNanos(1) - 1);
    log.atWarn("a").log("refused");
    assertThat(written()).containsExactly("refused receiver=a", "refused receiver=b");

    pass(1);
    log.atWarn("a").log("refused");
    assertThat(written())
        .containsExactly(
            "refused receiver=a", "refused receiver=b", "refused receiver=a heldBack=2");
    assertThat(log.heldBack()).isEqualTo(2);
  }

  @Test
  void theNextLineCountsOnlyThoseSinceTheLast() {
    for (int second = 0; second < 3; second++) {
      for (int i = 0; i <= second; i++) {
        log.atWarn("a").log("x");
      }
      pass(TimeUnit.SECONDS.toNanos(1));
    }
    log.atWarn("a").log("x");

    assertThat(written())
        .containsExactly(
            "x receiver=a", "x receiver=a", "x receiver=a heldBack=1", "x receiver=a heldBack=2");
  }

  @Test
  void keysBeyondTheBoundShareOneSecond() {
    for (int i = 0; i < 1000; i++) {
      log.atWarn("receiver-" + i).log("x");
    }

    assertThat(written())
        .containsExactly("x receiver=receiver-0", "x receiver=receiver-1", "x receiver=(others)");
    assertThat(log.heldBack()).isEqualTo(997);
  }

  @Test
  void ofManyThreadsInOneSecondOneWritesAndNoneIsForgotten() throws InterruptedException {
    int threads = 8;
    int calls = 1000;
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  start.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                for (int call = 0; call < calls; call++) {
                  log.atWarn("a").log("x");
                }
              });
      thread.start();
      running.add(thread);
    }
    start.countDown();
    for (Thread thread : running) {
      thread.join();
    }
    pass(TimeUnit.SECONDS.toNanos(1));
    log.atWarn("a").log("x");

    assertThat(lines.list).hasSize(2);
    assertThat(lines.list.stream().mapToLong(RateLimitedLogTest::heldBack).sum())
        .isEqualTo(threads * calls - 1);
  }

  private static long heldBack(ILoggingEvent event) {
    return event.getKeyValuePairs().stream()
        .filter(pair -> pair.key.equals("heldBack"))
        .mapToLong(pair -> (Long) pair.value)
        .sum();
  }

  private void pass(long nanos) {
    clock.addAndGet(nanos);
  }

  private List<String> written() {
    return lines.list.stream()
        .map(
            event -> {
              StringBuilder line = new StringBuilder(event.getMessage());
              event
                  .getKeyValuePairs()
                  .forEach(p -> line.append(' ').append(p.key).append('=').append(p.value));
              return line.toString();
            })
        .toList();
  }
}
