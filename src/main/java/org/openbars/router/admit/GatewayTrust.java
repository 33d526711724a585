package org.openbars.router.admit;

import java.net.InetAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Knows the API gateway, by the client certificate that its connection was made with or by the
 * network it comes from. To be asked once a connection: it hashes and parses. Immutable; any
 * thread.
 */
public final class GatewayTrust {
  private static final String FINGERPRINT = "sha256:";
  private static final int DNS_NAME = 2;

  private final GatewayConfig config;

  public GatewayTrust(GatewayConfig config) {
    this.config = config;
  }

  /**
   * Whether the other end of a connection is the gateway.
   *
   * @param address the other end's; null where it is not known
   * @param certificate the first that TLS has verified; null for none
   */
  public boolean isGateway(@Nullable InetAddress address, @Nullable Certificate certificate) {
    boolean near =
        address != null && config.networks().stream().anyMatch(network -> network.holds(address));
    return near || (certificate instanceof X509Certificate x509 && isListed(x509));
  }

  private boolean isListed(X509Certificate certificate) {
    if (config.certificates().isEmpty()) {
      return false;
    }
    String fingerprint = fingerprint(certificate);
    return config.certificates().stream()
        .anyMatch(
            listed ->
                listed.startsWith(FINGERPRINT)
                    ? listed.equals(fingerprint)
                    : isNamed(certificate, listed));
  }

  private static String fingerprint(X509Certificate certificate) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return FINGERPRINT + HexFormat.of().formatHex(hash);
    } catch (CertificateEncodingException e) {
      return "";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  /** By its subject's alternative names alone: RFC 9525 gives the common name no say. */
  private static boolean isNamed(X509Certificate certificate, String name) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names != null
          && names.stream()
              .filter(each -> Integer.valueOf(DNS_NAME).equals(each.get(0)))
              .anyMatch(each -> String.valueOf(each.get(1)).toLowerCase(Locale.ROOT).equals(name));
    } catch (CertificateParsingException e) {
      return false;
    }
  }
}
