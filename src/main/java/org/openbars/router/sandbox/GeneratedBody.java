package org.openbars.router.sandbox;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;

/**
 * A body that is made as it is sent, so that any size costs one block of memory. Seed, size and
 * kind give every byte: a test works out the hash without having seen the body. Not thread-safe.
 */
public final class GeneratedBody implements AnswerBody {
  private static final int BLOCK = 64 * 1024;
  private static final byte[] ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 \n"
          .getBytes(StandardCharsets.US_ASCII);

  private final long seed;
  private final long size;
  private final boolean text;
  private final byte[] block = new byte[BLOCK];
  private long position;

  private GeneratedBody(long seed, long size, boolean text) {
    this.seed = seed;
    this.size = size;
    this.text = text;
  }

  /** Bytes of every value, as of {@code body=random}. */
  public static GeneratedBody random(long seed, long size) {
    return new GeneratedBody(seed, size, false);
  }

  /** ASCII letters, digits, spaces and line feeds, as of {@code body=text}. */
  public static GeneratedBody text(long seed, long size) {
    return new GeneratedBody(seed, size, true);
  }

  @Override
  public long size() {
    return size;
  }

  /** The next bytes, at most {@code max} and 64 KiB; an empty array at the end. */
  @Override
  public byte[] next(int max) {
    int offset = (int) (position % BLOCK);
    int length = (int) Math.min(Math.min(max, BLOCK - offset), size - position);
    if (offset == 0 && length > 0) {
      fill(position / BLOCK);
    }
    position += length;
    return Arrays.copyOfRange(block, offset, offset + length);
  }

  private void fill(long index) {
    new SplittableRandom(seed * 1_000_003 + index).nextBytes(block);
    if (text) {
      for (int i = 0; i < BLOCK; i++) {
        block[i] = ALPHABET[block[i] & 63];
      }
    }
  }

  /** The SHA-256 of what has not been taken yet, in lower-case hexadecimal; takes it all. */
  public String sha256() {
    MessageDigest digest = Sha256.digest();
    for (byte[] next = next(BLOCK); next.length > 0; next = next(BLOCK)) {
      digest.update(next);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
