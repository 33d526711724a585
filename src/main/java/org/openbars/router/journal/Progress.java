package org.openbars.router.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How far one sink has come in each segment, in memory and on disk. Under its reader's lock. */
final class Progress {
  private final Disk disk;
  private final Segments segments;
  private final Position position;
  private final NavigableMap<Long, Cursor> cursors = new TreeMap<>();
  private final Set<Long> gone = new HashSet<>();
  private final boolean fresh;
  private long below;
  // Read by the journal's thread: saved and forced.
  private volatile long storedBelow;

  Progress(Disk disk, Segments segments, Position position) {
    this.disk = disk;
    this.segments = segments;
    this.position = position;
    Segment first = segments.first();
    this.fresh = position.loaded().generation() == 0;
    this.below = fresh && first != null ? first.number() : position.loaded().below();
    this.storedBelow = fresh ? 0 : below;
  }

  /** Segments that were there when the place was saved last, not stored, and are not there now. */
  long lostSegments() {
    if (fresh) {
      return 0;
    }
    long next = Math.max(1, below);
    long lost = 0;
    for (Segment segment : segments.all()) {
      for (; next < segment.number(); next++) {
        lost += isWhole(next) ? 0 : 1;
      }
      next = Math.max(next, segment.number() + 1);
    }
    for (; next <= position.loaded().highest(); next++) {
      lost += isWhole(next) ? 0 : 1;
    }
    return lost;
  }

  private boolean isWhole(long number) {
    Position.Mark mark = position.loaded().marks().get(number);
    return number < below || (mark != null && mark.offset() == Position.WHOLE);
  }

  /** Whether nothing of it is needed that is not being read already. */
  boolean isStored(long number) {
    return number < below
        || gone.contains(number)
        || (!cursors.containsKey(number) && isWhole(number));
  }

  @Nullable Cursor cursor(long number) {
    return cursors.get(number);
  }

  /** Begins to read a segment, where the place that was saved says. */
  Cursor open(Segment segment) throws IOException {
    Cursor cursor = Cursor.open(disk, segment, position.loaded().marks().get(segment.number()));
    cursors.put(segment.number(), cursor);
    return cursor;
  }

  /** Its file is not there any more. */
  void gone(long number) {
    gone.add(number);
  }

  /** Records of it that were given, or told of as damaged. */
  long given(Segment segment) {
    Cursor cursor = cursors.get(segment.number());
    if (cursor != null) {
      return cursor.finished() ? segment.closes() : cursor.given();
    }
    if (isStored(segment.number())) {
      return segment.closes();
    }
    Position.Mark mark = position.loaded().marks().get(segment.number());
    return mark == null ? 0 : mark.given();
  }

  /** Ends reading one that is about to be deleted. */
  void forget(Segment segment) throws IOException {
    Cursor cursor = cursors.remove(segment.number());
    if (cursor != null) {
      cursor.close();
    }
  }

  void acknowledge() {
    cursors.values().forEach(Cursor::acknowledge);
  }

  /** Saves how far everything is stored. */
  void save() throws IOException {
    List<Position.Mark> marks = new ArrayList<>();
    long highest = position.loaded().highest();
    long firstNeeded = -1;
    for (Segment segment : segments.all()) {
      long number = segment.number();
      highest = Math.max(highest, number);
      Cursor cursor = cursors.get(number);
      boolean needed = cursor == null ? !isStored(number) : !cursor.done();
      if (needed && firstNeeded < 0) {
        firstNeeded = number;
      }
      Position.Mark loaded = position.loaded().marks().get(number);
      if (firstNeeded >= 0 && cursor != null) {
        marks.add(cursor.mark());
      } else if (firstNeeded >= 0 && loaded != null) {
        marks.add(loaded);
      }
    }
    below = firstNeeded >= 0 ? firstNeeded : Math.max(below, highest + 1);
    position.save(below, highest, marks);
    for (Cursor passed : List.copyOf(cursors.headMap(below).values())) {
      passed.close();
      cursors.remove(passed.segment().number());
    }
    storedBelow = below;
  }

  /** Segments of a lower number are stored whole, and will be after a crash. Any thread. */
  long storedBelow() {
    return storedBelow;
  }

  /** Bytes that are not known to be stored. */
  long backlog() {
    long backlog = 0;
    for (Segment segment : segments.all()) {
      Cursor cursor = cursors.get(segment.number());
      if (cursor != null) {
        backlog += cursor.backlog();
      } else if (!isStored(segment.number())) {
        backlog += segment.limit() - SegmentFile.HEADER;
      }
    }
    return backlog;
  }

  void close() throws IOException {
    for (Cursor cursor : cursors.values()) {
      cursor.close();
    }
    position.close();
  }
}
