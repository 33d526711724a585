package org.openbars.router.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.openbars.router.journal.MemoryDisk.Operation;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Fate;
import org.openbars.router.meter.Meters;

/**
 * The process, or the machine, stops at one operation of the disk after the other: while it writes,
 * begins a segment, saves a place, carries on and deletes.
 */
class CrashPointsTest {
  private static final int EXCHANGES = 150;
  private static final List<String> SINKS = List.of("a", "b");

  private final Journals journals = new Journals();
  private final Map<Operation, Integer> points = new EnumMap<>(Operation.class);

  /** What was known when everything stopped. */
  private static final class Run {
    private final MemoryDisk disk = new MemoryDisk();
    private final Samples samples = new Samples();
    private final Set<UUID> begun = new HashSet<>();
    private final Set<UUID> opened = new HashSet<>();
    private final Set<UUID> ending = new HashSet<>();
    private final Set<UUID> closed = new HashSet<>();
    private final Map<String, Set<UUID>> stored = new HashMap<>();
    private final Map<String, Set<UUID>> given = new HashMap<>();
    private final AtomicInteger operations = new AtomicInteger();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private volatile boolean dead;

    Run() {
      SINKS.forEach(
          sink -> {
            stored.put(sink, new HashSet<>());
            given.put(sink, new HashSet<>());
          });
    }
  }

  @Test
  void processThatStopsAtAnyPointLosesNothingAndInventsNothing() throws Exception {
    int crashes = 0;
    int all = run(JournalConfig.Sync.OS, Integer.MAX_VALUE).operations.get();
    for (int point = 1; point < all; point += Math.max(1, all / 300)) {
      Run run = run(JournalConfig.Sync.OS, point);
      if (run.dead) {
        crashes++;
        verify(run, run.disk.afterKill(), "operation " + point);
      }
    }

    assertThat(crashes).isGreaterThanOrEqualTo(100);
    assertThat(points.keySet())
        .contains(Operation.WRITE, Operation.FORCE, Operation.DELETE, Operation.CREATE);
  }

  @Test
  void machineThatLosesItsPowerAtAnyPointLosesNothingThatWasForced() throws Exception {
    int crashes = 0;
    int all = run(JournalConfig.Sync.DISK, Integer.MAX_VALUE).operations.get();
    for (int point = 1; point < all; point += Math.max(1, all / 300)) {
      Run run = run(JournalConfig.Sync.DISK, point);
      if (run.dead) {
        crashes++;
        MemoryDisk left = run.disk.afterPowerCut(new Random(point));
        verify(run, left, "operation " + point);
      }
    }

    assertThat(crashes).isGreaterThanOrEqualTo(100);
  }

  @Test
  void powerCutInModeOsStartsAndInventsNothing() throws Exception {
    for (int point = 20; point < 800; point += 20) {
      Run run = run(JournalConfig.Sync.OS, point);
      MemoryDisk left = run.disk.afterPowerCut(new Random(point));
      Journal journal = journals.open(left, Journals.SMALL, new Meters(), "a", "b");
      for (String sink : SINKS) {
        for (ExchangeRecord record : Samples.everything(journal.reader(sink))) {
          assertThat(run.begun).contains(record.id());
        }
      }
      assertThat(Samples.write(journal, run.samples.record())).isTrue();
      journals.close(journal);
    }
  }

  /** Exchanges, some of which take long and some of which never end, until it stops. */
  private Run run(JournalConfig.Sync sync, int stopAt) throws Exception {
    Run run = new Run();
    run.disk.trouble(
        (operation, file) -> {
          int now = run.operations.incrementAndGet();
          if (run.dead || now >= stopAt) {
            if (!run.dead) {
              run.dead = true;
              run.stopped.complete(null);
              points.merge(operation, 1, Integer::sum);
            }
            throw new IOException("stopped");
          }
        });
    Journal journal;
    try {
      journal =
          journals.open(
              run.disk,
              Journals.config(Journals.SMALL, sync, JournalConfig.WhenFull.REFUSE),
              new Meters(),
              "a",
              "b");
    } catch (IOException e) {
      return run;
    }
    journal.innards().front().carryAfter(0);
    try {
      exchanges(run, journal);
    } finally {
      if (!run.dead) {
        run.disk.trouble((operation, file) -> {});
      }
      try {
        journals.close(journal);
      } catch (IOException e) {
        assertThat(run.dead).isTrue();
      }
    }
    return run;
  }

  private static void exchanges(Run run, Journal journal) throws Exception {
    ExchangeRecord slow = run.samples.record();
    begin(run, journal, slow);
    for (int i = 0; i < EXCHANGES && !run.dead; i++) {
      ExchangeRecord record = run.samples.record(4000);
      if (begin(run, journal, record) && i % 50 != 49) {
        end(run, journal, record);
      }
      if (i == 120) {
        end(run, journal, slow);
      }
      if (i % 10 == 9) {
        read(run, journal, "a");
      }
      if (i % 25 == 24) {
        read(run, journal, "b");
        finish(run, journal);
      }
    }
  }

  private static boolean begin(Run run, Journal journal, ExchangeRecord record) throws Exception {
    run.begun.add(record.id());
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    journal.opened(Samples.begun(record), told::complete);
    CompletableFuture.anyOf(told, run.stopped).get(30, TimeUnit.SECONDS);
    if (run.dead || !told.get()) {
      return false;
    }
    run.opened.add(record.id());
    return true;
  }

  private static void end(Run run, Journal journal, ExchangeRecord record) throws Exception {
    run.ending.add(record.id());
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    journal.closed(record, true, () -> told.complete(true));
    CompletableFuture.anyOf(told, run.stopped).get(30, TimeUnit.SECONDS);
    if (!run.dead) {
      run.closed.add(record.id());
    }
  }

  private static void read(Run run, Journal journal, String sink) throws IOException {
    try {
      List<ExchangeRecord> some;
      do {
        some = journal.reader(sink).next(7);
        run.stored.get(sink).addAll(run.given.get(sink));
        some.forEach(record -> run.given.get(sink).add(record.id()));
      } while (!some.isEmpty());
    } catch (IOException e) {
      assertThat(run.dead).isTrue();
    }
  }

  private static void finish(Run run, Journal journal) throws IOException {
    try {
      for (String sink : SINKS) {
        journal.reader(sink).finish();
      }
    } catch (IOException e) {
      assertThat(run.dead).isTrue();
    }
  }

  private void verify(Run run, MemoryDisk left, String when) throws IOException {
    Journal journal = journals.open(left, Journals.SMALL, new Meters(), "a", "b");
    for (String sink : SINKS) {
      Map<UUID, Fate> fates = new HashMap<>();
      for (ExchangeRecord record : Samples.everything(journal.reader(sink))) {
        assertThat(run.begun).as(when).contains(record.id());
        if (run.closed.contains(record.id())) {
          // An end that was acknowledged never comes back as an unknown one.
          assertThat(record.result().fate()).as(when).isEqualTo(Fate.ANSWERED);
        }
        fates.put(record.id(), record.result().fate());
      }
      Set<UUID> known = new HashSet<>(fates.keySet());
      known.addAll(run.stored.get(sink));
      assertThat(known).as(when).containsAll(run.closed).containsAll(run.opened);
      for (UUID id : run.opened) {
        if (!run.ending.contains(id)) {
          assertThat(fates.get(id)).as(when).isEqualTo(Fate.OUTCOME_UNKNOWN);
        }
      }
    }
    assertThat(journal.accepts()).as(when).isTrue();
    assertThat(Samples.write(journal, run.samples.record())).as(when).isTrue();
    journals.finish(journal, "a", "b");
  }
}
