package org.openbars.router.ledger;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where one chain ends. There is one chain for each UTC day and node, so that erasing a day takes
 * whole chains with it. Immutable.
 */
public final class ChainHead {
  /** Whose records are in the chain. */
  public record Key(LocalDate day, String node) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::day).thenComparing(Key::node);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
      return day + " " + node;
    }
  }

  private final Key key;
  private final long length;
  private final byte[] hash;

  private ChainHead(Key key, long length, byte[] hash) {
    this.key = key;
    this.length = length;
    this.hash = hash;
  }

  /** A chain without a record. */
  public static ChainHead start(Key key) {
    return new ChainHead(key, 0, new LinkHash().start(key));
  }

  /**
   * A chain as it was stored.
   *
   * @throws IllegalArgumentException when {@code hash} is not 32 bytes or {@code length} negative
   */
  public static ChainHead stored(Key key, long length, byte[] hash) {
    if (hash.length != LinkHash.BYTES || length < 0) {
      throw new IllegalArgumentException("chain " + key + " has a head that is none");
    }
    return new ChainHead(key, length, hash.clone());
  }

  /** The chain with one record more: its columns' values in the order of their names. */
  public ChainHead then(List<? extends @Nullable Object> values, LinkedBytes bytes) {
    if (values.size() != LinkedColumns.NAMES.size()) {
      throw new IllegalArgumentException("a link covers " + LinkedColumns.NAMES.size() + " values");
    }
    bytes.clear();
    values.forEach(bytes::add);
    byte[] next = new byte[LinkHash.BYTES];
    new LinkHash().next(hash, LinkedColumns.VERSION, bytes.array(), 0, bytes.length(), next);
    return new ChainHead(key, length + 1, next);
  }

  public Key key() {
    return key;
  }

  /** Records in the chain; the position of its last one. */
  public long length() {
    return length;
  }

  boolean hasHash(byte[] other) {
    return Arrays.equals(hash, other);
  }

  /** The last link's hash, 32 bytes. */
  public byte[] hash() {
    return hash.clone();
  }
}
