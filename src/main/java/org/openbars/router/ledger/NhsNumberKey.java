package org.openbars.router.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;
import org.openbars.router.message.NhsNumber;

/**
 * The key of the hashes that stand for NHS numbers in a chain. A number has few values, so a hash
 * without a key could be looked up. The file holds 64 hexadecimal digits. Not thread-safe.
 */
public final class NhsNumberKey {
  /** Bytes of a hash: which key it was made with, then HMAC-SHA-256 of the ten digits. */
  static final int HASH_BYTES = NhsNumberKey.NAME_BYTES + LinkHash.BYTES;

  private static final int NAME_BYTES = 4;
  private static final int KEY_BYTES = 32;
  private static final String ALGORITHM = "HmacSHA256";

  private final byte[] name;
  private final Mac mac;

  private NhsNumberKey(byte[] key) {
    try {
      mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
    name = Arrays.copyOf(mac.doFinal("name".getBytes(StandardCharsets.US_ASCII)), NAME_BYTES);
  }

  /**
   * Reads a key's file.
   *
   * @throws IllegalArgumentException when it does not hold 64 hexadecimal digits
   */
  public static NhsNumberKey read(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
    if (text.length() != 2 * KEY_BYTES || !text.chars().allMatch(HexFormat::isHexDigit)) {
      throw new IllegalArgumentException(file + " is not a key: 64 hexadecimal digits");
    }
    return new NhsNumberKey(HexFormat.of().parseHex(text));
  }

  /** Reads the key, or makes one that only this user may read when there is none. */
  public static NhsNumberKey readOrMake(Path file) throws IOException {
    if (!Files.exists(file)) {
      Path made = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
      Files.deleteIfExists(made);
      try (FileChannel out =
          FileChannel.open(
              made, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), onlyOurs())) {
        out.write(StandardCharsets.US_ASCII.encode(HexFormat.of().formatHex(random()) + "\n"));
        out.force(true);
      }
      try {
        // A link, not a move: it never replaces the key of a process that was quicker.
        Files.createLink(file, made);
      } catch (FileAlreadyExistsException e) {
        return read(file);
      } finally {
        Files.deleteIfExists(made);
      }
    }
    return read(file);
  }

  private static FileAttribute<?>[] onlyOurs() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /** A key that ends with the process: its hashes can never be compared with a number again. */
  public static NhsNumberKey ofThisProcess() {
    return new NhsNumberKey(random());
  }

  private static byte[] random() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return key;
  }

  /** The bytes that stand for {@code number}. */
  public byte[] hash(NhsNumber number) {
    byte[] digits = number.digits().getBytes(StandardCharsets.US_ASCII);
    byte[] hash = new byte[HASH_BYTES];
    hash(digits, 0, digits.length, hash);
    return hash;
  }

  void hash(byte[] digits, int offset, int length, byte[] into) {
    mac.update(digits, offset, length);
    System.arraycopy(name, 0, into, 0, NAME_BYTES);
    try {
      mac.doFinal(into, NAME_BYTES);
    } catch (ShortBufferException e) {
      throw new IllegalStateException("a hash is " + HASH_BYTES + " bytes", e);
    }
  }

  /** Whether a stored hash was made with this key. */
  boolean made(byte[] bytes, int offset) {
    return Arrays.equals(bytes, offset, offset + NAME_BYTES, name, 0, NAME_BYTES);
  }
}
