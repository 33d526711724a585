package org.openbars.router.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.pkitesting.X509Bundle;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.TestAuthority;
import org.openbars.router.fixture.TestCertificate;
import org.openbars.router.fixture.TlsSender;

/** Certificates are replaced under load, and nobody notices but those who look at them. */
final class CertificateSwapTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final RawRequest MESSAGE =
      RawRequest.message("POST", "/$process-message", "tls").body("{}");
  @TempDir private static Path folder;
  private static TestAuthority authority;
  private static TestCertificate listening;
  private static TestCertificate client;
  private static HttpServer receiver;
  private static RunningRouter router;

  /** Serial numbers of the client certificates that came with the latest connections. */
  private static final List<BigInteger> SEEN = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    authority = TestAuthority.in(folder, "authority");
    listening = authority.write(authority.issue(), "listening");
    client = authority.write(authority.issue(), "client");
    TestCertificate theirs = authority.write(authority.issue(), "receiver");
    receiver =
        Exchanges.await(
            VERTX
                .createHttpServer(
                    new HttpServerOptions()
                        .setSsl(true)
                        .setUseAlpn(true)
                        .setClientAuth(ClientAuth.REQUIRED)
                        .setKeyCertOptions(
                            new PemKeyCertOptions()
                                .addCertPath(theirs.certificate().toString())
                                .addKeyPath(theirs.key().toString()))
                        .setTrustOptions(
                            new PemTrustOptions().addCertPath(authority.trust().toString())))
                .requestHandler(
                    request -> {
                      SEEN.add(serial(request.connection().sslSession()));
                      request
                          .body()
                          .compose(body -> request.response().end(body))
                          .onFailure(e -> {});
                    })
                .exceptionHandler(e -> {})
                .listen(0, "127.0.0.1"));
    router =
        RunningRouter.setup()
            .target("tls", "https://127.0.0.1:" + receiver.actualPort())
            .set("listen.tls.certificate", listening.certificate())
            .set("listen.tls.key", listening.key())
            .set("stream.tls.trust", authority.trust())
            .set("stream.tls.certificate", client.certificate())
            .set("stream.tls.key", client.key())
            .start();
  }

  @AfterAll
  static void stop() {
    router.close();
    Exchanges.await(VERTX.close());
  }

  private static BigInteger serial(Certificate certificate) {
    return ((X509Certificate) certificate).getSerialNumber();
  }

  private static BigInteger serial(SSLSession session) {
    try {
      return serial(session.getPeerCertificates()[0]);
    } catch (SSLPeerUnverifiedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static BigInteger serial(X509Bundle bundle) {
    return bundle.getCertificate().getSerialNumber();
  }

  private static BigInteger servedNow() {
    try (TlsSender sender = TlsSender.to(router.port(), authority.trust())) {
      return serial(sender.peer());
    }
  }

  @Test
  void swappedUnderLoadTheNewOnesAreInUseAndNothingFails() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    List<String> faults = new CopyOnWriteArrayList<>();
    List<Thread> load =
        List.of(
            new Thread(() -> onOneConnection(over, answered, faults)),
            new Thread(() -> eachOnItsOwn(over, answered, faults)));
    load.forEach(Thread::start);
    for (int i = 0; i < Endurance.of(4, 20); i++) {
      int from = answered.get();
      await().until(() -> answered.get() > from + 5);
      X509Bundle newListening = authority.issue();
      X509Bundle newClient = authority.issue();
      authority.write(newListening, "listening");
      authority.write(newClient, "client");
      long start = System.nanoTime();
      await().until(() -> servedNow().equals(serial(newListening)));
      await()
          .pollInterval(10, TimeUnit.MILLISECONDS)
          .until(() -> SEEN.get(SEEN.size() - 1).equals(serial(newClient)));
      assertThat(System.nanoTime() - start)
          .isLessThan(TimeUnit.SECONDS.toNanos(Endurance.of(10, 1)));
    }
    over.set(true);
    for (Thread each : load) {
      each.join();
    }
    assertThat(faults).isEmpty();
    assertThat(answered.get()).isGreaterThan(20);
  }

  private static void onOneConnection(
      AtomicBoolean over, AtomicInteger answered, List<String> faults) {
    try (TlsSender sender = TlsSender.to(router.port(), authority.trust())) {
      while (!over.get()) {
        count(sender.exchange(MESSAGE), answered, faults);
      }
    } catch (RuntimeException e) {
      faults.add(e.toString());
    }
  }

  private static void eachOnItsOwn(
      AtomicBoolean over, AtomicInteger answered, List<String> faults) {
    while (!over.get()) {
      try (TlsSender sender = TlsSender.to(router.port(), authority.trust())) {
        count(sender.exchange(MESSAGE), answered, faults);
      } catch (RuntimeException e) {
        faults.add(e.toString());
      }
    }
  }

  private static void count(RawAnswer answer, AtomicInteger answered, List<String> faults) {
    if (answer.status() == 200) {
      answered.incrementAndGet();
    } else {
      faults.add(answer.status() + answer.text());
    }
  }

  @Test
  void keyOfAnotherCertificateIsNotTaken() throws Exception {
    BigInteger before = servedNow();
    String key = Files.readString(listening.key());
    Files.writeString(listening.key(), authority.issue().getPrivateKeyPEM());
    await()
        .until(
            () ->
                router
                    .process()
                    .node()
                    .meters()
                    .scrape()
                    .lines()
                    .anyMatch(
                        line ->
                            line.startsWith("bars_certificate_reloads_total{outcome=\"refused\"")
                                && line.contains("listener")));
    assertThat(servedNow()).isEqualTo(before);
    Files.writeString(listening.key(), key);
  }
}
