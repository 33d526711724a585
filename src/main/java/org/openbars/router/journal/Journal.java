package org.openbars.router.journal;

import io.micrometer.core.instrument.Counter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.BufferOverflowException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exchanges of this node, in files, until every sink has them. Two entries each: opened before
 * the message goes, closed before the answer's last byte does. What was opened and never closed,
 * because the process ended, is given to the sinks as it was opened. Event loops write themselves
 * as long as the disk is quick; while it is not, the journal's thread does, and they wait a second
 * at the most.
 */
public final class Journal {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

  private final JournalConfig config;
  private final Segments segments;
  private final Room room;
  private final OpenExchanges open;
  private final Health health;
  private final Handover handover;
  private final Waits waits;
  private final Writing writing;
  private final Forcing forcing;
  private final Tending tending;
  private final Front front;
  private final Closeable lock;
  private final Map<String, JournalReader> readers;
  private final Counter lostFull;
  private final Counter lostUnwritten;
  private final int mostLanes;
  private final AtomicInteger nextLane = new AtomicInteger();
  private final ThreadLocal<Pen> pens = ThreadLocal.withInitial(this::pen);
  private final Watching watching;
  private List<Thread> threads = List.of();
  private volatile boolean closed;

  Journal(JournalParts parts, Map<String, JournalReader> readers, Closeable lock, Meters meters) {
    this.config = parts.config();
    this.segments = parts.segments();
    this.room = parts.room();
    this.open = parts.open();
    this.health = parts.health();
    this.handover = parts.handover();
    this.waits = parts.waits();
    this.writing = parts.writing();
    this.forcing = parts.forcing();
    this.tending = parts.tending();
    this.front = parts.front();
    this.mostLanes = parts.mostLanes();
    this.watching = new Watching(waits, writing, health);
    this.readers = Map.copyOf(readers);
    this.lock = lock;
    this.lostFull = lost(meters, "full");
    this.lostUnwritten = lost(meters, "journal");
  }

  static Counter lost(Meters meters, String reason) {
    return meters.counter("bars.audit.lost", "Audit records lost", "reason", reason);
  }

  /**
   * Opens the folder and takes up what a former run left, which is read once. Blocks.
   *
   * @param sinks names of those that read it, one at least, of {@code [a-z0-9-]}. A new one starts
   *     at the oldest entry there is; one that is not named any more is forgotten
   * @throws JournalInUseException when another router has the folder
   */
  public static Journal open(JournalConfig config, Collection<String> sinks, Meters meters)
      throws IOException {
    return JournalParts.open(config, sinks, meters, new LocalDisk());
  }

  void start() {
    threads =
        List.of(
            Tending.start(forcing, "audit-journal-force"),
            Tending.start(tending, "audit-journal"),
            Tending.start(watching, "audit-journal-watch"));
  }

  private Pen pen() {
    int index = nextLane.getAndIncrement();
    // The first lane is the journal's own.
    Lane lane = index < mostLanes ? writing.fresh() : writing.at(1 + index % mostLanes);
    return new Pen(lane == null ? writing.fresh() : lane);
  }

  /**
   * Whether new exchanges are taken: false while it is full, as {@code refuse} asks, or its disk
   * takes nothing. Any thread; neither locks nor waits.
   */
  public boolean accepts() {
    return !closed && !health.failing() && !room.full() && handover.roomy();
  }

  /**
   * Writes that a message is about to go. {@code then} gets true once written as {@code sync} asks,
   * false when it could not be within a second: the message must not go. It runs inside this call,
   * or later on the caller's Vert.x context; without a context on a thread of the journal. {@link
   * #closed} must follow, whatever came of it.
   *
   * @param soFar what becomes the exchange's record if the process ends before it is closed
   */
  public void opened(ExchangeRecord soFar, Consumer<Boolean> then) {
    Pen pen = pens.get();
    int length = encode(soFar, pen);
    if (length == 0 || closed || health.failing() || !room.begin(length)) {
      then.accept(false);
      return;
    }
    if (!open.add(soFar.id())) {
      room.begunInVain(length);
      then.accept(false);
      return;
    }
    Segment segment =
        health.handingOver() ? null : pen.lane().append(pen, Frame.OPENED, (byte) 0, soFar.id());
    if (segment != null) {
      acknowledge(segment, pen.writtenTo(), then);
      return;
    }
    if (health.failing() || !handOver(Frame.OPENED, (byte) 0, soFar.id(), pen, then)) {
      open.remove(soFar.id());
      room.begunInVain(length);
      then.accept(false);
    }
  }

  /**
   * Writes how an exchange ended. {@code then} always runs, as in {@link #opened}: when it is
   * written; after a second, while the entry goes on waiting to be written; or at once when it
   * could not be kept, which is counted as lost.
   *
   * @param hadOpened whether {@link #opened} was called for it, whatever came of that
   */
  public void closed(ExchangeRecord exchange, boolean hadOpened, Runnable then) {
    Pen pen = pens.get();
    int length = encode(exchange, pen);
    boolean begun = hadOpened && open.closing(exchange.id());
    if (length == 0 || closed) {
      lose(exchange.id(), begun, 0, lostUnwritten, then);
    } else if (begun) {
      room.end(length);
      close(exchange.id(), true, pen, then);
    } else if (room.take(length)) {
      close(exchange.id(), false, pen, then);
    } else {
      // What could not be opened was refused, and is counted as that.
      if (!hadOpened) {
        lostFull.increment();
      }
      then.run();
    }
  }

  private void close(UUID id, boolean begun, Pen pen, Runnable then) {
    byte flags = begun ? Frame.HAD_OPENED : 0;
    int length = pen.end();
    Segment segment = health.handingOver() ? null : pen.lane().append(pen, Frame.CLOSED, flags, id);
    if (segment != null) {
      if (begun) {
        open.remove(id);
      }
      acknowledge(segment, pen.writtenTo(), written -> then.run());
    } else if (!handOver(Frame.CLOSED, flags, id, pen, written -> then.run())) {
      lose(id, begun, length, lostUnwritten, then);
    }
  }

  private void lose(UUID id, boolean begun, int length, Counter counter, Runnable then) {
    if (begun) {
      open.remove(id);
      room.giveBack(length == 0 ? room.setAside() : length);
    } else {
      room.giveBack(length);
    }
    counter.increment();
    then.run();
  }

  private void acknowledge(Segment segment, long end, Consumer<Boolean> then) {
    if (config.sync() == JournalConfig.Sync.OS) {
      then.accept(true);
    } else {
      forcing.await(segment, end, waits.add(new Acknowledgement(then)));
    }
  }

  private boolean handOver(byte type, byte flags, UUID id, Pen pen, Consumer<Boolean> then) {
    Acknowledgement wanted = new Acknowledgement(then);
    if (!handover.offer(new Handover.Item(type, flags, id, pen.payload(), wanted))) {
      return false;
    }
    waits.add(wanted);
    tending.wake();
    return true;
  }

  /** The frame's length; 0 when the record is larger than an entry may be. */
  private static int encode(ExchangeRecord record, Pen pen) {
    try {
      Entry.write(record, pen.start());
      return pen.finish();
    } catch (BufferOverflowException e) {
      LOG.error("Audit record {} is larger than an entry may be", record.id());
      return 0;
    }
  }

  /** The reader of one of the sinks that the journal was opened with. */
  public JournalReader reader(String sink) {
    JournalReader reader = readers.get(sink);
    if (reader == null) {
      throw new IllegalArgumentException("the journal has no reader " + sink);
    }
    return reader;
  }

  /** Ends the segments being written, so that all of them can go once stored. Blocks. */
  public void sealAll() {
    writing.forEach(Lane::seal);
  }

  /**
   * Ends writing and gives the folder to others. Blocks for as long as the disk takes; to be called
   * after the readers' last step.
   *
   * @return ends of exchanges that the disk did not take
   */
  public int close() throws IOException {
    closed = true;
    try {
      forcing.end();
      tending.end();
      watching.end();
      Tending.join(threads);
      tending.last(writing.all());
      segments.close();
      forcing.forceAll();
      segments.closeSealed();
    } finally {
      for (JournalReader reader : readers.values()) {
        reader.close();
      }
      lock.close();
    }
    return (int) handover.unsaved();
  }

  /** For tests. */
  Segments segments() {
    return segments;
  }

  /** For tests. */
  JournalParts.Innards innards() {
    return new JournalParts.Innards(room, open, health, front);
  }
}
