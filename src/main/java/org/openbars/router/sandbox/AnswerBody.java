package org.openbars.router.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** The bytes of an answer, taken piece by piece so that none is ever held whole. */
sealed interface AnswerBody permits AnswerBody.Fixed, AnswerBody.Gzipped, GeneratedBody {
  /** Bytes in all, -1 when that is only known at the end. */
  long size();

  /** The next bytes, at most {@code max}; an empty array at the end. */
  byte[] next(int max);

  /** The same bytes gzipped; small ones at once, so that their length is known. */
  static AnswerBody gzip(AnswerBody source) {
    Gzipped gzipped = new Gzipped(source);
    boolean small = source.size() <= 1 << 20;
    return small ? new Fixed(gzipped.next(Integer.MAX_VALUE), 0) : gzipped;
  }

  /** Bytes at hand, followed by spaces up to {@code padded}. */
  final class Fixed implements AnswerBody {
    private final byte[] bytes;
    private final long size;
    private long position;

    Fixed(byte[] bytes, long padded) {
      this.bytes = bytes;
      this.size = Math.max(bytes.length, padded);
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public byte[] next(int max) {
      int length = (int) Math.min(max, size - position);
      byte[] next = new byte[length];
      int copied = (int) Math.max(0, Math.min(length, bytes.length - position));
      if (copied > 0) {
        System.arraycopy(bytes, (int) position, next, 0, copied);
      }
      Arrays.fill(next, copied, length, (byte) ' ');
      position += length;
      return next;
    }
  }

  /** Another body, gzipped as it is taken. */
  final class Gzipped implements AnswerBody {
    private static final int PIECE = 64 * 1024;
    private final AnswerBody source;
    private final ByteArrayOutputStream sink = new ByteArrayOutputStream();
    private final GZIPOutputStream gzip;
    private byte[] ready = {};
    private int position;
    private boolean finished;

    Gzipped(AnswerBody source) {
      this.source = source;
      try {
        gzip = new GZIPOutputStream(sink);
      } catch (IOException e) {
        throw new UncheckedIOException("memory cannot fail to be written", e);
      }
    }

    @Override
    public long size() {
      return -1;
    }

    @Override
    public byte[] next(int max) {
      while (!finished && (position == ready.length || max == Integer.MAX_VALUE)) {
        press();
      }
      int length = Math.min(max, ready.length - position);
      position += length;
      return Arrays.copyOfRange(ready, position - length, position);
    }

    private void press() {
      byte[] next = source.next(PIECE);
      try {
        sink.write(ready, position, ready.length - position);
        if (next.length == 0) {
          gzip.close();
          finished = true;
        } else {
          gzip.write(next);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("memory cannot fail to be written", e);
      }
      ready = sink.toByteArray();
      position = 0;
      sink.reset();
    }
  }
}
