package org.openbars.router.ledger;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The rows of PostgreSQL's binary COPY, one at a time and where they lie in the buffer: nothing is
 * copied out and no object is made for a row. Several answers may follow one another. Blocking.
 */
final class CopyRows {
  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0
  };
  private static final int HEADER = SIGNATURE.length + 8;
  private static final int USUAL = 1 << 18;
  private static final int MOST = 1 << 26;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

  private final InputStream in;
  private final int least;
  private final int[] offsets;
  private final int[] lengths;
  private byte[] buffer = new byte[USUAL];
  private int columns;
  private int position;
  private int limit;
  private boolean inAnswer;

  /**
   * Reads rows of at most {@code columns}.
   *
   * @param least columns that a row must have; those it lacks are null
   */
  CopyRows(InputStream in, int least, int columns) {
    this.in = in;
    this.least = least;
    this.offsets = new int[columns];
    this.lengths = new int[columns];
  }

  /**
   * Goes to the next row; false after the last.
   *
   * @throws IOException when the bytes are not such an answer, or end in its middle
   */
  boolean next() throws IOException {
    while (true) {
      if (!inAnswer && !begin()) {
        return false;
      }
      need(Short.BYTES);
      columns = (short) SHORT.get(buffer, position);
      position += Short.BYTES;
      if (columns >= 0) {
        if (columns < least || columns > offsets.length) {
          throw new IOException("a row has " + columns + " columns, not " + offsets.length);
        }
        row();
        return true;
      }
      inAnswer = false;
    }
  }

  private boolean begin() throws IOException {
    if (position == limit && !fill(1)) {
      return false;
    }
    need(HEADER);
    if (!Arrays.equals(
        buffer, position, position + SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)) {
      throw new IOException("this is not PostgreSQL's binary COPY");
    }
    int more = (int) INT.get(buffer, position + HEADER - Integer.BYTES);
    position += HEADER;
    need(more);
    position += more;
    inAnswer = true;
    return true;
  }

  private void row() throws IOException {
    int start = position;
    int at = position;
    for (int i = 0; i < columns; i++) {
      if (limit - at < Integer.BYTES) {
        at = more(start, at, Integer.BYTES);
        start = position;
      }
      int length = (int) INT.get(buffer, at);
      at += Integer.BYTES;
      // Kept from the row's start, since the buffer may move before the row is whole.
      offsets[i] = at - start;
      lengths[i] = length;
      if (length > 0) {
        if (limit - at < length) {
          at = more(start, at, length);
          start = position;
        }
        at += length;
      }
    }
    for (int i = 0; i < columns; i++) {
      offsets[i] += start;
    }
    for (int i = columns; i < offsets.length; i++) {
      offsets[i] = at;
      lengths[i] = -1;
    }
    position = at;
  }

  /** Has {@code bytes} more behind {@code at}; says where that is now. */
  private int more(int start, int at, int bytes) throws IOException {
    position = start;
    need(Math.addExact(at - start, bytes));
    return position + (at - start);
  }

  private void need(int bytes) throws IOException {
    if (bytes < 0 || bytes > MOST) {
      throw new IOException("a row of " + bytes + " bytes");
    }
    if (limit - position < bytes && !fill(bytes)) {
      throw new EOFException("the answer ends in its middle");
    }
  }

  private boolean fill(int bytes) throws IOException {
    int held = limit - position;
    byte[] to = buffer.length >= bytes ? buffer : new byte[Math.max(bytes, 2 * buffer.length)];
    System.arraycopy(buffer, position, to, 0, held);
    buffer = to;
    position = 0;
    limit = held;
    while (limit < bytes) {
      int read = in.read(buffer, limit, buffer.length - limit);
      if (read < 0) {
        return false;
      }
      limit += read;
    }
    return true;
  }

  /** Where the current row's bytes are. Valid until the next row. */
  byte[] buffer() {
    return buffer;
  }

  /** Where a column's value begins; its length stands in the four bytes before. */
  int offset(int column) {
    return offsets[column];
  }

  /** A value's length, -1 for null. */
  int length(int column) {
    return lengths[column];
  }

  /** Columns that the current row has. */
  int columns() {
    return columns;
  }

  /** Where the last column ends. */
  int end() {
    return position;
  }

  long int64(int column) {
    return (long) LONG.get(buffer, offsets[column]);
  }

  int int32(int column) {
    return (int) INT.get(buffer, offsets[column]);
  }

  short int16(int column) {
    return (short) SHORT.get(buffer, offsets[column]);
  }
}
