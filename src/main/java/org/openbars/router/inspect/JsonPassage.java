package org.openbars.router.inspect;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.Inspection.State;

/**
 * Passes over JSON to the end of the container it stands in, across any number of slices, holding
 * nothing of them. Checks strings, brackets and UTF-8; not commas, colons and literals.
 */
final class JsonPassage {
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = ONES << 7;
  private static final long SPACES = ONES * ' ';
  private static final byte IN_STRING = 1;
  private static final byte OUTSIDE = 2;

  /** Which bytes need a look inside of a string, and which outside of one. */
  private static final byte[] STOPS = new byte[256];

  static {
    for (int i = 0; i < STOPS.length; i++) {
      STOPS[i] = i < ' ' || i > 0x7f ? (byte) (IN_STRING | OUTSIDE) : 0;
    }
    for (char space : "\t\r\n".toCharArray()) {
      STOPS[space] = IN_STRING;
    }
    for (char both : "\"\\".toCharArray()) {
      STOPS[both] = (byte) (IN_STRING | OUTSIDE);
    }
    for (char bracket : "{[}]".toCharArray()) {
      STOPS[bracket] = OUTSIDE;
    }
  }

  private int room;
  private int depth;

  /** Bit n: the container at depth n, counted from where the passage began, is an array. */
  private long arrays;

  private boolean inString;
  private boolean escaped;
  private int continuations;
  private int lowest;
  private int highest;
  private @Nullable State fault;

  /**
   * Begins anew. At most {@code mayOpen} containers, 64 at most, may be open in the one it is in.
   */
  void begin(int mayOpen) {
    room = mayOpen;
    depth = 0;
  }

  /**
   * Reads on.
   *
   * @return the index of the bracket that closes the container; {@code to} when it is not there
   *     yet, or at a {@link #fault}
   */
  int pass(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && fault == null) {
      if (inString) {
        at = string(bytes, at, to);
        continue;
      }
      byte c = bytes[at++];
      if (c == '"') {
        at = plain(bytes, at, to);
        if (at < to && bytes[at] == '"') {
          at++;
        } else {
          inString = true;
        }
      } else if (c == '\n') {
        at = indentation(bytes, at, to);
      } else if ((STOPS[c & 0xff] & OUTSIDE) != 0) {
        if (depth == 0 && (c == '}' || c == ']')) {
          return at - 1;
        }
        outside(c);
      }
    }
    return to;
  }

  private static int indentation(byte[] bytes, int from, int to) {
    int at = from;
    while (at + Long.BYTES <= to) {
      long others = (long) EIGHT.get(bytes, at) ^ SPACES;
      if (others != 0) {
        return at + Long.numberOfTrailingZeros(others) / Byte.SIZE;
      }
      at += Long.BYTES;
    }
    return at;
  }

  /** Why it goes no further. */
  @Nullable State fault() {
    return fault;
  }

  private void outside(byte c) {
    switch (c) {
      case '{', '[' -> {
        if (depth >= room) {
          fault = State.TOO_DEEP;
          return;
        }
        long bit = 1L << depth;
        arrays = c == '[' ? arrays | bit : arrays & ~bit;
        depth++;
      }
      case '}', ']' -> {
        depth--;
        boolean array = (arrays & (1L << depth)) != 0;
        if (array != (c == ']')) {
          fault = State.MALFORMED;
        }
      }
      default -> fault = State.MALFORMED;
    }
  }

  /** Reads to the end of a string, or of what is there. */
  private int string(byte[] bytes, int from, int to) {
    int at = from;
    if (escaped) {
      escaped = false;
      at++;
    }
    while (at < to) {
      if (continuations == 0) {
        at = plain(bytes, at, to);
        if (at == to) {
          return to;
        }
      }
      byte c = bytes[at++];
      if (continuations > 0) {
        continued(c);
      } else if (c == '"') {
        inString = false;
        return at;
      } else if (c == '\\') {
        escaped = at == to;
        at++;
      } else if (c < 0) {
        lead(c & 0xff);
      } else {
        fault = State.MALFORMED;
      }
      if (fault != null) {
        return to;
      }
    }
    return to;
  }

  /** Index of the next byte of a string that needs a look: eight at a time, most need none. */
  private static int plain(byte[] bytes, int from, int to) {
    int at = from;
    while (at + Long.BYTES <= to) {
      long eight = (long) EIGHT.get(bytes, at);
      long quote = eight ^ (ONES * '"');
      long backslash = eight ^ (ONES * '\\');
      long look =
          (eight
                  | (eight - ONES * ' ')
                  | ((quote - ONES) & ~quote)
                  | ((backslash - ONES) & ~backslash))
              & HIGHS;
      if (look != 0) {
        // Borrows only spoil bytes after the first hit.
        return at + Long.numberOfTrailingZeros(look) / Byte.SIZE;
      }
      at += Long.BYTES;
    }
    while (at < to && (STOPS[bytes[at] & 0xff] & IN_STRING) == 0) {
      at++;
    }
    return at;
  }

  /** RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
  private void lead(int c) {
    lowest = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    highest = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    if (c >= 0xc2 && c <= 0xdf) {
      continuations = 1;
    } else if (c >= 0xe0 && c <= 0xef) {
      continuations = 2;
    } else if (c >= 0xf0 && c <= 0xf4) {
      continuations = 3;
    } else {
      fault = State.MALFORMED;
    }
  }

  private void continued(byte b) {
    int c = b & 0xff;
    if (c < lowest || c > highest) {
      fault = State.MALFORMED;
    }
    lowest = 0x80;
    highest = 0xbf;
    continuations--;
  }
}
