package org.openbars.router.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openbars.router.journal.Samples.begun;
import static org.openbars.router.journal.Samples.everything;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openbars.router.journal.MemoryDisk.Operation;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;

/** A disk that hangs, fails or is slow; and one that must have an entry before it counts. */
class DiskTroubleTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Samples samples = new Samples();
  private final Journals journals = new Journals();
  private final Meters meters = new Meters();
  private final MemoryDisk disk = new MemoryDisk();
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void close() throws IOException {
    release.countDown();
    disk.trouble((operation, file) -> {});
    journals.closeAll();
  }

  @Test
  void diskThatHangsHoldsUpOneLoopAndNoneOfTheOthersForMoreThanASecond() throws Exception {
    Journal journal = journals.open(disk, Journals.LARGE, meters);
    ExchangeRecord before = samples.record();
    assertThat(Samples.write(journal, before)).isTrue();
    // What hangs is the write of an entry, not the making of a segment.
    await().atMost(PATIENCE).until(() -> journal.segments().hasSpare());
    hang();
    CompletableFuture<Boolean> first = onItsOwnThread(journal, samples.record());
    await().atMost(PATIENCE).until(() -> gauge("bars.audit.journal.handing.over") == 1);

    // Other loops are neither held up nor told that it is written.
    ExchangeRecord late = samples.record();
    CompletableFuture<Boolean> second = onItsOwnThread(journal, late);
    assertThat(second.get(30, TimeUnit.SECONDS)).isFalse();
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    ExchangeRecord kept = samples.record();
    journal.closed(kept, false, () -> ended.complete(true));
    assertThat(ended.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(journal.accepts()).isTrue();
    assertThat(first).isNotDone();

    release.countDown();

    assertThat(first.get(30, TimeUnit.SECONDS)).isTrue();
    await().atMost(PATIENCE).until(() -> gauge("bars.audit.journal.handing.over") == 0);
    assertThat(meters.registry().get("bars.audit.journal.slow").counter().count()).isPositive();
    assertThat(Samples.write(journal, samples.record())).isTrue();
    // The end that waited is there; the beginning that was refused is not.
    assertThat(everything(journal.reader("a")))
        .hasSize(4)
        .contains(before, kept)
        .doesNotContain(late);
  }

  @Test
  void whatWaitsForASlowDiskIsBounded() throws Exception {
    Journal journal = journals.open(disk, Journals.LARGE, meters);
    assertThat(Samples.write(journal, samples.record())).isTrue();
    // What hangs is the write of an entry, not the making of a segment.
    await().atMost(PATIENCE).until(() -> journal.segments().hasSpare());
    hang();
    CompletableFuture<Boolean> first = onItsOwnThread(journal, samples.record());
    await().atMost(PATIENCE).until(() -> gauge("bars.audit.journal.handing.over") == 1);
    AtomicInteger told = new AtomicInteger();
    int sent = Handover.MOST + 500;
    for (int i = 0; i < sent; i++) {
      journal.closed(samples.record(), false, told::incrementAndGet);
    }

    await().atMost(PATIENCE).until(() -> told.get() == sent);
    assertThat(lost("journal")).isBetween(490.0, 510.0);
    assertThat(journal.accepts()).isFalse();
    release.countDown();
    assertThat(first.get(30, TimeUnit.SECONDS)).isTrue();
    await().atMost(PATIENCE).until(() -> gauge("bars.audit.journal.handed.over") == 0);
    assertThat(everything(journal.reader("a")).size() + lost("journal")).isEqualTo(sent + 2);
  }

  @Test
  void writeThatFailsEndsItsSegmentAndGoesOnInAnother() throws Exception {
    Journal journal = journals.open(disk, Journals.LARGE, meters);
    List<ExchangeRecord> records = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      records.add(samples.record());
      if (i % 5 == 4) {
        failOnce(Operation.WRITE);
      }
      CompletableFuture<Boolean> written = written(journal, records.get(i));
      assertThat(written.get(30, TimeUnit.SECONDS)).isTrue();
      await().atMost(PATIENCE).until(journal::accepts);
    }

    assertThat(everything(journal.reader("a"))).containsExactlyInAnyOrderElementsOf(records);
    assertThat(journal.reader("a").gaps()).isEmpty();
    assertThat(journal.segments().all().size()).isGreaterThan(3);
    MemoryDisk left = disk.afterKill();
    Meters after = new Meters();
    Journal next = journals.open(left, Journals.LARGE, after, "b");
    assertThat(everything(next.reader("b"))).containsExactlyInAnyOrderElementsOf(records);
    assertThat(next.reader("b").gaps()).isEmpty();
  }

  @Test
  void fullDiskRefusesKeepsWhatEndsAndIsTakenAgainOnceThereIsRoom() throws Exception {
    Journal journal = journals.open(disk, Journals.LARGE, meters);
    ExchangeRecord underWay = samples.record();
    assertThat(opened(journal, underWay)).isTrue();
    await().atMost(PATIENCE).until(() -> disk.segments().size() == 2);
    disk.mostBytes(disk.used());
    List<ExchangeRecord> kept = new ArrayList<>();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              for (int i = 0; i < 1000; i++) {
                ExchangeRecord record = samples.record(2000);
                if (!opened(journal, record)) {
                  return true;
                }
                assertThat(closed(journal, record)).isTrue();
                kept.add(record);
              }
              return false;
            });
    assertThat(journal.accepts()).isFalse();
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    journal.closed(underWay, true, () -> ended.complete(true));
    assertThat(ended.get(30, TimeUnit.SECONDS)).isTrue();

    disk.mostBytes(Long.MAX_VALUE);

    await().atMost(PATIENCE).until(journal::accepts);
    await().atMost(PATIENCE).until(() -> gauge("bars.audit.journal.handed.over") == 0);
    kept.add(underWay);
    assertThat(everything(journal.reader("a"))).containsExactlyInAnyOrderElementsOf(kept);
    assertThat(journal.reader("a").gaps()).isEmpty();
    assertThat(lost("journal") + lost("full")).isZero();
  }

  @Test
  void numbersOfSegmentsThatCouldNotBeMadeDoNotLookLikeLostOnes() throws Exception {
    Journal journal = journals.open(disk, 4 * Journals.SMALL, meters);
    AtomicInteger creations = new AtomicInteger();
    AtomicInteger zeros = new AtomicInteger();
    disk.trouble(
        (operation, file) -> {
          boolean segment = isSegment(file);
          if (operation == Operation.CREATE && segment && creations.incrementAndGet() % 3 == 0) {
            throw new IOException("not made");
          }
          if (operation == Operation.FORCE_FOLDER && zeros.incrementAndGet() % 4 == 0) {
            throw new IOException("not forced");
          }
        });
    List<ExchangeRecord> records = new ArrayList<>();
    for (int i = 0; i < 80; i++) {
      ExchangeRecord record = samples.record(3000);
      await().atMost(PATIENCE).until(journal::accepts);
      if (written(journal, record).get(30, TimeUnit.SECONDS)) {
        records.add(record);
      }
    }
    disk.trouble((operation, file) -> {});

    Journal next = journals.open(disk.afterKill(), 4 * Journals.SMALL, new Meters(), "a");
    assertThat(creations.get()).isGreaterThan(6);
    assertThat(everything(next.reader("a"))).containsAll(records);
    assertThat(next.reader("a").gaps()).isEmpty();
  }

  @Test
  void entryCountsOnceItIsForcedAndOneForceServesMany() throws Exception {
    AtomicBoolean held = new AtomicBoolean();
    AtomicInteger forces = new AtomicInteger();
    Journal journal = journals.open(disk, disk(), meters);
    assertThat(written(journal, samples.record()).get(30, TimeUnit.SECONDS)).isTrue();
    held.set(true);
    disk.trouble(
        (operation, file) -> {
          if (operation == Operation.FORCE && isSegment(file)) {
            forces.incrementAndGet();
            if (held.get()) {
              hold(release);
            }
          }
        });
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    AtomicInteger told = new AtomicInteger();
    AtomicReference<String> wrong = new AtomicReference<>();
    CountDownLatch asked = new CountDownLatch(100);
    for (int i = 0; i < 100; i++) {
      Context context = vertx.getOrCreateContext();
      ExchangeRecord record = samples.record();
      context.runOnContext(
          v -> {
            journal.opened(
                begun(record),
                written -> {
                  if (!written || Vertx.currentContext() != context) {
                    wrong.set("written " + written + " on " + Vertx.currentContext());
                  }
                  told.incrementAndGet();
                });
            asked.countDown();
          });
    }
    assertThat(asked.await(500, TimeUnit.MILLISECONDS)).isTrue();
    assertThat(told).hasValue(0);

    held.set(false);
    release.countDown();

    await().atMost(PATIENCE).until(() -> told.get() == 100);
    assertThat(wrong).hasNullValue();
    assertThat(forces.get()).isLessThan(20);
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void segmentThatCannotBeReadForAWhileLosesNothing() throws Exception {
    Journal journal = journals.open(disk, Journals.LARGE, meters);
    List<ExchangeRecord> records = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      records.add(samples.record());
      assertThat(Samples.write(journal, records.get(i))).isTrue();
    }
    AtomicInteger reads = new AtomicInteger();
    disk.trouble(
        (operation, file) -> {
          if (operation == Operation.READ && reads.incrementAndGet() <= 5) {
            throw new IOException("input/output error");
          }
        });
    List<ExchangeRecord> given = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      given.addAll(journal.reader("a").next(100));
      assertThat(journal.reader("a").gaps()).isEmpty();
    }
    assertThat(given).isEqualTo(records);
  }

  @Test
  void segmentThatCanNeverBeReadIsToldOfAndHoldsNothingUp() throws Exception {
    Journal journal = journals.open(disk, Journals.LARGE, meters);
    assertThat(Samples.write(journal, samples.record())).isTrue();
    journal.sealAll();
    ExchangeRecord next = samples.record();
    assertThat(Samples.write(journal, next)).isTrue();
    Path first = SegmentFile.path(Journals.FOLDER, 1);
    AtomicInteger reads = new AtomicInteger();
    disk.trouble(
        (operation, file) -> {
          // Its header can be.
          if (operation == Operation.READ && file.equals(first) && reads.incrementAndGet() > 1) {
            throw new IOException("input/output error");
          }
        });
    List<ExchangeRecord> given = new ArrayList<>();
    List<Gap> gaps = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      given.addAll(journal.reader("a").next(100));
      gaps.addAll(journal.reader("a").gaps());
    }
    assertThat(given).containsExactly(next);
    assertThat(gaps).extracting(Gap::reason).containsExactly(Gap.Reason.LOST_SEGMENT);
  }

  @Test
  void forceThatFailsTellsNoAndTheNextSegmentIsTaken() throws Exception {
    Journal journal = journals.open(disk, disk(), meters);
    assertThat(written(journal, samples.record()).get(30, TimeUnit.SECONDS)).isTrue();
    Path inUse = SegmentFile.path(Journals.FOLDER, 1);
    disk.trouble(
        (operation, file) -> {
          if (operation == Operation.FORCE && file.equals(inUse)) {
            throw new IOException("input/output error");
          }
        });
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    journal.opened(begun(samples.record()), told::complete);
    assertThat(told.get(30, TimeUnit.SECONDS)).isFalse();

    CompletableFuture<Boolean> next = written(journal, samples.record());

    assertThat(next.get(30, TimeUnit.SECONDS)).isTrue();
    Segment first = journal.segments().first();
    assertThat(first.number()).isOne();
    assertThat(first.failedForce()).isTrue();
    assertThat(first.sealed()).isTrue();
  }

  @Test
  void forceThatHangsIsWaitedForOneSecond() throws Exception {
    Journal journal = journals.open(disk, disk(), meters);
    disk.trouble(
        (operation, file) -> {
          if (operation == Operation.FORCE) {
            hold(release);
          }
        });
    CompletableFuture<Boolean> opened = new CompletableFuture<>();
    CompletableFuture<Boolean> closed = new CompletableFuture<>();
    journal.opened(begun(samples.record()), opened::complete);
    journal.closed(samples.record(), false, () -> closed.complete(true));

    assertThat(opened.get(30, TimeUnit.SECONDS)).isFalse();
    assertThat(closed.get(30, TimeUnit.SECONDS)).isTrue();
  }

  private static JournalConfig disk() {
    return Journals.config(Journals.LARGE, JournalConfig.Sync.DISK, JournalConfig.WhenFull.REFUSE);
  }

  private static boolean isSegment(Path file) {
    return SegmentFile.number(file).isPresent();
  }

  /** Writes to segments wait from now on until they are released. */
  private void hang() {
    disk.trouble(
        (operation, file) -> {
          if (operation == Operation.WRITE && isSegment(file)) {
            hold(release);
          }
        });
  }

  private static void hold(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private void failOnce(Operation which) {
    AtomicBoolean failed = new AtomicBoolean();
    disk.trouble(
        (operation, file) -> {
          if (operation == which && isSegment(file) && failed.compareAndSet(false, true)) {
            throw new IOException("input/output error");
          }
        });
  }

  private CompletableFuture<Boolean> onItsOwnThread(Journal journal, ExchangeRecord record) {
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    Thread thread = new Thread(() -> forward(written(journal, record), told));
    thread.setDaemon(true);
    thread.start();
    return told;
  }

  private static void forward(CompletableFuture<Boolean> from, CompletableFuture<Boolean> to) {
    CompletableFuture<Boolean> done =
        from.whenComplete((written, e) -> to.complete(e == null && written));
    assertThat(done).isNotNull();
  }

  /** Opened, and closed when that was written. */
  private static CompletableFuture<Boolean> written(Journal journal, ExchangeRecord record) {
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    journal.opened(
        begun(record),
        written -> {
          if (written) {
            journal.closed(record, true, () -> told.complete(true));
          } else {
            told.complete(false);
          }
        });
    return told;
  }

  private static boolean opened(Journal journal, ExchangeRecord record) {
    boolean[] told = new boolean[1];
    journal.opened(begun(record), written -> told[0] = written);
    return told[0];
  }

  private static boolean closed(Journal journal, ExchangeRecord record) {
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    journal.closed(record, true, () -> told.complete(true));
    return told.orTimeout(30, TimeUnit.SECONDS).join();
  }

  private double gauge(String name) {
    return meters.registry().get(name).gauge().value();
  }

  private double lost(String reason) {
    return meters.registry().get("bars.audit.lost").tag("reason", reason).counter().count();
  }
}
