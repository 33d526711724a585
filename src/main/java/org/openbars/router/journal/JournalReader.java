package org.openbars.router.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.ExchangeRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sink's way through the journal: every exchange's record, oldest first as far as event loops
 * write side by side, again after a crash when it was not known to be stored. Blocks; for one
 * thread at a time.
 */
public final class JournalReader {
  private static final Logger LOG = LoggerFactory.getLogger(JournalReader.class);
  private static final long SAVE_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int SAVE_EVERY_RECORDS = 1000;

  /** Tries to read on in a segment, after which what is left of it is taken for lost. */
  private static final int MOST_FAILURES = 50;

  private final String sink;
  private final Segments segments;
  private final Progress progress;
  private final DamageMeters meters;
  private final Runnable stored;
  // Against the journal's thread, which may drop what is not stored.
  private final ReentrantLock lock = new ReentrantLock();
  private final ByteBuffer window = ByteBuffer.allocateDirect(FrameScan.WINDOW);

  private List<ExchangeRecord> batch = new ArrayList<>();
  private List<Gap> gaps = new ArrayList<>();
  private final List<Gap> nextGaps = new ArrayList<>();
  private boolean changed;
  private int recordsSinceSave;
  private long savedAt = System.nanoTime();
  private boolean closed;
  // Read by whoever scrapes the meters.
  private volatile long oldestGivenMicros;
  private volatile long lastBacklog;
  // When it last began to read and then found the end: what is unread was written since.
  private long readToEndMillis;

  JournalReader(
      String sink, Segments segments, Progress progress, DamageMeters meters, Runnable stored) {
    this.sink = sink;
    this.segments = segments;
    this.progress = progress;
    this.meters = meters;
    this.stored = stored;
    long lost = progress.lostSegments();
    if (lost > 0) {
      LOG.error("{} segments of the audit's journal are gone that {} did not have", lost, sink);
      meters.segments(lost);
      for (long i = 0; i < lost; i++) {
        nextGaps.add(new Gap(Instant.now(), Gap.Reason.LOST_SEGMENT, 0));
      }
    }
  }

  /**
   * The next records, oldest first, none when there are none. Calling it says that everything given
   * before has been stored for good.
   */
  public List<ExchangeRecord> next(int atMost) throws IOException {
    lock.lock();
    try {
      if (closed) {
        throw new IOException("the reader of " + sink + " is closed");
      }
      progress.acknowledge();
      if (recordsSinceSave >= SAVE_EVERY_RECORDS
          || (changed && System.nanoTime() - savedAt >= SAVE_EVERY_NANOS)) {
        save();
      }
      gaps = new ArrayList<>(nextGaps);
      nextGaps.clear();
      batch = new ArrayList<>();
      long now = System.currentTimeMillis();
      if (readOn(atMost)) {
        readToEndMillis = now;
      }
      recordsSinceSave += batch.size();
      oldestGivenMicros =
          batch.stream().mapToLong(record -> record.steps().received()).min().orElse(0);
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** Whether everything that was there has been read. */
  private boolean readOn(int atMost) {
    boolean everything = true;
    for (Segment segment : segments.all()) {
      if (progress.isStored(segment.number())) {
        continue;
      }
      Cursor cursor = cursor(segment);
      if (cursor == null || cursor.finished()) {
        continue;
      }
      try {
        if (!cursor.read(window, new Taking(cursor, atMost))) {
          return false;
        }
      } catch (IOException e) {
        everything = false;
        // Tried again with the next batches: it may pass.
        LOG.error("Segment {} cannot be read", segment.path().getFileName(), e);
        if (cursor.failed() >= MOST_FAILURES) {
          lost(segment);
          cursor.giveUp();
        }
      }
    }
    return everything;
  }

  private @Nullable Cursor cursor(Segment segment) {
    Cursor known = progress.cursor(segment.number());
    if (known != null) {
      return known;
    }
    try {
      Cursor cursor = progress.open(segment);
      changed = true;
      if (cursor.soundness() == SegmentFile.Soundness.FOREIGN) {
        LOG.error("Segment {} is of a version not known here", segment.path().getFileName());
        segment.foundDamaged();
        meters.unreadable();
        gaps.add(new Gap(Instant.now(), Gap.Reason.UNREADABLE, 0));
      } else if (cursor.headerDamaged() && cursor.untouched()) {
        damaged(segment, 0);
      }
      return cursor;
    } catch (NoSuchFileException e) {
      progress.gone(segment.number());
      lost(segment);
      return null;
    } catch (IOException e) {
      // Tried again with the next batch: it may be the machine that is short of something.
      LOG.error("Segment {} cannot be opened", segment.path().getFileName(), e);
      return null;
    }
  }

  private void lost(Segment segment) {
    changed = true;
    segment.foundDamaged();
    meters.segments(1);
    gaps.add(new Gap(Instant.now(), Gap.Reason.LOST_SEGMENT, 0));
  }

  private void damaged(Segment segment, long records) {
    LOG.error("{} of the audit's journal is damaged", segment.path().getFileName());
    changed = true;
    segment.foundDamaged();
    meters.frames(Math.max(1, records));
    gaps.add(new Gap(Instant.now(), Gap.Reason.DAMAGED, records));
  }

  private final class Taking implements FrameScan.Visitor {
    private final Cursor cursor;
    private final int most;

    Taking(Cursor cursor, int most) {
      this.cursor = cursor;
      this.most = most;
    }

    @Override
    public boolean full() {
      return batch.size() >= most;
    }

    @Override
    public void frame(ByteBuffer bytes, int offset, long at) {
      changed = true;
      if (Frame.type(bytes, offset) != Frame.CLOSED) {
        return;
      }
      cursor.gaveOne();
      ExchangeRecord record = Entry.read(Frame.payload(bytes, offset));
      if (record == null) {
        LOG.error("An entry of the audit's journal is of a layout not known here");
        cursor.segment().foundDamaged();
        meters.unreadable();
        gaps.add(new Gap(Instant.now(), Gap.Reason.UNREADABLE, 1));
      } else {
        batch.add(record);
      }
    }

    @Override
    public void damaged(long lost) {
      JournalReader.this.damaged(cursor.segment(), lost);
    }
  }

  /** What the last {@link #next} found missing. */
  public List<Gap> gaps() {
    lock.lock();
    try {
      return List.copyOf(gaps);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Told by the journal's thread of a segment that goes although it may not be stored.
   *
   * @return records of it that were not given
   */
  long dropped(Segment segment) throws IOException {
    lock.lock();
    try {
      long missing = Math.max(0, segment.closes() - progress.given(segment));
      progress.forget(segment);
      if (missing > 0) {
        nextGaps.add(new Gap(Instant.now(), Gap.Reason.DROPPED, missing));
      }
      changed = true;
      return missing;
    } finally {
      lock.unlock();
    }
  }

  private void save() throws IOException {
    progress.save();
    savedAt = System.nanoTime();
    recordsSinceSave = 0;
    changed = false;
  }

  /** Segments of a lower number are stored whole, and will be after a crash. Any thread. */
  long storedBelow() {
    return progress.storedBelow();
  }

  /** Everything given was stored, and nothing more will be asked for. */
  public void finish() throws IOException {
    lock.lock();
    try {
      progress.acknowledge();
      save();
      oldestGivenMicros = 0;
    } finally {
      lock.unlock();
    }
    stored.run();
  }

  /** Ends without saying that what was given last has been stored. */
  public void close() throws IOException {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        progress.close();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Age of the oldest record not known to be stored, 0 when there is none. Any thread. */
  public double oldestAgeSeconds() {
    long oldest = oldestGivenMicros;
    long millis = oldest > 0 ? oldest / 1000 : oldestUnread();
    return millis == 0 ? 0 : Math.max(0, System.currentTimeMillis() - millis) / 1000.0;
  }

  // What was never asked for is no older than its segment, nor than the last look at the end.
  private long oldestUnread() {
    if (!lock.tryLock()) {
      return 0;
    }
    try {
      for (Segment segment : segments.all()) {
        if (progress.given(segment) < segment.closes()) {
          return Math.max(segment.createdMillis(), readToEndMillis);
        }
      }
      return 0;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes written and not known to be stored. Any thread; while it reads, of a moment before. */
  public long backlogBytes() {
    if (!lock.tryLock()) {
      return lastBacklog;
    }
    try {
      lastBacklog = progress.backlog();
      return lastBacklog;
    } finally {
      lock.unlock();
    }
  }
}
