package org.openbars.router.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One entry's fields, read in order; past the end every field is null or 0. Enums stand by name.
 * Texts keep every UTF-16 unit: one byte each when all fit, else two.
 */
final class Fields {
  private static final int NULL = 0x7FFF;
  private static final int WIDE = 0x8000;
  private static final int LATIN = 0xFF;

  /** Longer than anything the audit hands over; what is beyond is cut. */
  private static final int MAX_TEXT = 4096;

  /** For one text at a time: one look at each unit, and one copy into the entry. */
  private static final ThreadLocal<byte[]> LATIN_UNITS =
      ThreadLocal.withInitial(() -> new byte[MAX_TEXT]);

  private final ByteBuffer from;

  Fields(ByteBuffer from) {
    this.from = from;
  }

  static void name(@Nullable Enum<?> constant, ByteBuffer to) {
    text(constant == null ? null : constant.name(), to);
  }

  static void text(@Nullable String text, ByteBuffer to) {
    if (text == null) {
      to.putShort((short) NULL);
      return;
    }
    int length = Math.min(text.length(), MAX_TEXT);
    byte[] latin = LATIN_UNITS.get();
    int all = 0;
    for (int i = 0; i < length; i++) {
      char unit = text.charAt(i);
      all |= unit;
      latin[i] = (byte) unit;
    }
    if (all <= LATIN) {
      to.putShort((short) length);
      to.put(latin, 0, length);
    } else {
      to.putShort((short) (WIDE | length));
      for (int i = 0; i < length; i++) {
        to.putChar(text.charAt(i));
      }
    }
  }

  long number() {
    return has(Long.BYTES) ? from.getLong() : 0;
  }

  int integer(int absent) {
    return has(Integer.BYTES) ? from.getInt() : absent;
  }

  byte octet() {
    return has(1) ? from.get() : 0;
  }

  String texts() {
    String text = text();
    return text == null ? "" : text;
  }

  @Nullable String text() {
    if (!has(Short.BYTES)) {
      return null;
    }
    int length = from.getShort() & 0xFFFF;
    if (length == NULL) {
      return null;
    }
    if ((length & WIDE) == 0) {
      if (!has(length)) {
        return null;
      }
      byte[] latin = new byte[length];
      from.get(latin);
      return new String(latin, StandardCharsets.ISO_8859_1);
    }
    int units = length & ~WIDE;
    if (!has(2 * units)) {
      return null;
    }
    char[] wide = new char[units];
    for (int i = 0; i < units; i++) {
      wide[i] = from.getChar();
    }
    return new String(wide);
  }

  <E extends Enum<E>> @Nullable E constant(Class<E> type) {
    String name = text();
    if (name != null) {
      for (E constant : type.getEnumConstants()) {
        if (constant.name().equals(name)) {
          return constant;
        }
      }
    }
    return null;
  }

  // A field that was cut off in its middle ends the entry: what follows would be read askew.
  private boolean has(int bytes) {
    if (from.remaining() >= bytes) {
      return true;
    }
    from.position(from.limit());
    return false;
  }
}
