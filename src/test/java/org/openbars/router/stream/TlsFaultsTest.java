package org.openbars.router.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.NetServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.OutcomeBody;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.TestAuthority;
import org.openbars.router.fixture.TestCertificate;
import org.openbars.router.fixture.TlsReceiver;
import org.openbars.router.message.BarsError;

/** What is wrong between router and receiver is told apart: for the sender, and for operators. */
final class TlsFaultsTest {
  private static final Vertx VERTX = Vertx.vertx();
  @TempDir private static Path folder;
  private static final Map<Engine, RunningRouter> ROUTERS = new EnumMap<>(Engine.class);
  private static NetServer plain;
  private static ServerSocket silent;
  private static ServerSocket gone;
  private static TlsReceiver good;
  private static TlsReceiver strictLater;
  private static TlsReceiver strictLater1;

  /** What speaks TLS. */
  enum Engine {
    OPENSSL,
    JDK
  }

  @BeforeAll
  static void start() throws Exception {
    TestAuthority authority = TestAuthority.in(folder, "authority");
    TestAuthority stranger = TestAuthority.in(folder, "stranger");
    TestCertificate own = authority.write(authority.issue(), "good");
    good = TlsReceiver.start(VERTX, own, each -> each);
    TlsReceiver untrusted =
        TlsReceiver.start(VERTX, stranger.write(stranger.issue(), "untrusted"), each -> each);
    TlsReceiver expired =
        TlsReceiver.start(
            VERTX,
            authority.write(
                authority.issue(
                    each ->
                        each.notBefore(Instant.now().minusSeconds(200_000))
                            .notAfter(Instant.now().minusSeconds(100_000))),
                "expired"),
            each -> each);
    TlsReceiver strict =
        TlsReceiver.start(
            VERTX,
            own,
            each ->
                each.setClientAuth(ClientAuth.REQUIRED)
                    .setTrustOptions(TlsReceiver.trusting(stranger.trust()))
                    .setEnabledSecureTransportProtocols(Set.of("TLSv1.2")));
    strictLater =
        TlsReceiver.start(
            VERTX,
            own,
            each ->
                each.setClientAuth(ClientAuth.REQUIRED)
                    .setTrustOptions(TlsReceiver.trusting(stranger.trust())));
    strictLater1 =
        TlsReceiver.start(
            VERTX,
            own,
            each ->
                each.setClientAuth(ClientAuth.REQUIRED)
                    .setUseAlpn(false)
                    .setTrustOptions(TlsReceiver.trusting(stranger.trust())));
    TlsReceiver old =
        TlsReceiver.start(
            VERTX,
            own,
            each ->
                each.setEnabledSecureTransportProtocols(Set.of("TLSv1.2"))
                    .addEnabledCipherSuite("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"));
    TlsReceiver other =
        TlsReceiver.start(
            VERTX,
            authority.write(
                authority.issueFor(each -> each.addSanDnsName("other.example")), "other"),
            each -> each);
    plain =
        Exchanges.await(
            VERTX
                .createNetServer()
                .connectHandler(
                    socket -> socket.write("HTTP/1.1 400 Bad Request\r\n\r\n").onFailure(e -> {}))
                .listen(0, "127.0.0.1"));
    NetServer closing =
        Exchanges.await(
            VERTX
                .createNetServer()
                .connectHandler(socket -> socket.handler(hello -> closed(socket.close())))
                .listen(0, "127.0.0.1"));
    silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    gone = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    gone.close();
    TestCertificate client = authority.write(authority.issue(), "client");
    for (Engine engine : Engine.values()) {
      ROUTERS.put(
          engine,
          RunningRouter.setup()
              .target("good", good.url())
              .target("untrusted", untrusted.url())
              .target("expired", expired.url())
              .target("other", other.url())
              .target("closing", "https://127.0.0.1:" + closing.actualPort())
              .target("strict", strict.url())
              .target("strict-later", strictLater.url())
              .target("strict-later-1", strictLater1.url())
              .target("old", old.url())
              .target("plain", "https://127.0.0.1:" + plain.actualPort())
              .target("silent", "https://127.0.0.1:" + silent.getLocalPort())
              .target("gone", "https://127.0.0.1:" + gone.getLocalPort())
              .target("inside", good.url().replace("127.0.0.1", "localhost"))
              .target("no-name", "https://no-such-host.invalid")
              .set("node.tls-engine", engine.name().toLowerCase(Locale.ROOT))
              .set("stream.connect-timeout", "10s")
              .receiver(
                  "  \"127.0.0.1:" + silent.getLocalPort() + "\":", "    connect-timeout: 300ms")
              .set("stream.tls.trust", authority.trust())
              .set("stream.tls.certificate", client.certificate())
              .set("stream.tls.key", client.key())
              .start());
    }
  }

  @AfterAll
  static void stop() throws IOException {
    ROUTERS.values().forEach(RunningRouter::close);
    silent.close();
    Exchanges.await(VERTX.close());
  }

  private static void closed(Future<Void> end) {
    end.onFailure(e -> {});
  }

  private static RawAnswer send(Engine engine, String target) {
    return RawSender.exchange(
        ROUTERS.get(engine).port(), RawRequest.message("GET", "/Slot", target));
  }

  private static boolean counted(Engine engine, String reason) {
    return counted(engine, reason, "");
  }

  private static boolean counted(Engine engine, String reason, String receiver) {
    return ROUTERS
        .get(engine)
        .process()
        .node()
        .meters()
        .scrape()
        .lines()
        .anyMatch(
            line ->
                line.startsWith("bars_receiver_connect_failed_total")
                    && line.contains("reason=\"" + reason + "\"")
                    && line.contains(receiver));
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource({
    "OPENSSL, untrusted, tls_untrusted",
    "JDK, untrusted, tls_untrusted",
    "OPENSSL, expired, tls_expired",
    "JDK, expired, tls_expired",
    "OPENSSL, strict, tls_refused_us",
    "JDK, strict, tls_refused_us",
    "OPENSSL, old, tls_no_common_terms",
    "JDK, old, tls_no_common_terms",
    "OPENSSL, plain, tls_no_common_terms",
    "JDK, plain, tls_no_common_terms",
    "OPENSSL, other, tls_wrong_name",
    "JDK, other, tls_wrong_name",
    "OPENSSL, closing, tls_broke_off",
    "JDK, closing, tls_broke_off"
  })
  void tlsThatFailsIsToldFromAbsence(Engine engine, String target, String reason) {
    RawAnswer answer = send(engine, target);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(OutcomeBody.of(answer).diagnostics())
        .isEqualTo(BarsError.RECEIVER_TLS_FAILED.diagnostics());
    assertThat(counted(engine, reason)).isTrue();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "silent, timed_out, RECEIVER_UNREACHABLE",
    "gone, refused, RECEIVER_UNREACHABLE",
    "no-name, not_resolved, RECEIVER_NOT_RESOLVED",
    "inside, inside_address, RECEIVER_NOT_RESOLVED"
  })
  void absenceIsToldFromTls(String target, String reason, BarsError error) {
    RawAnswer answer = send(Engine.OPENSSL, target);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(OutcomeBody.of(answer).diagnostics()).isEqualTo(error.diagnostics());
    assertThat(counted(Engine.OPENSSL, reason)).isTrue();
  }

  /** With TLS 1.3 a client is done before the receiver has seen its certificate. */
  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource({
    "OPENSSL, strict-later, tls_broke_off",
    "JDK, strict-later, tls_broke_off",
    "OPENSSL, strict-later-1, tls_refused_us",
    "JDK, strict-later-1, tls_refused_us"
  })
  void certificateRefusedAfterTheHandshakeIsCountedAsWell(
      Engine engine, String target, String reason) {
    assertThat(send(engine, target).status()).isEqualTo(503);
    int port = target.endsWith("1") ? strictLater1.port() : strictLater.port();
    assertThat(counted(engine, reason, ":" + port)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"OPENSSL", "JDK"})
  void endOfTheReceiversCertificateIsShown(Engine engine) {
    assertThat(send(engine, "good").status()).isEqualTo(200);
    assertThat(
            ROUTERS
                .get(engine)
                .process()
                .node()
                .meters()
                .registry()
                .get("bars.receiver.certificate.expiry.seconds")
                .tag("receiver", "127.0.0.1:" + good.port())
                .gauge()
                .value())
        .isPositive();
  }
}
