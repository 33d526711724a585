package org.openbars.router.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The chain's one-way step, SHA-256. Holds a digest: not thread-safe. */
final class LinkHash {
  static final int BYTES = 32;

  private final MessageDigest digest;

  LinkHash() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** What stands before a chain's first link: the hash of its node's name and day. */
  byte[] start(ChainHead.Key key) {
    byte[] node = key.node().getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, node.length));
    digest.update(node);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, LinkedBytes.days(key.day())));
    return digest.digest();
  }

  /** Writes SHA-256(previous, version, bytes) into {@code into}. */
  void next(byte[] previous, int version, byte[] bytes, int offset, int length, byte[] into) {
    digest.update(previous, 0, BYTES);
    digest.update((byte) version);
    digest.update(bytes, offset, length);
    try {
      digest.digest(into, 0, BYTES);
    } catch (DigestException e) {
      throw new IllegalStateException("a link's hash is 32 bytes", e);
    }
  }

  byte[] of(byte[] bytes) {
    return digest.digest(bytes);
  }
}
