package org.openbars.router.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openbars.router.journal.Samples.begun;
import static org.openbars.router.journal.Samples.everything;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;

/** The bound: what gives way at it, and what never does. */
class FullJournalTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  // One lane for the test's threads, one for the journal's own.
  private static final long MOST_ON_DISK = Journals.SMALL + 2 * (128 << 10);

  private final Samples samples = new Samples();
  private final Journals journals = new Journals();
  private final Meters meters = new Meters();
  private final MemoryDisk disk = new MemoryDisk();

  @AfterEach
  void close() throws IOException {
    journals.closeAll();
  }

  @Test
  void refusesAtTheBoundAndWhatWasBegunAlwaysEnds() throws IOException {
    Journal journal = journals.open(disk, Journals.SMALL, meters);
    List<ExchangeRecord> kept = new ArrayList<>();
    List<ExchangeRecord> underWay = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      underWay.add(samples.record());
      assertThat(opened(journal, underWay.get(i))).isTrue();
    }
    int refused = 0;
    for (int i = 0; i < 10_000; i++) {
      ExchangeRecord record = samples.record(2000);
      if (opened(journal, record)) {
        assertThat(closed(journal, record)).isTrue();
        kept.add(record);
      } else {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(9_000);
    assertThat(journal.accepts()).isFalse();

    for (ExchangeRecord record : underWay) {
      assertThat(closed(journal, record)).isTrue();
    }

    assertThat(lost()).isZero();
    assertThat(disk.peak()).isLessThanOrEqualTo(MOST_ON_DISK);
    assertThat(everything(journal.reader("a")))
        .containsExactlyInAnyOrderElementsOf(together(kept, underWay));
  }

  @Test
  void acceptsAgainByItselfOnceTheSinkHasStored() throws IOException {
    Journal journal = journals.open(disk, Journals.SMALL, meters);
    for (int round = 0; round < 5; round++) {
      Set<UUID> kept = new LinkedHashSet<>();
      while (journal.accepts()) {
        ExchangeRecord record = samples.record(2000);
        if (opened(journal, record)) {
          assertThat(closed(journal, record)).isTrue();
          kept.add(record.id());
        }
      }
      Set<UUID> given = new LinkedHashSet<>();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                everything(journal.reader("a")).forEach(record -> given.add(record.id()));
                return journal.accepts();
              });
      assertThat(given).isEqualTo(kept);
      assertThat(kept).hasSizeGreaterThan(50);
    }
    assertThat(disk.peak()).isLessThanOrEqualTo(MOST_ON_DISK);
  }

  @Test
  void exchangesUnderWayAreBoundedByTheRoomForTheirEnds() throws IOException {
    Journal journal = journals.open(disk, Journals.SMALL, meters);
    List<ExchangeRecord> begun = new ArrayList<>();
    ExchangeRecord next = samples.record();
    while (opened(journal, next)) {
      begun.add(next);
      next = samples.record();
    }
    assertThat(begun).hasSizeBetween(20, 60);

    // Each with the longest end there is.
    for (ExchangeRecord record : begun) {
      ExchangeRecord end =
          new ExchangeRecord(
              record.id(),
              record.node(),
              record.asked(),
              Samples.inspection("\u20ac".repeat(256)),
              record.steps(),
              record.result());
      assertThat(closed(journal, end)).isTrue();
    }

    assertThat(lost()).isZero();
    assertThat(disk.peak()).isLessThanOrEqualTo(MOST_ON_DISK);
    assertThat(journal.innards().open().size()).isZero();
    assertThat(opened(journal, next)).isTrue();
  }

  @Test
  void endWithoutABeginningIsLostAndCountedWhenThereIsNoRoomAtAll() throws IOException {
    Journal journal = journals.open(disk, Journals.SMALL, meters);
    for (int i = 0; i < 2_000; i++) {
      AtomicBoolean told = new AtomicBoolean();
      journal.closed(samples.record(1000), false, () -> told.set(true));
      assertThat(told).isTrue();
    }
    int kept = everything(journal.reader("a")).size();

    assertThat(kept).isPositive();
    assertThat(kept + lost()).isEqualTo(2_000);
    assertThat(disk.peak()).isLessThanOrEqualTo(MOST_ON_DISK);
  }

  @Test
  void dropOldestRefusesNothingAndTellsExactlyWhatEachSinkWasNotGiven() throws IOException {
    Journal journal =
        journals.open(
            disk,
            Journals.config(
                Journals.SMALL, JournalConfig.Sync.OS, JournalConfig.WhenFull.DROP_OLDEST),
            meters,
            "a",
            "b");
    Set<UUID> given = new LinkedHashSet<>();
    ExchangeRecord slow = samples.record();
    assertThat(opened(journal, slow)).isTrue();
    int written = 20_000;
    for (int i = 0; i < written; i++) {
      ExchangeRecord record = samples.record(500);
      assertThat(opened(journal, record)).isTrue();
      assertThat(closed(journal, record)).isTrue();
      if (i < 50) {
        // In the middle of a segment that will go.
        journal.reader("a").next(1).forEach(each -> given.add(each.id()));
      }
    }
    assertThat(closed(journal, slow)).isTrue();

    assertThat(disk.peak()).isLessThanOrEqualTo(MOST_ON_DISK);
    assertThat(given).hasSize(50);
    long droppedOfA = drain(journal.reader("a"), given);
    Set<UUID> givenToB = new LinkedHashSet<>();
    long droppedOfB = drain(journal.reader("b"), givenToB);
    assertThat(given.size() + droppedOfA).isEqualTo(written + 1);
    assertThat(givenToB.size() + droppedOfB).isEqualTo(written + 1);
    assertThat(given).contains(slow.id());
    assertThat(meters.registry().get("bars.audit.lost").tag("reason", "dropped").counter().count())
        .isEqualTo((double) (droppedOfA + droppedOfB));
    assertThat(journal.accepts()).isTrue();
    assertThat(lost()).isZero();
  }

  private static long drain(JournalReader reader, Set<UUID> given) throws IOException {
    long dropped = 0;
    List<ExchangeRecord> some;
    do {
      some = reader.next(100);
      some.forEach(record -> assertThat(given.add(record.id())).isTrue());
      for (Gap gap : reader.gaps()) {
        assertThat(gap.reason()).isEqualTo(Gap.Reason.DROPPED);
        dropped += gap.records();
      }
    } while (!some.isEmpty());
    return dropped;
  }

  @Test
  void longExchangesHoldNothingUpWhenItFills() throws IOException {
    Journal journal = journals.open(disk, Journals.SMALL, meters);
    ExchangeRecord slow = samples.record();
    assertThat(opened(journal, slow)).isTrue();
    long[] written = {0};
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              for (int i = 0; i < 100; i++) {
                ExchangeRecord record = samples.record(2000);
                if (opened(journal, record)) {
                  assertThat(closed(journal, record)).isTrue();
                  written[0]++;
                }
              }
              everything(journal.reader("a"));
              // Several times as much as fits.
              return written[0] > 2_000;
            });

    assertThat(closed(journal, slow)).isTrue();
    assertThat(everything(journal.reader("a"))).contains(slow);
  }

  private static List<ExchangeRecord> together(
      List<ExchangeRecord> some, List<ExchangeRecord> others) {
    List<ExchangeRecord> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }

  // Told before these return, but on a machine so busy that the journal takes its disk for hanging.
  private static boolean opened(Journal journal, ExchangeRecord record) {
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    journal.opened(begun(record), told::complete);
    return told.orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static boolean closed(Journal journal, ExchangeRecord record) {
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    journal.closed(record, true, () -> told.complete(true));
    return told.orTimeout(60, TimeUnit.SECONDS).join();
  }

  private double lost() {
    return meters.registry().get("bars.audit.lost").tag("reason", "full").counter().count()
        + meters.registry().get("bars.audit.lost").tag("reason", "journal").counter().count();
  }
}
