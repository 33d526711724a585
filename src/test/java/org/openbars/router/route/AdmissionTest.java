package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.JWK;
import io.netty.pkitesting.X509Bundle;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fixture.Http2Sender;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.TestAuthority;
import org.openbars.router.fixture.TestCertificate;
import org.openbars.router.fixture.TestDatabase;
import org.openbars.router.fixture.TlsSender;
import org.openbars.router.fixture.TokenServer;
import org.openbars.router.sandbox.Arrival;

/** Who is let in, and what is known of them afterwards. */
final class AdmissionTest {
  private static final String APPLICATION = "NHSD-Application-Id";
  private static final JWK KEY = TokenServer.ec("ec-1");

  /** A Device whose first identifier is {@code https://software|claimed}. */
  private static final String CLAIMED =
      "eyJpZGVudGlmaWVyIjpbeyJzeXN0ZW0iOiJodHRwczovL3NvZnR3YXJlIiwidmFsdWUiOiJjbGFpbWVkIn1dfQ==";

  private static RunningReceivers receivers;
  private static TokenServer issuer;
  private static Http2Sender http2;
  private final List<RunningRouter> routers = new ArrayList<>();
  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    receivers = RunningReceivers.start();
    issuer = TokenServer.start();
    issuer.publish(KEY);
    http2 = new Http2Sender();
  }

  @AfterAll
  static void stop() {
    http2.close();
    issuer.close();
    receivers.close();
  }

  @AfterEach
  void close() {
    routers.forEach(RunningRouter::close);
  }

  private RunningRouter.Setup setup(String mode) {
    RunningRouter.Setup setup = RunningRouter.setup().target("a", receivers.url(""));
    return mode.equals("token")
        ? issuer.guarding(setup)
        : setup.set("admit.mode", mode).set("admit.gateway.networks", "127.0.0.0/8");
  }

  private RunningRouter started(RunningRouter.Setup setup) {
    RunningRouter router = setup.start();
    routers.add(router);
    return router;
  }

  private static RawRequest from(String application) {
    return RawRequest.message("GET", "/Slot", "a").with(APPLICATION, application);
  }

  private static RawRequest withToken(String application) {
    return RawRequest.message("GET", "/Slot", "a")
        .with("Authorization", "Bearer " + TokenServer.token(KEY, application));
  }

  @ParameterizedTest
  @ValueSource(strings = {"open", "gateway", "token"})
  void noReceiverSeesWhatProvesASender(String mode) {
    RunningRouter router = started(setup(mode));
    RawRequest request =
        withToken("app-1")
            .with("nhsd-application-id", "app-1")
            .with("NHSD-Requesting-Software", CLAIMED);
    List<RawAnswer> answers =
        List.of(RawSender.exchange(router.port(), request), http2.exchange(router.port(), request));

    for (RawAnswer answer : answers) {
      assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }
    List<Arrival> arrived = receivers.mock().arrivals();
    for (Arrival arrival : arrived.subList(arrived.size() - 2, arrived.size())) {
      assertThat(arrival.headers(APPLICATION)).isEmpty();
      assertThat(arrival.headers("Authorization")).isEmpty();
      assertThat(arrival.headers("NHSD-Requesting-Software")).containsExactly(CLAIMED);
    }
  }

  @Test
  void strangersIdentityIsNotBelieved() {
    RunningRouter router = started(setup("gateway").set("admit.gateway.networks", "192.0.2.0/24"));
    long before = receivers.arrived();

    RawAnswer answer = RawSender.exchange(router.port(), from("app-1"));

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.text()).contains("did not come through the API gateway");
    assertThat(receivers.arrived()).isEqualTo(before);
  }

  @Test
  void gatewayIsKnownByItsCertificateAndNobodyElseOfItsAuthority() throws Exception {
    TestAuthority authority = TestAuthority.in(folder, "authority");
    TestCertificate own = authority.write(authority.issue(), "own");
    RunningRouter router =
        started(
            RunningRouter.setup()
                .target("a", receivers.url(""))
                .set("admit.mode", "gateway")
                .set("admit.gateway.certificates", "gateway.example.nhs.uk")
                .set("listen.tls.certificate", own.certificate())
                .set("listen.tls.key", own.key())
                .set("listen.tls.client-trust", authority.trust()));
    long before = receivers.arrived();

    assertThat(over(router, authority, "gateway.example.nhs.uk").status()).isEqualTo(200);
    RawAnswer other = over(router, authority, "other.example.nhs.uk");

    assertThat(other.status()).isEqualTo(401);
    assertThat(other.text()).contains("did not come through the API gateway");
    assertThat(receivers.arrived()).isEqualTo(before + 1);
  }

  private static RawAnswer over(RunningRouter router, TestAuthority authority, String name)
      throws Exception {
    X509Bundle shown = authority.issueFor(each -> each.addSanDnsName(name));
    try (TlsSender sender =
        TlsSender.to(
            router.port(), authority.trust(), shown.toKeyManagerFactory().getKeyManagers())) {
      return sender.exchange(from("app-1"));
    }
  }

  /** D21: a sender must be able to learn what is served. */
  @ParameterizedTest
  @ValueSource(strings = {"gateway", "token"})
  void ownStatementIsForAnyone(String mode) {
    RunningRouter router = started(setup(mode));

    RawAnswer answer =
        RawSender.exchange(
            router.port(), RawRequest.message("GET", "/metadata", "a").without(RawRequest.TARGET));

    assertThat(answer.status()).isEqualTo(200);
  }

  @Test
  void provenApplicationStandsInRecordAndLogWhateverItSaysOfItself() {
    TestDatabase database = TestDatabase.create();
    try (AccessLines lines = new AccessLines()) {
      RunningRouter router = started(setup("token").set("audit.postgres.uri", database.uri()));
      RawRequest request =
          withToken("app-1").with(APPLICATION, "another").with("NHSD-Requesting-Software", CLAIMED);
      assertThat(RawSender.exchange(router.port(), request).status()).isEqualTo(200);
      RawRequest refused =
          RawRequest.message("GET", "/Slot", "a")
              .with(
                  "Authorization",
                  "Bearer " + TokenServer.token(KEY, "app-2", c -> c.claim("scope", "other")));
      assertThat(RawSender.exchange(router.port(), refused).status()).isEqualTo(403);
      RawRequest unproven = RawRequest.message("GET", "/Slot", "a").with(APPLICATION, "app-3");
      assertThat(RawSender.exchange(router.port(), unproven).status()).isEqualTo(401);

      await().until(() -> lines.exchanges() >= 3);
      assertThat(lines.text())
          .contains("application=\"app-1\"", "application=\"app-2\"")
          .doesNotContain("another", "app-3", "Bearer");
      await()
          .atMost(30, TimeUnit.SECONDS)
          .until(() -> router.process().adminPort() > 0 && count(database) == 3);
      assertThat(
              database.column(
                  "SELECT coalesce(application, '-') || ' ' || status || ' '"
                      + " || coalesce(software_value, '-') FROM audit.exchange ORDER BY id"))
          .containsExactly("app-1 200 claimed", "app-2 403 -", "- 401 -");
    }
  }

  private static long count(TestDatabase database) {
    try {
      return database.number("SELECT count(*) FROM audit.exchange");
    } catch (IllegalStateException e) {
      // Not migrated yet.
      return 0;
    }
  }

  @Test
  void operatorsStopAProvenApplicationAndNotOneThatSaysItIsIt() throws Exception {
    JsonObject stopped =
        new JsonObject(
            """
            {"suspensions": [
              {"application": "application|app-1", "reason": "a test"},
              {"application": "https://software|claimed", "reason": "a test"}]}
            """);
    Path file = Files.writeString(folder.resolve("suspensions.json"), stopped.encode());
    RunningRouter router = started(setup("gateway").set("directory.suspensions", file));

    assertThat(RawSender.exchange(router.port(), from("app-1")).status()).isEqualTo(403);
    assertThat(
            RawSender.exchange(
                    router.port(), from("app-2").with("NHSD-Requesting-Software", CLAIMED))
                .status())
        .isEqualTo(200);
  }

  /** R25. */
  @Test
  void applicationTenTimesOverHarmsNoOther() {
    int quota = 40;
    RunningRouter router =
        started(
            setup("gateway")
                .set("admit.quota.per-second", 100_000)
                .set("admit.quota.per-minute", quota));
    int admitted = 0;
    int others = 0;
    long began = System.nanoTime();
    try (RawSender greedy = RawSender.to(router.port());
        RawSender modest = RawSender.to(router.port())) {
      for (int i = 0; i < 10 * quota; i++) {
        long asked = System.nanoTime();
        RawAnswer answer = greedy.exchange(from("greedy"));
        if (answer.status() == 200) {
          admitted++;
        } else {
          assertThat(answer.status()).isEqualTo(429);
          int retryAfter = Integer.parseInt(answer.header("Retry-After").orElseThrow());
          // The minute began between the first request's sending and its answer.
          long least = TimeUnit.NANOSECONDS.toSeconds(began + MINUTE - System.nanoTime());
          long most = 1 + TimeUnit.NANOSECONDS.toSeconds(firstAnswered + MINUTE - asked);
          assertThat((long) retryAfter).isBetween(least, most);
        }
        if (i == 0) {
          firstAnswered = System.nanoTime();
        }
        if (i % 10 == 0) {
          assertThat(modest.exchange(from("modest")).status()).isEqualTo(200);
          others++;
        }
      }
    }
    assertThat(System.nanoTime() - began).as("all within the minute").isLessThan(MINUTE);
    assertThat(admitted).isEqualTo(quota);
    assertThat(others).isEqualTo(quota);
  }

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
  private long firstAnswered;

  @Test
  void applicationsSecondIsOverSoonerThanItsMinute() {
    RunningRouter router = started(setup("token").set("admit.quota.per-second", 2));
    try (RawSender sender = RawSender.to(router.port())) {
      RawRequest request = withToken("app-1");
      List<RawAnswer> refused = new ArrayList<>();
      for (int i = 0; i < 50 && refused.isEmpty(); i++) {
        RawAnswer answer = sender.exchange(request);
        if (answer.status() != 200) {
          refused.add(answer);
        }
      }
      assertThat(refused).hasSize(1);
      assertThat(refused.get(0).status()).isEqualTo(429);
      assertThat(refused.get(0).header("Retry-After")).contains("1");
    }
  }

  @Test
  void keepsServingWithTheKeysItHasWhenTheirServerIsGone() {
    try (TokenServer leaving = TokenServer.start()) {
      leaving.publish(KEY);
      RunningRouter router =
          started(leaving.guarding(RunningRouter.setup().target("a", receivers.url(""))));
      assertThat(RawSender.exchange(router.port(), withToken("app-1")).status()).isEqualTo(200);
      leaving.stop();
      for (int i = 0; i < 20; i++) {
        assertThat(RawSender.exchange(router.port(), withToken("app-" + i)).status())
            .isEqualTo(200);
      }
    }
  }
}
