package org.openbars.router.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The segments there are, by number. Numbers are given out without a hole, so that a hole at a
 * start is a file that got lost, and in the order in which segments come into use.
 */
final class Segments {
  private static final int ZEROS = 256 * 1024;
  private static final long MOST_WAIT_MILLIS = 50;

  private final Disk disk;
  private final Path folder;
  private final long size;
  private final Room room;
  private final ConcurrentSkipListMap<Long, Segment> all = new ConcurrentSkipListMap<>();
  // Of this run and still open as files.
  private final ConcurrentSkipListMap<Long, Segment> writing = new ConcurrentSkipListMap<>();
  private final ReentrantLock making = new ReentrantLock();
  private volatile @Nullable Segment spare;
  private volatile Consumer<Boolean> makeRoom = wait -> {};
  private long next;
  private long lastTaken;

  Segments(Disk disk, Path folder, long size, Room room) {
    this.disk = disk;
    this.folder = folder;
    this.size = size;
    this.room = room;
  }

  /** Takes note of what a former run left. */
  void former(Collection<Segment> found, long nextNumber) {
    for (Segment segment : found) {
      all.put(segment.number(), segment);
      room.charge(segment.limit());
    }
    next = nextNumber;
    lastTaken = nextNumber - 1;
  }

  Path folder() {
    return folder;
  }

  /** Counts bytes that are written room or not. */
  void charge(long bytes) {
    room.charge(bytes);
  }

  /** Bytes allotted to each. */
  long size() {
    return size;
  }

  /**
   * What lets the oldest go when a lane outruns the journal's thread; told whether it may wait for
   * that, as long as for a slow write.
   */
  void whenOver(Consumer<Boolean> makesRoom) {
    makeRoom = makesRoom;
  }

  /** Lowest number first. */
  Collection<Segment> all() {
    return all.values();
  }

  /** Those whose files are open for writing, lowest number first. */
  Collection<Segment> writing() {
    return writing.values();
  }

  @Nullable Segment first() {
    var first = all.firstEntry();
    return first == null ? null : first.getValue();
  }

  /** A segment to write to, its number above all before. Makes a file itself when none is ready. */
  Segment fresh() throws IOException {
    if (room.over()) {
      makeRoom.accept(room.wellOver());
    }
    lock();
    try {
      Segment ready = spare;
      spare = null;
      if (ready != null && ready.number() > lastTaken) {
        return taken(ready);
      }
      if (ready != null) {
        // Overtaken by one that was made in haste: used for nothing, but its number is.
        unused(ready);
      }
      return taken(create());
    } finally {
      making.unlock();
    }
  }

  private void lock() throws IOException {
    boolean locked = making.tryLock();
    try {
      locked = locked || making.tryLock(MOST_WAIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!locked) {
      throw new IOException("the disk takes long to make a file");
    }
  }

  private Segment taken(Segment segment) {
    lastTaken = segment.number();
    room.charge(SegmentFile.HEADER);
    writing.put(segment.number(), segment);
    all.put(segment.number(), segment);
    return segment;
  }

  private void unused(Segment segment) {
    segment.seal();
    room.charge(SegmentFile.HEADER);
    writing.put(segment.number(), segment);
    all.put(segment.number(), segment);
  }

  private Segment create() throws IOException {
    long number = next;
    long salt = SegmentFile.newSalt();
    Path path = SegmentFile.path(folder, number);
    Disk.Content file = disk.create(path);
    // Whatever comes now, a file of this number is there until it is known to be gone.
    next++;
    try {
      Disk.writeFully(file, SegmentFile.header(number, salt, System.currentTimeMillis()), 0);
      return Segment.ofThisRun(number, path, salt, file);
    } catch (IOException e) {
      file.close();
      disk.delete(path);
      next--;
      throw e;
    }
  }

  boolean hasSpare() {
    return spare != null;
  }

  /** Makes the next segment with its blocks, so that a lane finds it ready. Journal's thread. */
  void prepare() throws IOException {
    Segment made = createNext();
    try {
      made.allot(size, ByteBuffer.allocateDirect(ZEROS));
      made.force(disk, folder);
    } catch (IOException e) {
      giveUp(made);
      throw e;
    }
    spare = made;
  }

  private Segment createNext() throws IOException {
    making.lock();
    try {
      return create();
    } finally {
      making.unlock();
    }
  }

  private void giveUp(Segment made) throws IOException {
    making.lock();
    try {
      if (next == made.number() + 1) {
        made.close();
        disk.delete(made.path());
        next--;
      } else {
        unused(made);
      }
    } finally {
      making.unlock();
    }
  }

  /** Takes one out; its file is the caller's to delete. */
  void forget(Segment segment) {
    all.remove(segment.number());
    writing.remove(segment.number());
    room.giveBack(segment.limit());
  }

  /** Closes files that will not be written any more. Journal's thread. */
  void closeSealed() throws IOException {
    for (Segment segment : writing.values()) {
      if (segment.sealed()) {
        segment.trim();
        if (!segment.needsForce()) {
          writing.remove(segment.number());
          segment.close();
        }
      }
    }
  }

  /** Ends making segments. */
  void close() throws IOException {
    making.lock();
    try {
      Segment unused = spare;
      spare = null;
      if (unused != null && unused.number() > lastTaken && next == unused.number() + 1) {
        unused.close();
        disk.delete(unused.path());
        next--;
      } else if (unused != null) {
        unused(unused);
      }
    } finally {
      making.unlock();
    }
  }
}
