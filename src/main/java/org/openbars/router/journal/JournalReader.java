package org.openbars.router.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.openbars.router.message.ExchangeRecord;

/** One sink's way through the journal. Blocks; for one thread at a time. */
public final class JournalReader {
  private final Queue<ExchangeRecord> waiting;

  JournalReader(Queue<ExchangeRecord> waiting) {
    this.waiting = waiting;
  }

  /**
   * The next records, oldest first, none when there are none. Calling it says that everything given
   * before has been stored for good.
   */
  public List<ExchangeRecord> next(int atMost) throws IOException {
    List<ExchangeRecord> batch = new ArrayList<>();
    for (int i = 0; i < atMost; i++) {
      ExchangeRecord record = waiting.poll();
      if (record == null) {
        break;
      }
      batch.add(record);
    }
    return batch;
  }

  /** What the last {@link #next} found missing. */
  public List<Gap> gaps() {
    return List.of();
  }

  /** Everything given was stored, and nothing more will be asked for. */
  public void finish() throws IOException {}

  /** Ends without saying that what was given last has been stored. */
  public void close() throws IOException {}

  /** Age of the oldest record not known to be stored, 0 when there is none. Any thread. */
  public double oldestAgeSeconds() {
    return 0;
  }

  /** Bytes written and not known to be stored. Any thread. */
  public long backlogBytes() {
    return 0;
  }
}
