package org.openbars.router.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;

/** Journals on a disk in memory. */
final class Journals {
  static final Path FOLDER = Path.of("/journal");
  static final long SMALL = 1L << 20;
  static final long LARGE = 64L << 20;

  private final List<Journal> open = new ArrayList<>();

  static JournalConfig config(long maxSize, JournalConfig.Sync sync, JournalConfig.WhenFull full) {
    return new JournalConfig(FOLDER, maxSize, sync, full);
  }

  Journal open(MemoryDisk disk, long maxSize, Meters meters, String... sinks) throws IOException {
    return open(
        disk, config(maxSize, JournalConfig.Sync.OS, JournalConfig.WhenFull.REFUSE), meters, sinks);
  }

  Journal open(MemoryDisk disk, JournalConfig config, Meters meters, String... sinks)
      throws IOException {
    List<String> names = sinks.length == 0 ? List.of("a") : List.of(sinks);
    Journal journal = JournalParts.open(config, names, meters, disk);
    open.add(journal);
    return journal;
  }

  /** Ends one, its readers having stored what they were given last. */
  void finish(Journal journal, String... sinks) throws IOException {
    for (String sink : sinks.length == 0 ? new String[] {"a"} : sinks) {
      journal.reader(sink).finish();
    }
    close(journal);
  }

  void close(Journal journal) throws IOException {
    open.remove(journal);
    journal.close();
  }

  void closeAll() throws IOException {
    for (Journal journal : List.copyOf(open)) {
      close(journal);
    }
  }

  /** What a reader of a journal that is opened for this gives. */
  List<ExchangeRecord> read(MemoryDisk disk, Meters meters) throws IOException {
    Journal journal = open(disk, LARGE, meters);
    List<ExchangeRecord> all = Samples.everything(journal.reader("a"));
    finish(journal);
    return all;
  }
}
