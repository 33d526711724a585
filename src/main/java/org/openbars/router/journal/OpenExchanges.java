package org.openbars.router.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges that were opened and not closed, and where their beginning stands. Bounded by what
 * {@link Room} sets aside. Any thread: sixteen parts with a lock each, held for some nanoseconds;
 * allocates only to grow.
 */
final class OpenExchanges {
  /** Where an open exchange's entry stands. */
  record Place(UUID id, Segment segment, long at) {}

  private static final int PARTS = 16;
  private static final int FIRST_SIZE = 64;
  private static final long CLOSING = -1;

  private final Part[] parts = new Part[PARTS];

  OpenExchanges() {
    for (int i = 0; i < PARTS; i++) {
      parts[i] = new Part();
    }
  }

  private Part part(UUID id) {
    return parts[(int) (hash(id) >>> 60)];
  }

  private static long hash(UUID id) {
    return (id.getMostSignificantBits() * 31 + id.getLeastSignificantBits()) * 0x9E3779B97F4A7C15L;
  }

  /** Notes an exchange whose entry is not written yet; false when it is there already. */
  boolean add(UUID id) {
    return part(id).add(id);
  }

  /** Its entry stands at {@code at} now; nothing when it was closed meanwhile. */
  boolean locate(UUID id, Segment segment, long at) {
    return part(id).locate(id, segment, at, null);
  }

  /** As {@link #locate}, if it stood in {@code from} until now. */
  boolean move(UUID id, Segment from, Segment to, long at) {
    return part(id).locate(id, to, at, from);
  }

  /**
   * Its end is about to be written: from now on it is not moved. Whether it is there; {@link
   * #remove} follows once the end is written.
   */
  boolean closing(UUID id) {
    return part(id).closing(id);
  }

  /** Whether it is open, or its end is not written yet. */
  boolean has(UUID id) {
    return part(id).has(id);
  }

  /** The segment of an exchange's entry; null when it is not open or not written yet. */
  @Nullable Segment segment(UUID id) {
    return part(id).segment(id);
  }

  /** Forgets it; whether it was there. */
  boolean remove(UUID id) {
    return part(id).remove(id);
  }

  /** Those that stand in {@code segment}. */
  List<Place> in(Segment segment) {
    List<Place> found = new ArrayList<>();
    for (Part part : parts) {
      part.collect(segment, found);
    }
    return found;
  }

  int size() {
    int size = 0;
    for (Part part : parts) {
      size += part.size();
    }
    return size;
  }

  /** Open addressing, linear probing; a free slot has no id. */
  private static final class Part {
    private @Nullable UUID[] ids = new @Nullable UUID[FIRST_SIZE];
    private @Nullable Segment[] segments = new @Nullable Segment[FIRST_SIZE];
    private long[] places = new long[FIRST_SIZE];
    private int size;

    // The slot of `id`, or the free one where it would be.
    private int slot(UUID id) {
      int mask = ids.length - 1;
      int at = (int) (hash(id) >>> 20) & mask;
      while (true) {
        UUID there = ids[at];
        if (there == null || there.equals(id)) {
          return at;
        }
        at = (at + 1) & mask;
      }
    }

    synchronized boolean add(UUID id) {
      int at = slot(id);
      if (ids[at] != null) {
        return false;
      }
      ids[at] = id;
      segments[at] = null;
      places[at] = 0;
      if (++size > ids.length / 2) {
        grow();
      }
      return true;
    }

    synchronized boolean locate(UUID id, Segment segment, long place, @Nullable Segment from) {
      int at = slot(id);
      Segment before = segments[at];
      // A closing one may be located, when it waited to be written, and is never moved.
      boolean closing = places[at] == CLOSING;
      if (ids[at] == null || before != from || (closing && from != null)) {
        return false;
      }
      segment.open().incrementAndGet();
      if (before != null) {
        before.open().decrementAndGet();
      }
      segments[at] = segment;
      places[at] = closing ? CLOSING : place;
      return true;
    }

    synchronized boolean closing(UUID id) {
      int at = slot(id);
      if (ids[at] == null) {
        return false;
      }
      places[at] = CLOSING;
      return true;
    }

    synchronized boolean has(UUID id) {
      return ids[slot(id)] != null;
    }

    synchronized @Nullable Segment segment(UUID id) {
      int at = slot(id);
      return ids[at] == null ? null : segments[at];
    }

    synchronized boolean remove(UUID id) {
      int mask = ids.length - 1;
      int free = slot(id);
      if (ids[free] == null) {
        return false;
      }
      Segment was = segments[free];
      if (was != null) {
        was.open().decrementAndGet();
      }
      size--;
      // Moves back what was pushed on past the slot that is free now.
      int at = free;
      while (true) {
        at = (at + 1) & mask;
        UUID there = ids[at];
        if (there == null) {
          break;
        }
        int home = (int) (hash(there) >>> 20) & mask;
        if (((at - home) & mask) >= ((at - free) & mask)) {
          ids[free] = there;
          segments[free] = segments[at];
          places[free] = places[at];
          free = at;
        }
      }
      ids[free] = null;
      segments[free] = null;
      return true;
    }

    private void grow() {
      @Nullable UUID[] oldIds = ids;
      @Nullable Segment[] oldSegments = segments;
      long[] oldPlaces = places;
      ids = new @Nullable UUID[oldIds.length * 2];
      segments = new @Nullable Segment[ids.length];
      places = new long[ids.length];
      for (int i = 0; i < oldIds.length; i++) {
        UUID id = oldIds[i];
        if (id != null) {
          int at = slot(id);
          ids[at] = id;
          segments[at] = oldSegments[i];
          places[at] = oldPlaces[i];
        }
      }
    }

    synchronized void collect(Segment segment, List<Place> found) {
      for (int i = 0; i < ids.length; i++) {
        UUID id = ids[i];
        if (id != null && segments[i] == segment && places[i] != CLOSING) {
          found.add(new Place(id, segment, places[i]));
        }
      }
    }

    synchronized int size() {
      return size;
    }
  }
}
