package org.openbars.router.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.Exchanges.Answered;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.TestCertificate;
import org.openbars.router.sandbox.MockReceivers;

/** https on both sides: HTTP/2 where it is offered, certificates and names always checked. */
final class TlsTest {
  private static final Vertx VERTX = Vertx.vertx();
  @TempDir private static Path folder;
  private static TestCertificate certificate;
  private static RunningReceivers receivers;

  @BeforeAll
  static void start() throws Exception {
    certificate = TestCertificate.in(folder);
    receivers =
        RunningReceivers.start(
            MockReceivers.Options.loopback()
                .withTls(
                    new MockReceivers.Tls(certificate.certificate(), certificate.key(), null)));
  }

  @AfterAll
  static void stop() {
    receivers.close();
    Exchanges.await(VERTX.close());
  }

  private static RunningRouter.Setup trusting() {
    return RunningRouter.setup()
        .target("echo", receivers.url("echo"))
        .target("other-name", receivers.url("echo").replace("127.0.0.1", "localhost"))
        .target("cut", receivers.url("reset=mid-body,body=random,size=1MiB"))
        .set("stream.inside-networks", "127.0.0.0/8,::1/128")
        .set("stream.tls.trust", certificate.certificate());
  }

  private static Answered send(
      RunningRouter router, String target, HttpVersion version, String scheme) {
    String url = router.url("/$process-message").replace("http:", scheme + ":");
    RequestOptions to =
        Exchanges.to(HttpMethod.POST, url)
            .putHeader("NHSD-Target-Identifier", RunningRouter.header(target));
    return Exchanges.await(new Exchanges(VERTX, version).exchange(to, Buffer.buffer("a message")));
  }

  @Test
  void receiverThatOffersHttp2GetsIt() {
    try (RunningRouter router = trusting().start()) {
      Answered answered = send(router, "echo", HttpVersion.HTTP_1_1, "http");
      assertThat(answered.body().toString()).isEqualTo("a message");
      assertThat(receivers.last().version()).isEqualTo(HttpVersion.HTTP_2);
      assertThat(receivers.last().header("Via")).hasValue("1.1 bars-router");
    }
  }

  /** Its body may end with its last byte or with an empty frame after it, as chance has it. */
  @Test
  void answersOfAnHttp2ReceiverArriveWhole() {
    try (RunningRouter router = trusting().start()) {
      for (int i = 0; i < 100; i++) {
        HttpVersion version = i % 2 == 0 ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_2;
        Answered answered = send(router, "echo", version, "http");
        assertThat(answered.failure()).isEmpty();
        assertThat(answered.body().toString()).isEqualTo("a message");
      }
    }
  }

  @Test
  void http2CanBeTurnedOff() {
    try (RunningRouter router = trusting().set("stream.http2", false).start()) {
      Answered answered = send(router, "echo", HttpVersion.HTTP_2, "http");
      assertThat(answered.body().toString()).isEqualTo("a message");
      assertThat(receivers.last().version()).isEqualTo(HttpVersion.HTTP_1_1);
    }
  }

  @Test
  void receiverWhoseCertificateIsNotTrustedGetsNothing() {
    long before = receivers.arrived();
    try (RunningRouter router =
        RunningRouter.setup().target("echo", receivers.url("echo")).start()) {
      Answered answered = send(router, "echo", HttpVersion.HTTP_1_1, "http");
      assertThat(answered.status()).isEqualTo(503);
      assertThat(answered.body().toString()).contains("secure connection");
    }
    assertThat(receivers.arrived()).isEqualTo(before);
  }

  @Test
  void receiverOfAnotherNameThanItsCertificateGetsNothing() {
    long before = receivers.arrived();
    try (RunningRouter router = trusting().start()) {
      Answered answered = send(router, "other-name", HttpVersion.HTTP_1_1, "http");
      assertThat(answered.status()).isEqualTo(503);
      assertThat(answered.body().toString()).contains("secure connection");
    }
    assertThat(receivers.arrived()).isEqualTo(before);
  }

  @Test
  void answerCutOffInAnHttp2StreamIsResetAtTheSender() {
    try (RunningRouter router = trusting().start()) {
      Answered answered = send(router, "cut", HttpVersion.HTTP_1_1, "http");
      assertThat(answered.failure()).isNotEmpty();
    }
  }

  @Test
  void sendersAreServedOverTlsInBothVersions() {
    try (RunningRouter router =
        trusting()
            .set("listen.tls.certificate", certificate.certificate())
            .set("listen.tls.key", certificate.key())
            .start()) {
      for (HttpVersion version : new HttpVersion[] {HttpVersion.HTTP_1_1, HttpVersion.HTTP_2}) {
        Answered answered = send(router, "echo", version, "https");
        assertThat(answered.version()).isEqualTo(version);
        assertThat(answered.body().toString()).isEqualTo("a message");
      }
    }
  }
}
