package org.openbars.router.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openbars.router.journal.Samples.begun;
import static org.openbars.router.journal.Samples.everything;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openbars.router.journal.MemoryDisk.Operation;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;

/** What may be deleted, and what an exchange must not be taken for after it was. */
class DeletionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path FIRST = SegmentFile.path(Journals.FOLDER, 1);

  private final Samples samples = new Samples();
  private final Journals journals = new Journals();
  private final MemoryDisk disk = new MemoryDisk();
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void close() throws IOException {
    release.countDown();
    journals.closeAll();
  }

  @Test
  void segmentStaysWhileAnExchangeThatBeganInItIsOpen() throws Exception {
    Journal journal = journals.open(disk, Journals.SMALL * 4, new Meters());
    journal.innards().front().carryAfter(TimeUnit.HOURS.toNanos(1));
    ExchangeRecord slow = samples.record();
    open(journal, slow);
    roll(journal, FIRST);
    store(journal);
    store(journal);

    assertThat(disk.segments()).contains(FIRST);
    assertThat(journals.read(disk.afterKill(), new Meters())).containsExactly(begun(slow));

    end(journal, slow);
    store(journal);
    await().atMost(PATIENCE).until(() -> !disk.segments().contains(FIRST));
  }

  @Test
  void endOnAnotherThreadsLaneIsNotDeletedBeforeItsBeginning() throws Exception {
    Journal journal = journals.open(disk, Journals.SMALL * 4, new Meters());
    // This thread's segment is the older one.
    assertThat(Samples.write(journal, samples.record())).isTrue();
    ExchangeRecord record = samples.record();
    Thread other = new Thread(() -> open(journal, record));
    other.start();
    other.join();
    end(journal, record);
    roll(journal, FIRST);
    store(journal);
    await().atMost(PATIENCE).until(() -> !disk.segments().contains(FIRST));

    assertThat(journals.read(disk.afterKill(), new Meters())).isEmpty();
  }

  @Test
  void exchangeThatEndsWhileItIsCarriedOnIsNotTakenForOpen() throws Exception {
    Journal journal = journals.open(disk, Journals.SMALL * 4, new Meters());
    journal.innards().front().carryAfter(TimeUnit.HOURS.toNanos(1));
    ExchangeRecord slow = samples.record();
    open(journal, slow);
    roll(journal, FIRST);
    store(journal);
    await().atMost(PATIENCE).until(() -> journal.segments().hasSpare());
    Path second = last(journal);
    CountDownLatch carrying = new CountDownLatch(1);
    disk.trouble(
        (operation, file) -> {
          boolean carried =
              operation == Operation.WRITE
                  && SegmentFile.number(file).isPresent()
                  && Thread.currentThread().getName().equals("audit-journal")
                  && file.equals(last(journal))
                  && !file.equals(second);
          if (carried) {
            carrying.countDown();
            hold();
          }
        });
    journal.innards().front().carryAfter(0);
    assertThat(carrying.await(30, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<Void> ended = new CompletableFuture<>();
    journal.closed(slow, true, () -> ended.complete(null));
    release.countDown();
    ended.get(30, TimeUnit.SECONDS);
    disk.trouble((operation, file) -> {});

    roll(journal, second);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              store(journal);
              return !disk.segments().contains(second);
            });

    assertThat(journals.read(disk.afterKill(), new Meters())).isEmpty();
  }

  @Test
  void beginningIsNotDeletedBeforeItsEndIsForced() throws Exception {
    Journal journal =
        journals.open(
            disk,
            Journals.config(
                Journals.SMALL * 4, JournalConfig.Sync.DISK, JournalConfig.WhenFull.REFUSE),
            new Meters());
    ExchangeRecord slow = samples.record();
    CompletableFuture<Boolean> opened = new CompletableFuture<>();
    journal.opened(begun(slow), opened::complete);
    assertThat(opened.get(30, TimeUnit.SECONDS)).isTrue();
    AtomicBoolean held = new AtomicBoolean(true);
    while (journal.segments().first().limit() + 2000 < journal.segments().size()) {
      CompletableFuture<Boolean> told = new CompletableFuture<>();
      journal.closed(samples.record(1000), false, () -> told.complete(true));
      assertThat(told.get(30, TimeUnit.SECONDS)).isTrue();
    }
    await().atMost(PATIENCE).until(() -> journal.segments().hasSpare());
    disk.trouble(
        (operation, file) -> {
          if (operation == Operation.FORCE
              && file.equals(SegmentFile.path(Journals.FOLDER, 2))
              && held.get()) {
            hold();
          }
        });
    // The end goes into the second segment, which is not forced.
    ExchangeRecord end = samples.record(4000);
    ExchangeRecord longEnd =
        new ExchangeRecord(
            slow.id(), slow.node(), end.asked(), end.inspection(), end.steps(), end.result());
    journal.closed(longEnd, true, () -> {});
    assertThat(journal.segments().first().sealed()).isTrue();
    Thread storing = new Thread(() -> storeQuietly(journal));
    storing.start();

    await()
        .pollDelay(Duration.ofMillis(300))
        .atMost(PATIENCE)
        .until(() -> journal.reader("a").storedBelow() > 1);
    for (int seed = 0; seed < 20; seed++) {
      MemoryDisk left = disk.afterPowerCut(new Random(seed));
      Journal next = journals.open(left, Journals.SMALL * 4, new Meters(), "b");
      assertThat(everything(next.reader("b"))).extracting(ExchangeRecord::id).contains(slow.id());
      journals.close(next);
    }
    held.set(false);
    release.countDown();
    storing.join();
  }

  private void hold() throws IOException {
    try {
      release.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static Path last(Journal journal) {
    return journal.segments().all().stream()
        .reduce((one, next) -> next)
        .map(Segment::path)
        .orElse(FIRST);
  }

  /** Writes exchanges until this thread's lane has left a segment. */
  private void roll(Journal journal, Path from) {
    Segment segment =
        journal.segments().all().stream()
            .filter(each -> each.path().equals(from))
            .findFirst()
            .orElseThrow();
    while (!segment.sealed()) {
      assertThat(Samples.write(journal, samples.record(1000))).isTrue();
    }
  }

  private static void store(Journal journal) throws IOException {
    List<ExchangeRecord> given = everything(journal.reader("a"));
    assertThat(given).doesNotContainNull();
    journal.reader("a").finish();
  }

  private static void storeQuietly(Journal journal) {
    try {
      store(journal);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void open(Journal journal, ExchangeRecord record) {
    boolean[] told = new boolean[1];
    journal.opened(begun(record), written -> told[0] = written);
    assertThat(told[0]).isTrue();
  }

  private static void end(Journal journal, ExchangeRecord record) {
    boolean[] told = new boolean[1];
    journal.closed(record, true, () -> told[0] = true);
    assertThat(told[0]).isTrue();
  }
}
