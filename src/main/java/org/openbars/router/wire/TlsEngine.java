package org.openbars.router.wire;

import io.netty.handler.ssl.OpenSsl;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.SSLEngineOptions;
import io.vertx.core.net.SSLOptions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What speaks TLS, and how, on both sides: TLS 1.2 and 1.3 with suites that keep past messages safe
 * when a key is lost and authenticate what they encrypt. BoringSSL costs a half to an eighth of the
 * JDK's CPU: docs/decisions/0015.
 */
public enum TlsEngine {
  OPENSSL,
  JDK;

  private static final Set<String> PROTOCOLS = new LinkedHashSet<>(List.of("TLSv1.3", "TLSv1.2"));

  private static final List<String> SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  /**
   * The one to use.
   *
   * @param name {@code auto}, or the one that must be used, {@code openssl} or {@code jdk}
   * @throws IllegalArgumentException when the one named is not available here
   */
  public static TlsEngine of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "jdk" -> JDK;
      case "openssl" -> {
        if (!OpenSsl.isAvailable()) {
          throw new IllegalArgumentException(
              "node.tls-engine: openssl is not available here: " + OpenSsl.unavailabilityCause());
        }
        yield OPENSSL;
      }
      default -> OpenSsl.isAvailable() ? OPENSSL : JDK;
    };
  }

  /** For a server or a client to be made with. */
  public SSLEngineOptions engineOptions() {
    return this == OPENSSL ? new OpenSSLEngineOptions() : new JdkSSLEngineOptions();
  }

  /** Sets versions and suites. */
  public void into(SSLOptions options) {
    options.setEnabledSecureTransportProtocols(PROTOCOLS);
    SUITES.forEach(options::addEnabledCipherSuite);
  }
}
