package org.openbars.router.message;

import java.security.SecureRandom;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Makes ids and tells whether a text has a UUID's shape. One instance per event loop: not
 * thread-safe.
 */
public final class Uuids {
  private static final int LENGTH = 36;
  private final SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());

  /** Whether {@code text} is 8-4-4-4-12 hexadecimal digits, in any case and of any version. */
  public static boolean isUuid(String text) {
    if (text.length() != LENGTH) {
      return false;
    }
    for (int i = 0; i < LENGTH; i++) {
      char c = text.charAt(i);
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      boolean good = dash ? c == '-' : c < 0x80 && Character.digit(c, 16) >= 0;
      if (!good) {
        return false;
      }
    }
    return true;
  }

  /**
   * A time-ordered UUIDv7 (RFC 9562) of the given instant: its first 48 bits are the milliseconds.
   */
  public UUID timeOrdered(long epochMillis) {
    long high = (epochMillis << 16) | 0x7000L | (random.nextLong() & 0x0fffL);
    long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
    return new UUID(high, low);
  }

  /** A random UUIDv4. Not for secrets. */
  public UUID random() {
    long high = (random.nextLong() & 0xffffffffffff0fffL) | 0x4000L;
    long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
    return new UUID(high, low);
  }
}
