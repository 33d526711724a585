package org.openbars.router.ledger;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Compares NHS numbers with the hashes that stand for them in the chain. Not thread-safe. */
final class NumberCheck {
  private static final int NAME_BYTES = NhsNumberKey.HASH_BYTES - LinkHash.BYTES;

  private final List<NhsNumberKey> keys;
  private final Map<String, Long> unchecked = new TreeMap<>();
  private final byte[] hash = new byte[NhsNumberKey.HASH_BYTES];

  NumberCheck(List<NhsNumberKey> keys) {
    this.keys = List.copyOf(keys);
  }

  /** Whether both are there and agree, or neither is; without the key, whether both are there. */
  boolean holds(CopyRows row, int number, int stored) {
    int length = row.length(stored);
    if (length < 0 || row.length(number) < 0) {
      return length < 0 && row.length(number) < 0;
    }
    if (length != NhsNumberKey.HASH_BYTES) {
      return false;
    }
    byte[] buffer = row.buffer();
    int at = row.offset(stored);
    for (NhsNumberKey key : keys) {
      if (key.made(buffer, at)) {
        key.hash(buffer, row.offset(number), row.length(number), hash);
        return Arrays.equals(buffer, at, at + hash.length, hash, 0, hash.length);
      }
    }
    unchecked.merge(HexFormat.of().formatHex(buffer, at, at + NAME_BYTES), 1L, Long::sum);
    return true;
  }

  /** How many numbers could not be compared, by the name of the key that was not given. */
  Map<String, Long> unchecked() {
    return Map.copyOf(unchecked);
  }
}
