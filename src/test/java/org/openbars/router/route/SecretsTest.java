package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.JWK;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.config.ConfigLoader;
import org.openbars.router.config.Loaded;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.TestDatabase;
import org.openbars.router.fixture.TokenServer;

/** A secret in every place where one can be configured or sent; none comes out anywhere. */
final class SecretsTest {
  private static final String MARK = "5ecre7";
  private final List<String> secrets = new ArrayList<>();
  @TempDir private Path folder;

  private Path secret(String name, String text) throws IOException {
    secrets.add(text);
    return Files.writeString(folder.resolve(name), text + "\n");
  }

  private Path sealKey() throws Exception {
    byte[] key =
        KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate().getEncoded();
    String text = Base64.getEncoder().encodeToString(key);
    secrets.add(text);
    return Files.writeString(
        folder.resolve("seal.key"),
        "-----BEGIN PRIVATE KEY-----\n" + text + "\n-----END PRIVATE KEY-----\n");
  }

  @Test
  void noSecretComesOut() throws Exception {
    JWK key = TokenServer.ec("ec-1");
    int closed;
    try (ServerSocket free = new ServerSocket(0)) {
      closed = free.getLocalPort();
    }
    try (AccessLines lines = new AccessLines();
        TokenServer issuer = TokenServer.start();
        RunningReceivers receivers = RunningReceivers.start()) {
      issuer.publish(key);
      String token = TokenServer.token(key, "app-1");
      secrets.add(token);
      secrets.add(token.substring(token.lastIndexOf('.') + 1));
      Path kafka =
          Files.writeString(
              folder.resolve("kafka.properties"),
              "security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.jaas.config=org.apache.kafka"
                  + ".common.security.plain.PlainLoginModule required username=\"u\" password=\""
                  + MARK
                  + "-kafka\";\n");
      RunningRouter.Setup setup =
          issuer
              .guarding(RunningRouter.setup().target("a", receivers.url("")))
              .set("status.api-key-file", secret("status.key", MARK + "-status"))
              .set("audit.postgres.uri", TestDatabase.create().uri())
              .set("audit.postgres.password-file", secret("postgres", MARK + "-postgres"))
              .set("audit.splunk.url", "https://127.0.0.1:" + closed)
              .set("audit.splunk.token-file", secret("splunk", MARK + "-splunk"))
              .set("audit.kafka.bootstrap-servers", "127.0.0.1:" + closed)
              .set("audit.kafka.topic", "bars")
              .set("audit.kafka.properties-file", kafka)
              .set("audit.seal.path", folder.resolve("seals"))
              .set("audit.seal.key-file", sealKey())
              .set(
                  "audit.seal.nhs-number-key-file", secret("nhs.key", "5ec7e7".repeat(10) + "5ec7"))
              .set("admin.changes", "on")
              .patience(Duration.ZERO);
      List<String> out = new ArrayList<>();
      try (RunningRouter router = setup.start()) {
        RawRequest good = RawRequest.message("GET", "/Slot", "a");
        out.add(ok(router, good.with("Authorization", "Bearer " + token)).text());
        for (String wrong :
            List.of(
                "Bearer " + MARK + ".bearer.token",
                "Bearer " + token + MARK,
                "Basic " + MARK + "basic",
                MARK)) {
          out.add(whole(RawSender.exchange(router.port(), good.with("Authorization", wrong))));
        }
        out.add(
            whole(
                RawSender.exchange(
                    router.port(), good.at("/_status").with("apikey", MARK + "-wrong"))));
        await().until(() -> lines.exchanges() >= 5);
        await().until(() -> recorded(router).contains("TOKEN_INVALID"));
        out.add(recorded(router));
        for (String path :
            List.of(
                "/metrics",
                "/health/ready",
                "/health/live",
                "/api/directory",
                "/api/suspensions",
                "/api/audit/looks?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z")) {
          out.add(get(router, path));
        }
      }
      out.add(lines.text());
      assertThat(lines.text()).as("the log was looked at").contains("fate");
      for (String each : out) {
        assertThat(each).doesNotContain(MARK).doesNotContain(secrets);
      }
    }
  }

  private static RawAnswer ok(RunningRouter router, RawRequest request) {
    RawAnswer answer = RawSender.exchange(router.port(), request);
    assertThat(answer.status()).isEqualTo(200);
    return answer;
  }

  private static String whole(RawAnswer answer) {
    assertThat(answer.status()).isEqualTo(401);
    return answer.headers() + answer.text();
  }

  private static String recorded(RunningRouter router) {
    Instant now = Instant.now();
    return get(
        router,
        "/api/audit?from="
            + now.minus(1, ChronoUnit.HOURS)
            + "&to="
            + now.plus(1, ChronoUnit.HOURS));
  }

  private static String get(RunningRouter router, String path) {
    try {
      URI uri = URI.create("http://127.0.0.1:" + router.process().adminPort() + path);
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(path).isIn(200, 503);
      return answer.body();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What is wrong with a value is said without the value where that may be secret. */
  @Test
  void faultsOfTheConfigurationHoldNoSecret() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("router.yaml"),
            "audit.postgres.uri: postgresql://u:" + MARK + "@h/d\n" + MARK + ": 1\n");
    List<Loaded> loaded =
        List.of(
            ConfigLoader.check(file, List.of(), Map.of()),
            ConfigLoader.check(null, List.of("audit.postgres.uri=//u:" + MARK + "@h"), Map.of()),
            ConfigLoader.check(
                null,
                List.of("directory.file=x"),
                Map.of("BARS_AUDIT_POSTGRES_URI", "postgresql://u:" + MARK + "@h:99999/d")));

    for (Loaded each : loaded) {
      assertThat(each).isInstanceOf(Loaded.Faulty.class);
      assertThat(((Loaded.Faulty) each).faults())
          .filteredOn(fault -> fault.key().startsWith("audit"))
          .isNotEmpty()
          .allSatisfy(fault -> assertThat(fault.toString()).doesNotContain(MARK));
    }
  }
}
