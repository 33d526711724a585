package org.openbars.router.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * How far a sink has stored the journal, in a file of two slots that are written by turns, so that
 * one is whole whatever happens. A slot: magic u64, generation u64, below u64, highest u64, count
 * u32, CRC32C u32 over all else, then per segment that was begun its number, offset, last sequence
 * and records given, u64 each. For one thread at a time.
 */
final class Position {
  /** Bytes of a slot. */
  static final int SLOT = 64 * 1024;

  /** Offset of a mark whose segment is stored to its end. */
  static final long WHOLE = Long.MAX_VALUE;

  private static final long MAGIC = 0x42615253504f5332L;
  private static final int COUNT_AT = 32;
  private static final int CRC_AT = 36;
  private static final int MARKS_AT = 40;
  private static final int MARK = 32;
  private static final int MAX_MARKS = (SLOT - MARKS_AT) / MARK;

  /**
   * Where in a segment reading goes on: everything before has been stored.
   *
   * @param given records of it that were stored
   */
  record Mark(long segment, long offset, long sequence, long given) {}

  /**
   * What a slot holds.
   *
   * @param generation 0 when nothing was ever saved
   * @param below every segment of a lower number is stored whole
   * @param highest the highest segment number that was in use
   * @param marks by segment number; what is not listed is to be read from its start
   */
  record State(long generation, long below, long highest, Map<Long, Mark> marks) {}

  private final Disk.Content file;
  private final State loaded;
  private long generation;

  private Position(Disk.Content file, State loaded) {
    this.file = file;
    this.loaded = loaded;
    this.generation = loaded.generation();
  }

  /** Opens the file, making it when it is not there. */
  static Position open(Disk disk, Path path, boolean exists) throws IOException {
    Disk.Content file = exists ? disk.open(path) : disk.create(path);
    try {
      if (file.size() < 2 * SLOT) {
        Disk.writeFully(file, ByteBuffer.allocate((int) (2 * SLOT - file.size())), file.size());
        file.force(true);
      }
      State one = read(file, 0);
      State two = read(file, SLOT);
      return new Position(file, one.generation() > two.generation() ? one : two);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private static State read(Disk.Content file, long at) throws IOException {
    ByteBuffer slot = ByteBuffer.allocate(SLOT);
    Disk.readFully(file, slot, at);
    State none = new State(0, 0, 0, Map.of());
    if (slot.limit() < SLOT || slot.getLong(0) != MAGIC) {
      return none;
    }
    int count = slot.getInt(COUNT_AT);
    if (count < 0 || count > MAX_MARKS || slot.getInt(CRC_AT) != checksum(slot, count)) {
      return none;
    }
    Map<Long, Mark> marks = new HashMap<>();
    slot.position(MARKS_AT);
    for (int i = 0; i < count; i++) {
      Mark mark = new Mark(slot.getLong(), slot.getLong(), slot.getLong(), slot.getLong());
      marks.put(mark.segment(), mark);
    }
    return new State(slot.getLong(8), slot.getLong(16), slot.getLong(24), Map.copyOf(marks));
  }

  /** What was saved last, as it was when the file was opened. */
  State loaded() {
    return loaded;
  }

  /** Saves and forces; blocks for as long as the disk takes. */
  void save(long below, long highest, List<Mark> marks) throws IOException {
    // Beyond the slot's size the newest are read again from their start.
    List<Mark> fitting = marks.size() > MAX_MARKS ? marks.subList(0, MAX_MARKS) : marks;
    ByteBuffer slot = ByteBuffer.allocate(MARKS_AT + fitting.size() * MARK);
    slot.putLong(MAGIC).putLong(generation + 1).putLong(below).putLong(highest);
    slot.putInt(fitting.size()).putInt(0);
    for (Mark mark : fitting) {
      slot.putLong(mark.segment()).putLong(mark.offset());
      slot.putLong(mark.sequence()).putLong(mark.given());
    }
    slot.putInt(CRC_AT, checksum(slot, fitting.size()));
    Disk.writeFully(file, slot.flip(), (generation + 1) % 2 * SLOT);
    file.force(false);
    generation++;
  }

  private static int checksum(ByteBuffer slot, int count) {
    CRC32C crc = new CRC32C();
    crc.update(slot.duplicate().limit(CRC_AT).position(0));
    crc.update(slot.duplicate().limit(MARKS_AT + count * MARK).position(MARKS_AT));
    return (int) crc.getValue();
  }

  void close() throws IOException {
    file.close();
  }
}
