package org.openbars.router.wire;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SSLOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.core.net.impl.KeyStoreHelper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * What {@link PemFiles} held at one moment, taken apart and found to belong together. Immutable,
 * and equal to itself alone: connections of different credentials never share a pool.
 */
public final class Credentials {
  private final Map<Path, Buffer> content;
  private final @Nullable KeyCertOptions key;
  private final @Nullable TrustOptions trust;

  private Credentials(
      Map<Path, Buffer> content, @Nullable KeyCertOptions key, @Nullable TrustOptions trust) {
    this.content = content;
    this.key = key;
    this.trust = trust;
  }

  /**
   * Reads the files, each once. Blocking.
   *
   * @throws IOException naming the file and what is wrong with it; holds nothing of a key
   */
  static Credentials read(PemFiles files) throws IOException {
    Map<Path, Buffer> content = content(files);
    return new Credentials(
        content,
        files.certificate() == null || files.key() == null
            ? null
            : key(files.certificate(), files.key(), content),
        files.trust() == null ? null : trust(files.trust(), content));
  }

  private static Map<Path, Buffer> content(PemFiles files) throws IOException {
    Map<Path, Buffer> content = new HashMap<>();
    for (Path file : files.all()) {
      content.put(file, Buffer.buffer(Files.readAllBytes(file)));
    }
    return content;
  }

  /** Whether the files say something else by now. Blocking. */
  boolean differ(PemFiles files) throws IOException {
    return !content.equals(content(files));
  }

  private static KeyCertOptions key(Path certificate, Path key, Map<Path, Buffer> content)
      throws IOException {
    try {
      KeyStore store =
          KeyStoreHelper.loadKeyCert(
              List.of(content.getOrDefault(key, Buffer.buffer())),
              List.of(content.getOrDefault(certificate, Buffer.buffer())));
      char[] password = KeyStoreHelper.DUMMY_PASSWORD.toCharArray();
      String alias = store.aliases().nextElement();
      X509Certificate leaf = (X509Certificate) store.getCertificate(alias);
      if (!fits((PrivateKey) store.getKey(alias, password), leaf)) {
        throw new IOException(key + ": is not the key of " + certificate);
      }
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, password);
      return KeyCertOptions.wrap(factory);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(
          certificate + ", " + key + ": are not a certificate and its key in PEM", e);
    }
  }

  /** A key of another certificate would fail each handshake, and only there. */
  private static boolean fits(PrivateKey key, X509Certificate certificate)
      throws GeneralSecurityException {
    String algorithm = key.getAlgorithm();
    Signature signature =
        Signature.getInstance(
            switch (algorithm) {
              case "RSA" -> "SHA256withRSA";
              case "EC" -> "SHA256withECDSA";
              default -> algorithm;
            });
    if (!certificate.getPublicKey().getAlgorithm().equals(algorithm)) {
      return false;
    }
    byte[] sample = certificate.getSerialNumber().toByteArray();
    signature.initSign(key);
    signature.update(sample);
    byte[] signed = signature.sign();
    signature.initVerify(certificate.getPublicKey());
    signature.update(sample);
    return signature.verify(signed);
  }

  private static TrustOptions trust(Path file, Map<Path, Buffer> content) throws IOException {
    try {
      KeyStore store =
          KeyStoreHelper.loadCA(Stream.of(content.getOrDefault(file, Buffer.buffer())));
      if (store.size() == 0) {
        throw new IOException(file + ": holds no certificate");
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return TrustOptions.wrap(factory);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(file + ": is not a list of certificates in PEM", e);
    }
  }

  /** Sets them into the options of a server or a client. */
  public void into(SSLOptions options) {
    options.setKeyCertOptions(key);
    options.setTrustOptions(trust);
  }
}
