package org.openbars.router.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a former run left: its segments, and the exchanges that it opened and did not close. Reads
 * every segment once.
 */
final class Recovery implements FrameScan.Visitor {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  /** Ends read before their beginnings, of which there are few; the oldest are forgotten. */
  private static final int MOST_EARLY = 262_144;

  /** An exchange that was opened and not closed: its entry as it was written. */
  record Orphan(UUID id, ByteBuffer payload) {}

  private record Place(long segment, long salt, long at) {}

  private final Disk disk;
  private final Map<Long, Segment> segments = new TreeMap<>();
  private final Map<UUID, Place> open = new LinkedHashMap<>();
  private final Set<UUID> early = new LinkedHashSet<>();
  private final ByteBuffer window = ByteBuffer.allocateDirect(FrameScan.WINDOW);
  private long number;
  private long salt;
  private int closes;
  private long end;

  Recovery(Disk disk) {
    this.disk = disk;
  }

  /** Reads the files, which may be damaged in any way; an unreadable one is left to the readers. */
  void read(Map<Long, Path> files) {
    new TreeMap<>(files)
        .forEach(
            (found, path) -> {
              try {
                segments.put(found, read(found, path));
              } catch (IOException e) {
                LOG.error("Segment {} cannot be read", path.getFileName(), e);
                segments.put(found, Segment.ofFormerRun(found, path, 0, SegmentFile.HEADER, 0));
              }
            });
  }

  private Segment read(long found, Path path) throws IOException {
    SegmentSource source = SegmentSource.open(disk, path);
    try (Disk.Content file = source.file()) {
      long size = file.size();
      number = found;
      salt = source.salt();
      closes = 0;
      end = SegmentFile.HEADER;
      if (source.soundness() == SegmentFile.Soundness.FOREIGN) {
        return Segment.ofFormerRun(found, path, source.createdMillis(), size, 0);
      }
      if (source.soundness() != SegmentFile.Soundness.EMPTY) {
        FrameScan scan = new FrameScan(file, salt, SegmentFile.HEADER, 0, true);
        scan.read(size, window, this);
      }
      if (size > end && isZero(file, end, size)) {
        // Allotted and never used: a router that is killed again and again must not fill the disk.
        file.truncate(end);
        size = end;
      }
      return Segment.ofFormerRun(found, path, source.createdMillis(), size, closes);
    }
  }

  private boolean isZero(Disk.Content file, long from, long size) throws IOException {
    for (long at = from; at < size; at += window.capacity()) {
      window.clear().limit((int) Math.min(window.capacity(), size - at));
      Disk.readFully(file, window, at);
      if (!SegmentFile.isZero(window)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean full() {
    return false;
  }

  @Override
  public void frame(ByteBuffer bytes, int offset, long at) {
    byte type = Frame.type(bytes, offset);
    end = at + Frame.HEADER + Frame.length(bytes, offset);
    if (type == Frame.CLOSED) {
      closes++;
    }
    if (type == Frame.SEALED) {
      return;
    }
    UUID id = Entry.id(Frame.payload(bytes, offset));
    if (id == null) {
      return;
    }
    if (type == Frame.OPENED || type == Frame.CARRIED) {
      if (!early.contains(id)) {
        open.put(id, new Place(number, salt, at));
      }
    } else if (open.remove(id) == null && (type == Frame.ENDED || Frame.hadOpened(bytes, offset))) {
      early.add(id);
      if (early.size() > MOST_EARLY) {
        early.remove(early.iterator().next());
      }
    }
  }

  @Override
  public void damaged(long lost) {
    // Each sink's reader tells of it, when it comes there.
  }

  Map<Long, Segment> segments() {
    return segments;
  }

  /** In the order in which they were opened, as far as it is known. */
  List<Orphan> orphans() {
    List<Orphan> orphans = new ArrayList<>();
    open.forEach(
        (id, place) -> {
          Segment segment = segments.get(place.segment());
          if (segment == null) {
            return;
          }
          try (Disk.Content file = disk.open(segment.path())) {
            orphans.add(new Orphan(id, FrameScan.payload(file, place.salt(), place.at())));
          } catch (IOException e) {
            LOG.error("The beginning of exchange {} cannot be read again", id, e);
          }
        });
    return orphans;
  }
}
