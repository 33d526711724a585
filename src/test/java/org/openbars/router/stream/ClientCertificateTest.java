package org.openbars.router.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.X509Bundle;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import java.net.Socket;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.TestAuthority;
import org.openbars.router.fixture.TestCertificate;
import org.openbars.router.fixture.TlsReceiver;
import org.openbars.router.fixture.TlsSender;

/** Who shows whom a certificate, on both sides of the router. */
final class ClientCertificateTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final KeyManager[] NONE = {};
  private static final RawRequest SLOTS = RawRequest.message("GET", "/Slot", "good");
  @TempDir private static Path folder;
  private static TestAuthority authority;
  private static TestAuthority stranger;
  private static TestCertificate own;
  private static RunningReceivers receivers;

  @BeforeAll
  static void start() throws Exception {
    authority = TestAuthority.in(folder, "authority");
    stranger = TestAuthority.in(folder, "stranger");
    own = authority.write(authority.issue(), "own");
    receivers = RunningReceivers.start();
  }

  @AfterAll
  static void stop() {
    receivers.close();
    Exchanges.await(VERTX.close());
  }

  private static RunningRouter.Setup listening(String engine) {
    return RunningRouter.setup()
        .target("good", receivers.url(""))
        .set("node.tls-engine", engine.toLowerCase(Locale.ROOT))
        .set("listen.tls.certificate", own.certificate())
        .set("listen.tls.key", own.key());
  }

  /** Shows a certificate of this issuer, whomever the router trusts. */
  private static KeyManager[] of(TestAuthority issuer) throws Exception {
    X509Bundle bundle = issuer.issue();
    return new KeyManager[] {new Stubborn(bundle)};
  }

  private static final class Stubborn extends X509ExtendedKeyManager {
    private final X509Bundle bundle;

    Stubborn(X509Bundle bundle) {
      this.bundle = bundle;
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {"own"};
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return "own";
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return "none";
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return bundle.getCertificatePath();
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return bundle.getKeyPair().getPrivate();
    }
  }

  private static int status(int port, KeyManager[] certificate, String... protocols) {
    try (TlsSender sender = TlsSender.to(port, authority.trust(), certificate, protocols)) {
      return sender.exchange(SLOTS).status();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"openssl", "jdk"})
  void senderMustShowACertificateThatIsTrusted(String engine) throws Exception {
    try (RunningRouter router =
        listening(engine).set("listen.tls.client-trust", authority.trust()).start()) {
      assertThat(status(router.port(), of(authority))).isEqualTo(200);
      assertThatThrownBy(() -> status(router.port(), NONE)).isInstanceOf(RuntimeException.class);
      KeyManager[] strange = of(stranger);
      assertThatThrownBy(() -> status(router.port(), strange)).isInstanceOf(RuntimeException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"openssl", "jdk"})
  void senderMayShowNoneWhereThatIsSaid(String engine) throws Exception {
    try (RunningRouter router =
        listening(engine)
            .set("listen.tls.client-trust", authority.trust())
            .set("listen.tls.client-certificate", "optional")
            .start()) {
      assertThat(status(router.port(), of(authority))).isEqualTo(200);
      assertThat(status(router.port(), NONE)).isEqualTo(200);
      KeyManager[] strange = of(stranger);
      assertThatThrownBy(() -> status(router.port(), strange)).isInstanceOf(RuntimeException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "openssl, TLSv1.2",
    "openssl, TLSv1.3",
    "jdk, TLSv1.2",
    "jdk, TLSv1.3",
  })
  void bothVersionsAreSpokenWithSuitesThatKeepThePastSafe(String engine, String protocol) {
    try (RunningRouter router = listening(engine).start();
        TlsSender sender = TlsSender.to(router.port(), authority.trust(), NONE, protocol)) {
      assertThat(sender.terms()).startsWith(protocol + " TLS_").containsAnyOf("GCM", "CHACHA20");
      assertThat(sender.exchange(SLOTS).status()).isEqualTo(200);
    }
  }

  @Test
  void receiverIsShownTheCertificateOfItsOwnEntry() throws Exception {
    TestCertificate common = authority.write(authority.issue(), "common");
    X509Bundle special = authority.issue();
    TestCertificate its = authority.write(special, "special");
    TlsReceiver asking = asking();
    TlsReceiver other = asking();
    try (RunningRouter router =
        RunningRouter.setup()
            .target("special", asking.url())
            .target("other", other.url())
            .set("stream.tls.trust", authority.trust())
            .set("stream.tls.certificate", common.certificate())
            .set("stream.tls.key", common.key())
            .receiver(
                "  \"127.0.0.1:" + asking.port() + "\":",
                "    tls:",
                "      certificate: " + its.certificate(),
                "      key: " + its.key())
            .start()) {
      for (String target : List.of("special", "other")) {
        RawRequest request = RawRequest.message("GET", "/Slot", target);
        assertThat(RawSender.exchange(router.port(), request).status()).isEqualTo(200);
      }
    }
    assertThat(asking.shown()).containsExactly(special.getCertificate());
    assertThat(other.shown()).hasSize(1).doesNotContain(special.getCertificate());
  }

  private static TlsReceiver asking() {
    return TlsReceiver.start(
        VERTX,
        own,
        each ->
            each.setClientAuth(ClientAuth.REQUIRED)
                .setTrustOptions(TlsReceiver.trusting(authority.trust())));
  }
}
