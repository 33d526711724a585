package org.openbars.router.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The frame around each entry, big-endian: magic u32, length u32, sequence u64, type u8, flags u8,
 * reserved u16, CRC32C u32 over the segment's salt, the frame from length to reserved, and the
 * payload. Sequences count a segment's frames from 1. For one thread at a time.
 */
final class Frame {
  static final int HEADER = 24;
  static final int MAX_PAYLOAD = 64 * 1024;
  static final int MAX = HEADER + MAX_PAYLOAD;

  /** A message is about to go to its receiver. */
  static final byte OPENED = 1;

  /** An exchange's whole record: what the sinks get. */
  static final byte CLOSED = 2;

  /** A segment's last frame. */
  static final byte SEALED = 3;

  /** An {@link #OPENED} said again, so that the segment it stood in can go. */
  static final byte CARRIED = 4;

  /** An exchange's id: what was carried had been closed meanwhile. */
  static final byte ENDED = 5;

  /** Flag of {@link #CLOSED}: there is, or was, an {@link #OPENED} of it. */
  static final byte HAD_OPENED = 1;

  private static final int MAGIC = 0x42615253;
  private static final int LENGTH_AT = 4;
  private static final int SEQUENCE_AT = 8;
  private static final int TYPE_AT = 16;
  private static final int FLAGS_AT = 17;
  private static final int CRC_AT = 20;

  private final CRC32C crc = new CRC32C();
  private final ByteBuffer salt = ByteBuffer.allocate(Long.BYTES);

  Frame(long salt) {
    this.salt.putLong(0, salt);
  }

  /**
   * Completes the frame that starts at 0 and whose payload ends at {@code end}; leaves the buffer
   * ready to be written. Allocates nothing.
   */
  void finish(ByteBuffer frame, int end, byte type, byte flags, long sequence) {
    frame.clear();
    frame.putInt(0, MAGIC);
    frame.putInt(LENGTH_AT, end - HEADER);
    frame.putLong(SEQUENCE_AT, sequence);
    frame.putInt(TYPE_AT, type << 24 | (flags & 0xFF) << 16);
    frame.putInt(CRC_AT, checksum(frame, 0, end - HEADER));
    frame.limit(end).position(0);
  }

  /** Whether a whole and sound frame starts at {@code at}. */
  boolean isSound(ByteBuffer bytes, int at) {
    int limit = bytes.limit();
    if (limit - at < HEADER || bytes.getInt(at) != MAGIC) {
      return false;
    }
    int length = length(bytes, at);
    if (length < 0 || length > MAX_PAYLOAD || limit - at - HEADER < length) {
      return false;
    }
    boolean sound = bytes.getInt(at + CRC_AT) == checksum(bytes, at, length);
    bytes.limit(limit).position(0);
    return sound;
  }

  static int length(ByteBuffer bytes, int at) {
    return bytes.getInt(at + LENGTH_AT);
  }

  static long sequence(ByteBuffer bytes, int at) {
    return bytes.getLong(at + SEQUENCE_AT);
  }

  static byte type(ByteBuffer bytes, int at) {
    return bytes.get(at + TYPE_AT);
  }

  static boolean hadOpened(ByteBuffer bytes, int at) {
    return (bytes.get(at + FLAGS_AT) & HAD_OPENED) != 0;
  }

  static ByteBuffer payload(ByteBuffer bytes, int at) {
    return bytes.slice(at + HEADER, length(bytes, at));
  }

  // Moves position and limit, which costs nothing; a duplicate would be garbage for each entry.
  private int checksum(ByteBuffer bytes, int at, int length) {
    crc.reset();
    crc.update(salt.clear());
    bytes.limit(at + CRC_AT).position(at + LENGTH_AT);
    crc.update(bytes);
    bytes.limit(at + HEADER + length).position(at + HEADER);
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
