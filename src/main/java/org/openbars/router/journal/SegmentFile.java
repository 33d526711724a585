package org.openbars.router.journal;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A segment's file, {@code %020d.seg}: a header of 64 bytes, then frames, then zeros up to the
 * allotted size until it is sealed. Header: magic u64, version u16, header length u16, flags u32,
 * number u64, created ms u64, salt u64, CRC32C u32 over all else, zeros u32, salt again u64, zeros.
 * The salt stands twice because no frame can be told from chance without it.
 */
final class SegmentFile {
  static final int HEADER = 64;

  private static final long MAGIC = 0x426152534a524e4cL;
  private static final short VERSION = 1;
  private static final int VERSION_AT = 8;
  private static final int CREATED_AT = 24;
  private static final int SALT_AT = 32;
  private static final int CRC_AT = 40;
  private static final int SALT_AGAIN_AT = 48;
  private static final Pattern NAME = Pattern.compile("([0-9]{20})\\.seg");
  private static final SecureRandom RANDOM = new SecureRandom();

  private SegmentFile() {}

  static Path path(Path folder, long number) {
    return folder.resolve(String.format(Locale.ROOT, "%020d.seg", number));
  }

  /** A segment's number from its name; nothing for other files. */
  static OptionalLong number(Path file) {
    var matcher = NAME.matcher(file.getFileName().toString());
    return matcher.matches()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)))
        : OptionalLong.empty();
  }

  static long newSalt() {
    return RANDOM.nextLong();
  }

  static ByteBuffer header(long number, long salt, long createdMillis) {
    ByteBuffer header = ByteBuffer.allocate(HEADER);
    header.putLong(MAGIC).putShort(VERSION).putShort((short) HEADER).putInt(0);
    header.putLong(number).putLong(createdMillis).putLong(salt);
    header.putLong(SALT_AGAIN_AT, salt);
    header.putInt(CRC_AT, checksum(header));
    return header.position(0);
  }

  private static int checksum(ByteBuffer header) {
    CRC32C crc = new CRC32C();
    crc.update(header.duplicate().limit(CRC_AT).position(0));
    crc.update(header.duplicate().limit(HEADER).position(CRC_AT + Integer.BYTES));
    return (int) crc.getValue();
  }

  /** What a header says of its file. */
  enum Soundness {
    /** Ended before, or never reached the disk: nothing was written after it either. */
    EMPTY,
    SOUND,
    /** Changed: the frames may be sound all the same. */
    DAMAGED,
    /** Sound, and of a version that is not known here. */
    FOREIGN
  }

  /** Judges the bytes at 0, up to 64 of them. */
  static Soundness judge(ByteBuffer header) {
    if (header.limit() < HEADER || isZero(header)) {
      return Soundness.EMPTY;
    }
    if (header.getLong(0) != MAGIC || header.getInt(CRC_AT) != checksum(header)) {
      return Soundness.DAMAGED;
    }
    return header.getShort(VERSION_AT) == VERSION ? Soundness.SOUND : Soundness.FOREIGN;
  }

  static long salt(ByteBuffer header) {
    return header.getLong(SALT_AT);
  }

  static long saltAgain(ByteBuffer header) {
    return header.getLong(SALT_AGAIN_AT);
  }

  static long createdMillis(ByteBuffer header) {
    return header.getLong(CREATED_AT);
  }

  static boolean isZero(ByteBuffer bytes) {
    int from = 0;
    for (; from + Long.BYTES <= bytes.limit(); from += Long.BYTES) {
      if (bytes.getLong(from) != 0) {
        return false;
      }
    }
    for (; from < bytes.limit(); from++) {
      if (bytes.get(from) != 0) {
        return false;
      }
    }
    return true;
  }
}
