package org.openbars.router.journal;

import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The oldest end of the journal. Segments go in the order of their numbers, so that no beginning
 * outlives its end; what is still open in one is said again in the newest first. Journal's thread,
 * under its lock.
 */
final class Front {
  private static final Logger LOG = LoggerFactory.getLogger(Front.class);
  private static final long CARRY_AFTER_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long CARRY_SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Disk disk;
  private final Segments segments;
  private final Room room;
  private final OpenExchanges open;
  private final Writing writing;
  private final Forcing forcing;
  private final DamagedFiles damaged;
  private final Counter dropped;
  private volatile Collection<JournalReader> readers = List.of();
  private boolean deletionForced = true;
  private long carryAfter = CARRY_AFTER_NANOS;

  Front(
      Disk disk,
      Segments segments,
      Room room,
      OpenExchanges open,
      Writing writing,
      Forcing forcing,
      DamagedFiles damaged,
      Counter dropped) {
    this.disk = disk;
    this.segments = segments;
    this.room = room;
    this.open = open;
    this.writing = writing;
    this.forcing = forcing;
    this.damaged = damaged;
    this.dropped = dropped;
  }

  void readBy(Collection<JournalReader> all) {
    readers = List.copyOf(all);
  }

  /** For tests: long exchanges are carried on after so long. */
  void carryAfter(long nanos) {
    carryAfter = nanos;
  }

  /** Deletes from the front what is not needed, and what must give way. */
  void advance() throws IOException {
    forceFolder();
    for (Segment first = segments.first(); first != null; first = segments.first()) {
      boolean drop = room.over();
      if (!mayGo(first, drop)) {
        break;
      }
      // What an end or a carried entry in a later segment makes needless goes after it is safe.
      forcing.forceAll();
      if (drop) {
        tellReaders(first);
      }
      delete(first);
    }
  }

  private boolean mayGo(Segment first, boolean drop) {
    if (!writing.nothingOwed()) {
      return false;
    }
    if (!first.sealed()) {
      // An idle lane's segment must not hold up those behind it.
      if (!drop && !sealedBehind(first)) {
        return false;
      }
      writing.seal(first);
      return first.sealed() && mayGo(first, drop);
    }
    boolean stored = readers.stream().allMatch(each -> each.storedBelow() > first.number());
    if (!stored && !drop) {
      return false;
    }
    long wait = room.halfUsed() ? Math.min(carryAfter, CARRY_SOON_NANOS) : carryAfter;
    if (first.open().get() > 0 && (drop || first.sealedFor() >= wait)) {
      carry(first);
    }
    return (drop || first.open().get() == 0) && writing.nothingOwed();
  }

  private boolean sealedBehind(Segment first) {
    for (Segment segment : segments.all()) {
      if (segment != first && segment.sealed()) {
        return true;
      }
    }
    return false;
  }

  // An exchange may take an hour; what it began with must not hold up a whole segment.
  private void carry(Segment from) {
    try (Disk.Content file = disk.open(from.path())) {
      for (OpenExchanges.Place place : open.in(from)) {
        writing.carry(place, FrameScan.payload(file, from.salt(), place.at()));
      }
      forcing.forceAll();
    } catch (IOException e) {
      LOG.error("Entries of {} cannot be carried on", from.path().getFileName(), e);
    }
  }

  private void tellReaders(Segment segment) {
    for (JournalReader reader : readers) {
      if (reader.storedBelow() <= segment.number()) {
        try {
          dropped.increment(reader.dropped(segment));
        } catch (IOException e) {
          LOG.error("A reader of {} could not end", segment.path().getFileName(), e);
        }
      }
    }
  }

  private void delete(Segment segment) throws IOException {
    if (segment.damaged()) {
      damaged.keep(segment.path());
    } else {
      disk.delete(segment.path());
    }
    segments.forget(segment);
    segment.close();
    deletionForced = false;
    forceFolder();
  }

  // Before the next one goes: were one to come back after a power cut without those behind it, what
  // it began would be taken for exchanges that never ended.
  private void forceFolder() throws IOException {
    if (!deletionForced) {
      disk.forceFolder(segments.folder());
      deletionForced = true;
    }
  }
}
