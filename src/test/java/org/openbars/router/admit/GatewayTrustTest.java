package org.openbars.router.admit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fixture.TestCertificate;

/** Who is taken for the gateway. */
class GatewayTrustTest {
  private static X509Certificate named;
  private static X509Certificate unnamed;

  @BeforeAll
  static void certificates(@TempDir Path folder) throws Exception {
    named =
        read(
            TestCertificate.in(folder.resolve("a"), "CN=other", "DNS:Gateway.example")
                .certificate());
    // Only its common name says so.
    unnamed =
        read(
            TestCertificate.in(folder.resolve("b"), "CN=gateway.example", "IP:127.0.0.1")
                .certificate());
  }

  private static X509Certificate read(Path pem) throws Exception {
    try (InputStream in = Files.newInputStream(pem)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static GatewayTrust trust(List<String> certificates, String... networks) {
    return new GatewayTrust(
        new GatewayConfig("X-App", certificates, Stream.of(networks).map(Network::parse).toList()));
  }

  @Test
  void certificateIsKnownByItsNameOrFingerprintAlone() throws Exception {
    String fingerprint =
        "sha256:"
            + HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(named.getEncoded()));

    assertThat(trust(List.of("gateway.example")).isGateway(null, named)).isTrue();
    assertThat(trust(List.of("gateway.example")).isGateway(null, unnamed)).isFalse();
    assertThat(trust(List.of("example")).isGateway(null, named)).isFalse();
    assertThat(trust(List.of(fingerprint)).isGateway(null, named)).isTrue();
    assertThat(trust(List.of(fingerprint)).isGateway(null, unnamed)).isFalse();
    assertThat(trust(List.of("gateway.example", fingerprint)).isGateway(null, null)).isFalse();
  }

  @Test
  void networksHoldTheirAddressesAlone() throws Exception {
    GatewayTrust trust = trust(List.of(), "10.1.0.0/16", "192.0.2.7", "fd00::/8");

    for (String inside : List.of("10.1.0.0", "10.1.255.255", "192.0.2.7", "fd12::1")) {
      assertThat(trust.isGateway(InetAddress.getByName(inside), null)).as(inside).isTrue();
    }
    for (String outside : List.of("10.2.0.1", "9.255.255.255", "192.0.2.8", "fe80::1", "::1")) {
      assertThat(trust.isGateway(InetAddress.getByName(outside), null)).as(outside).isFalse();
    }
    assertThat(trust.isGateway(null, null)).isFalse();
  }

  /** As a socket of both families gives an IPv4 address. */
  @Test
  void mappedAddressIsTheAddressItMaps() throws Exception {
    assertThat(
            trust(List.of(), "10.1.0.0/16")
                .isGateway(InetAddress.getByName("::ffff:10.1.2.3"), null))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "gateway.example", "10.1.0.0/", "10.1.0.0/33", "10.1.0.0/-1", "fe80::1%eth0"})
  void whatIsNoNetworkIsRefused(String text) {
    assertThatThrownBy(() -> Network.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
