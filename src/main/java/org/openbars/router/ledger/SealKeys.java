package org.openbars.router.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;

/** Ed25519 keys of seals, in PEM files as {@code openssl genpkey -algorithm ed25519} makes them. */
public final class SealKeys {
  private static final String ALGORITHM = "Ed25519";
  private static final int NAME_BYTES = 8;

  private SealKeys() {}

  /**
   * Reads a private key, PKCS#8.
   *
   * @throws IllegalArgumentException when the file holds none
   */
  public static PrivateKey privateKey(Path file) throws IOException {
    byte[] der = der(file, "PRIVATE KEY");
    try {
      return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException e) {
      throw notAKey(file, "private", e);
    }
  }

  /**
   * Reads a public key, SubjectPublicKeyInfo.
   *
   * @throws IllegalArgumentException when the file holds none
   */
  public static PublicKey publicKey(Path file) throws IOException {
    byte[] der = der(file, "PUBLIC KEY");
    try {
      return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(der));
    } catch (GeneralSecurityException e) {
      throw notAKey(file, "public", e);
    }
  }

  /** Makes a private key in a new file that its owner alone may read. */
  public static void make(Path file) throws IOException {
    byte[] der;
    try {
      der = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair().getPrivate().getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java 17 has " + ALGORITHM, e);
    }
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        file,
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getEncoder().encodeToString(der)
            + "\n-----END PRIVATE KEY-----\n");
  }

  /** The public half: what a generator makes that draws the private key's own bytes. */
  public static PublicKey publicHalf(PrivateKey key) {
    byte[] seed =
        key instanceof EdECPrivateKey edwards
            ? edwards.getBytes().orElse(new byte[0])
            : new byte[0];
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
      generator.initialize(NamedParameterSpec.ED25519, new Drawn(seed));
      KeyPair pair = generator.generateKeyPair();
      return pair.getPublic();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java 17 has " + ALGORITHM, e);
    }
  }

  /** What a seal line calls a key: the first 8 bytes of the SHA-256 of its encoding. */
  static String name(PublicKey key) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
      return HexFormat.of().formatHex(hash, 0, NAME_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static byte[] der(Path file, String kind) throws IOException {
    String text = Files.readString(file, StandardCharsets.US_ASCII);
    String begin = "-----BEGIN " + kind + "-----";
    int from = text.indexOf(begin);
    int to = text.indexOf("-----END " + kind + "-----");
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(
          file + " holds no " + kind.toLowerCase(java.util.Locale.ROOT) + " in PEM");
    }
    try {
      return Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + " is not good PEM", e);
    }
  }

  private static IllegalArgumentException notAKey(Path file, String half, Exception e) {
    return new IllegalArgumentException(
        file + " holds no " + half + " key of the kind " + ALGORITHM, e);
  }

  /** Gives the bytes it was made with. */
  private static final class Drawn extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final byte[] seed;

    Drawn(byte[] seed) {
      this.seed = seed.clone();
    }

    @Override
    public void nextBytes(byte[] bytes) {
      if (bytes.length != seed.length) {
        throw new IllegalStateException("the private key cannot be read");
      }
      System.arraycopy(seed, 0, bytes, 0, bytes.length);
    }
  }
}
