package org.openbars.router.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.openbars.router.journal.Samples.begun;
import static org.openbars.router.journal.Samples.everything;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Fate;
import org.openbars.router.meter.Meters;

/** The journal on a disk that is well. */
class JournalTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Samples samples = new Samples();
  private final Journals journals = new Journals();
  private final Meters meters = new Meters();
  private final MemoryDisk disk = new MemoryDisk();
  @TempDir private Path temporary;

  @AfterEach
  void close() throws IOException {
    journals.closeAll();
  }

  @Test
  void closedExchangesAreGivenInOrderAndOpenedOnesAreHeld() throws IOException {
    Journal journal = journals.open(disk, Journals.LARGE, meters);
    JournalReader reader = journal.reader("a");
    ExchangeRecord first = samples.record();
    ExchangeRecord second = samples.record();
    open(journal, first);
    open(journal, second);
    end(journal, second);
    assertThat(reader.next(100)).containsExactly(second);

    end(journal, first);

    assertThat(reader.next(100)).containsExactly(first);
    assertThat(reader.next(100)).isEmpty();
    assertThat(reader.gaps()).isEmpty();
  }

  @Test
  void filesAreTheOwnersAloneAndTheFolderIsOneRouters() throws IOException {
    Path folder = Files.createDirectories(temporary.resolve("journal"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    JournalConfig config =
        new JournalConfig(
            folder, Journals.LARGE, JournalConfig.Sync.OS, JournalConfig.WhenFull.REFUSE);
    Journal journal = Journal.open(config, List.of("a", "b"), meters);
    end(journal, samples.record());

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
    // The lock, two positions, a segment and the next.
    await().atMost(PATIENCE).until(() -> list(folder).size() == 5);
    assertThat(list(folder))
        .allSatisfy(
            file ->
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------"));
    assertThatThrownBy(() -> Journal.open(config, List.of("a"), new Meters()))
        .isInstanceOf(JournalInUseException.class)
        .hasMessage("audit.journal.path: " + folder + " is in use by another router");
    journal.close();
    Journal.open(config, List.of("a"), new Meters()).close();
  }

  @Test
  void openedWithoutClosedIsGivenToEverySinkAfterARestart() throws IOException {
    Journal journal = journals.open(disk, Journals.LARGE, meters, "a", "b");
    ExchangeRecord answered = samples.record();
    ExchangeRecord lost = samples.record();
    open(journal, lost);
    open(journal, answered);
    end(journal, answered);
    assertThat(everything(journal.reader("a"))).containsExactly(answered);
    journals.finish(journal, "a");

    Journal next = journals.open(disk, Journals.LARGE, meters, "a", "b");
    assertThat(everything(next.reader("a"))).containsExactly(begun(lost));
    assertThat(everything(next.reader("b"))).containsExactly(answered, begun(lost));
    assertThat(begun(lost).result().fate()).isEqualTo(Fate.OUTCOME_UNKNOWN);
    journals.finish(next, "a", "b");

    Journal third = journals.open(disk, Journals.LARGE, meters, "a", "b");
    assertThat(everything(third.reader("a"))).isEmpty();
    assertThat(everything(third.reader("b"))).isEmpty();
  }

  @Test
  void whatWasStoredIsNotReadAgainAndItsSegmentsAreGone() throws IOException {
    Journal journal = journals.open(disk, Journals.LARGE, meters);
    JournalReader reader = journal.reader("a");
    List<ExchangeRecord> records = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      records.add(samples.record());
      assertThat(Samples.write(journal, records.get(i))).isTrue();
    }
    assertThat(reader.next(60)).isEqualTo(records.subList(0, 60));
    reader.next(1);
    // The last one was given and is not known to be stored.
    await().atMost(PATIENCE).until(() -> generation(disk) > 0 || nudge(reader));
    journals.close(journal);

    Journal again = journals.open(disk, Journals.LARGE, meters);
    List<ExchangeRecord> rest = everything(again.reader("a"));
    assertThat(records).endsWith(rest.toArray(ExchangeRecord[]::new));
    assertThat(rest).hasSizeBetween(1, 40);
    journals.finish(again);

    assertThat(disk.segments()).isEmpty();
    Journal third = journals.open(disk, Journals.LARGE, meters);
    Samples.write(third, samples.record());
    assertThat(third.reader("a").gaps()).isEmpty();
    // A number that was used is not used again.
    assertThat(disk.segments().get(0).getFileName().toString())
        .isNotEqualTo("00000000000000000001.seg");
  }

  private static long generation(MemoryDisk disk) {
    byte[] position = disk.content(Journals.FOLDER.resolve("pos-a"));
    return (long) position[15] + position[Position.SLOT + 15];
  }

  private static boolean nudge(JournalReader reader) throws IOException {
    reader.next(1);
    return false;
  }

  @Test
  void eachSinkHasItsOwnPlaceAndASegmentGoesWhenAllHaveIt() throws IOException {
    Journal journal = journals.open(disk, Journals.SMALL * 4, meters, "a", "b");
    List<ExchangeRecord> records = new ArrayList<>();
    Path first = null;
    while (disk.segments().size() < 4) {
      records.add(samples.record(1000));
      assertThat(Samples.write(journal, records.get(records.size() - 1))).isTrue();
      first = first == null ? disk.segments().get(0) : first;
    }
    assertThat(everything(journal.reader("a"))).isEqualTo(records);
    journal.reader("a").finish();
    assertThat(disk.segments()).contains(first);

    assertThat(everything(journal.reader("b"))).isEqualTo(records);
    journal.reader("b").finish();

    assertThat(disk.segments()).doesNotContain(first);
    assertThat(journal.reader("a").backlogBytes()).isZero();
  }

  @Test
  void sinkThatIsNewStartsAtTheOldestAndOneThatIsGoneHoldsNothingUp() throws IOException {
    Journal journal = journals.open(disk, Journals.LARGE, meters, "a", "b");
    ExchangeRecord record = samples.record();
    Samples.write(journal, record);
    assertThat(everything(journal.reader("a"))).containsExactly(record);
    journals.finish(journal, "a");

    Journal next = journals.open(disk, Journals.LARGE, meters, "a", "c");
    assertThat(disk.names()).doesNotContain(Journals.FOLDER.resolve("pos-b"));
    assertThat(everything(next.reader("a"))).isEmpty();
    assertThat(everything(next.reader("c"))).containsExactly(record);
    journals.finish(next, "a", "c");

    assertThat(disk.segments()).isEmpty();
  }

  @Test
  void longExchangeIsCarriedOnSoThatItsSegmentCanGo() throws IOException {
    Journal journal = journals.open(disk, Journals.SMALL, meters, "a", "b");
    ExchangeRecord slow = samples.record();
    ExchangeRecord lost = samples.record();
    open(journal, slow);
    open(journal, lost);
    Path first = disk.segments().get(0);
    journal.innards().front().carryAfter(0);
    for (int i = 0; i < 200; i++) {
      Samples.write(journal, samples.record(1000));
      everything(journal.reader("a"));
      everything(journal.reader("b"));
    }
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              everything(journal.reader("a"));
              everything(journal.reader("b"));
              return !disk.segments().contains(first);
            });

    end(journal, slow);
    assertThat(everything(journal.reader("a"))).containsExactly(slow);
    assertThat(everything(journal.reader("b"))).containsExactly(slow);
    journals.finish(journal, "a", "b");
    Journal next = journals.open(disk, Journals.SMALL, meters, "a", "b");
    assertThat(everything(next.reader("a"))).containsExactly(begun(lost));
    assertThat(everything(next.reader("b"))).containsExactly(begun(lost));
  }

  @Test
  void endOnAnotherThreadThanTheBeginningIsNoOrphan() throws Exception {
    Journal journal = journals.open(disk, Journals.LARGE, meters);
    ExchangeRecord first = samples.record();
    ExchangeRecord record = samples.record();
    // This thread's segment is the older one.
    Samples.write(journal, first);
    onAnotherThread(() -> open(journal, record));
    end(journal, record);
    assertThat(everything(journal.reader("a"))).containsExactlyInAnyOrder(first, record);
    journal.reader("a").finish();
    MemoryDisk left = disk.afterKill();

    assertThat(journals.read(left, new Meters())).isEmpty();
  }

  @Test
  void interruptedThreadWritesAndStaysInterrupted() throws IOException {
    JournalConfig config =
        new JournalConfig(
            temporary.resolve("journal"),
            Journals.LARGE,
            JournalConfig.Sync.OS,
            JournalConfig.WhenFull.REFUSE);
    Journal journal = Journal.open(config, List.of("a"), meters);
    ExchangeRecord before = samples.record();
    ExchangeRecord after = samples.record();
    Thread.currentThread().interrupt();
    boolean written = Samples.write(journal, before);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(written).isTrue();
    assertThat(Samples.write(journal, after)).isTrue();

    assertThat(everything(journal.reader("a"))).containsExactly(before, after);
    assertThat(journal.segments().all()).hasSize(1);
    journal.close();
  }

  @Test
  void routersThatAreKilledAgainAndAgainFillNothing() throws IOException {
    MemoryDisk left = disk;
    for (int run = 0; run < 20; run++) {
      Journal journal = journals.open(left, Journals.SMALL, new Meters());
      Samples.write(journal, samples.record());
      left = left.afterKill();
    }
    Journal journal = journals.open(left, Journals.SMALL, new Meters());

    assertThat(journal.accepts()).isTrue();
    assertThat(everything(journal.reader("a"))).hasSize(20);
    assertThat(left.used()).isLessThan(600_000);
  }

  @Test
  void ageAndBacklogTellOfWhatIsNotStored() throws Exception {
    Journal journal = journals.open(disk, Journals.LARGE, meters);
    JournalReader reader = journal.reader("a");
    assertThat(reader.backlogBytes()).isZero();
    assertThat(reader.oldestAgeSeconds()).isZero();
    Samples.write(journal, samples.record());

    await().atMost(PATIENCE).until(() -> reader.oldestAgeSeconds() > 0);
    assertThat(reader.backlogBytes()).isGreaterThan(500);
    assertThat(reader.next(10)).hasSize(1);
    assertThat(reader.oldestAgeSeconds()).isPositive();
    assertThat(reader.next(10)).isEmpty();

    assertThat(reader.backlogBytes()).isZero();
    assertThat(reader.oldestAgeSeconds()).isZero();
    assertThat(meters.registry().get("bars.audit.journal.bytes").tag("sink", "a").gauge().value())
        .isZero();
  }

  @Test
  void nothingIsTakenAfterTheEnd() throws IOException {
    Journal journal = journals.open(disk, Journals.LARGE, meters);
    journals.close(journal);
    boolean[] told = {true, false};

    journal.opened(begun(samples.record()), written -> told[0] = written);
    journal.closed(samples.record(), false, () -> told[1] = true);

    assertThat(told).containsExactly(false, true);
    assertThat(journal.accepts()).isFalse();
    assertThat(meters.registry().get("bars.audit.lost").tag("reason", "journal").counter().count())
        .isOne();
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

  private static void onAnotherThread(Runnable body) throws InterruptedException {
    Thread thread = new Thread(body);
    thread.start();
    thread.join(TimeUnit.SECONDS.toMillis(30));
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
