package org.openbars.router.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class GeneratedBodyTest {
  private static String takenInPiecesOf(int piece, GeneratedBody body) {
    MessageDigest digest = Sha256.digest();
    for (byte[] next = body.next(piece); next.length > 0; next = body.next(piece)) {
      digest.update(next);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Test
  void theBytesDoNotDependOnThePieces() {
    String whole = GeneratedBody.random(7, 1_000_003).sha256();

    assertThat(takenInPiecesOf(1000, GeneratedBody.random(7, 1_000_003))).isEqualTo(whole);
    assertThat(takenInPiecesOf(1 << 20, GeneratedBody.random(7, 1_000_003))).isEqualTo(whole);
  }

  @Test
  void anotherSeedOrSizeIsAnotherBody() {
    String hash = GeneratedBody.random(7, 100_000).sha256();

    assertThat(GeneratedBody.random(8, 100_000).sha256()).isNotEqualTo(hash);
    assertThat(GeneratedBody.random(7, 100_001).sha256()).isNotEqualTo(hash);
  }

  @Test
  void textIsPrintable() {
    for (byte next : GeneratedBody.text(1, 70_000).next(64 * 1024)) {
      assertThat(next == '\n' || (next >= ' ' && next < 127)).isTrue();
    }
  }
}
