package org.openbars.router.ledger;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One record's bytes as a link covers them: for each of {@link LinkedColumns#NAMES} its length as
 * int32, -1 for null, then its value as PostgreSQL's binary COPY writes it, all big-endian. Used
 * again for the next record; not thread-safe.
 */
public final class LinkedBytes {
  private static final long MICROS_A_SECOND = 1_000_000;

  /** Days, and microseconds, from 1970 to PostgreSQL's epoch, 2000. */
  static final int EPOCH_DAYS = 10_957;

  private static final long EPOCH_MICROS = EPOCH_DAYS * 86_400L * MICROS_A_SECOND;

  private static final int USUAL = 2048;

  /** Big-endian, as the link has it; grows to the largest record seen. */
  private ByteBuffer bytes = ByteBuffer.allocate(USUAL);

  void clear() {
    bytes.clear();
  }

  byte[] array() {
    return bytes.array();
  }

  int length() {
    return bytes.position();
  }

  /**
   * Adds the next column: a date, uuid, text, timestamptz, boolean, integer, bigint or bytea.
   *
   * @throws IllegalArgumentException for a value of any other type
   */
  public void add(@Nullable Object value) {
    if (value == null) {
      int32(-1);
    } else if (value instanceof String text) {
      bytea(text.getBytes(StandardCharsets.UTF_8));
    } else if (value instanceof OffsetDateTime instant) {
      int32(Long.BYTES);
      int64(micros(instant));
    } else if (value instanceof Long number) {
      int32(Long.BYTES);
      int64(number);
    } else if (value instanceof Integer number) {
      int32(Integer.BYTES);
      int32(number);
    } else if (value instanceof Boolean flag) {
      int32(1);
      room(1).put((byte) (flag ? 1 : 0));
    } else if (value instanceof LocalDate day) {
      int32(Integer.BYTES);
      int32(days(day));
    } else if (value instanceof UUID id) {
      int32(2 * Long.BYTES);
      int64(id.getMostSignificantBits());
      int64(id.getLeastSignificantBits());
    } else if (value instanceof Buffer raw) {
      bytea(raw.getBytes());
    } else {
      throw new IllegalArgumentException("no bytes are defined for " + value.getClass());
    }
  }

  static int days(LocalDate day) {
    return Math.toIntExact(day.toEpochDay() - EPOCH_DAYS);
  }

  static LocalDate day(int days) {
    return LocalDate.ofEpochDay((long) days + EPOCH_DAYS);
  }

  private static long micros(OffsetDateTime instant) {
    return instant.toEpochSecond() * MICROS_A_SECOND + instant.getNano() / 1000 - EPOCH_MICROS;
  }

  private void bytea(byte[] raw) {
    int32(raw.length);
    room(raw.length).put(raw);
  }

  private void int32(int value) {
    room(Integer.BYTES).putInt(value);
  }

  private void int64(long value) {
    room(Long.BYTES).putLong(value);
  }

  private ByteBuffer room(int more) {
    if (bytes.remaining() < more) {
      int grown = Math.max(2 * bytes.capacity(), Math.addExact(bytes.position(), more));
      bytes = ByteBuffer.allocate(grown).put(bytes.flip());
    }
    return bytes;
  }
}
