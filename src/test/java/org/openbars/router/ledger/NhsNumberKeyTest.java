package org.openbars.router.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.message.NhsNumber;

class NhsNumberKeyTest {
  private static final NhsNumber NUMBER =
      IntStream.range(0, 100)
          .mapToObj(n -> String.valueOf(9_990_000_000L + n))
          .flatMap(digits -> NhsNumber.parse(digits).stream())
          .findFirst()
          .orElseThrow();

  @TempDir Path folder;

  @Test
  void keyIsMadeOnceForThisUserOnly() throws IOException {
    Path file = folder.resolve("nhs-number.key");

    byte[] first = NhsNumberKey.readOrMake(file).hash(NUMBER);

    assertThat(NhsNumberKey.readOrMake(file).hash(NUMBER)).isEqualTo(first);
    assertThat(NhsNumberKey.ofThisProcess().hash(NUMBER)).isNotEqualTo(first);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(folder.toFile().list()).containsExactly("nhs-number.key");
  }

  @Test
  void hashIsTheKeysNameAndHmacSha256OfTheDigits() throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "0f".repeat(32) + "\n");
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(HexFormat.of().parseHex("0f".repeat(32)), "HmacSHA256"));
    byte[] name = mac.doFinal("name".getBytes(StandardCharsets.US_ASCII));
    byte[] expected = mac.doFinal(NUMBER.digits().getBytes(StandardCharsets.US_ASCII));

    byte[] hash = NhsNumberKey.read(file).hash(NUMBER);

    assertThat(Arrays.copyOf(hash, 4)).isEqualTo(Arrays.copyOf(name, 4));
    assertThat(Arrays.copyOfRange(hash, 4, 36)).isEqualTo(expected);
  }

  @Test
  void fileThatHoldsNoKeyIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("key"), "secret");

    assertThatThrownBy(() -> NhsNumberKey.readOrMake(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64 hexadecimal digits");
  }
}
