package org.openbars.router.admit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openbars.router.fixture.TokenServer.claims;
import static org.openbars.router.fixture.TokenServer.signed;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openbars.router.fixture.TokenServer;
import org.openbars.router.message.BarsError;
import org.openbars.router.meter.Meters;

/** Which tokens are good, and what the key server is asked; both clocks are the test's. */
@SuppressWarnings("JavaUtilDate") // Nimbus's own.
@Timeout(60)
class TokenGateTest {
  private static final Instant START = Instant.parse("2026-11-25T00:00:00Z");
  private static final JWK RSA = TokenServer.rsa("rsa-1");
  private static final JWK NEXT = TokenServer.rsa("rsa-2");
  private static final JWK EC = TokenServer.ec("ec-1");

  private final TokenServer server = TokenServer.start();
  private final AtomicLong passed = new AtomicLong();
  private final Meters meters = new Meters();
  private KeyRing ring;
  private TokenGate gate;

  @BeforeEach
  void start() throws IOException {
    server.publish(RSA, EC);
    make(100);
  }

  private void make(int maxCached) throws IOException {
    TokenConfig config =
        new TokenConfig(
            TokenServer.ISSUER,
            TokenServer.AUDIENCE,
            TokenServer.SCOPE,
            "client_id",
            Duration.ofSeconds(5),
            maxCached,
            4,
            new TokenConfig.KeyServer(
                URI.create(server.url()),
                null,
                Duration.ofMinutes(5),
                Duration.ofSeconds(10),
                Duration.ofHours(1)));
    ring = new KeyRing(config.keys(), new KeyFetch(config.keys()), passed::get, meters);
    gate = new TokenGate(config, ring, () -> START.plusNanos(passed.get()), meters);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void pass(long seconds) {
    for (long i = 0; i < seconds; i++) {
      passed.addAndGet(TimeUnit.SECONDS.toNanos(1));
      ring.tick();
      settle();
    }
  }

  /** Waits for a fetch that is under way. */
  private void settle() {
    ring.renewing().toCompletionStage().toCompletableFuture().join();
  }

  /** One at the start, and one in 30 s. */
  private int mostFetches() {
    return 1 + (int) (TimeUnit.NANOSECONDS.toSeconds(passed.get()) / KeyRing.PAUSE_SECONDS);
  }

  private void passUntilAnswered(List<Future<Entry>> asked) {
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              pass(1);
              return asked.stream().allMatch(Future::isComplete);
            });
  }

  private Entry ask(String token) {
    return askRaw("Bearer " + token);
  }

  private Entry askRaw(String header) {
    return gate.ask(header).toCompletionStage().toCompletableFuture().join();
  }

  private Instant now() {
    return START.plusNanos(passed.get());
  }

  private String token(JWK key, JWSAlgorithm algorithm, UnaryOperator<JWTClaimsSet.Builder> with) {
    return signed(
        key,
        new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(),
        with.apply(claims("app-1", now())).build());
  }

  private String good(JWK key) {
    return token(key, key instanceof ECKey ? JWSAlgorithm.ES256 : JWSAlgorithm.RS512, c -> c);
  }

  private double counted(String name, String result) {
    return meters.registry().get(name).tag("result", result).counter().count();
  }

  private static Entry refused(BarsError error) {
    return new Entry.Refused(error);
  }

  @Test
  void everyAlgorithmThatIsAllowedIsTaken() {
    for (JWSAlgorithm algorithm :
        List.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512)) {
      assertThat(ask(token(RSA, algorithm, c -> c)))
          .as(algorithm.getName())
          .isEqualTo(new Entry.Admitted("app-1"));
    }
    assertThat(ask(good(EC))).isEqualTo(new Entry.Admitted("app-1"));
  }

  @Test
  void noForgedTokenIsTaken() throws Exception {
    Map<String, String> forged = new LinkedHashMap<>();
    forged.put("alg none", new PlainJWT(claims("app-1", now()).build()).serialize());
    byte[] publicKey = RSA.toRSAKey().toRSAPublicKey().getEncoded();
    forged.put("HS256 with the public key", mac(publicKey, JWSAlgorithm.HS256));
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(publicKey)
            + "\n-----END PUBLIC KEY-----\n";
    forged.put(
        "HS512 with the public key as PEM",
        mac(pem.getBytes(StandardCharsets.US_ASCII), JWSAlgorithm.HS512));
    forged.put("RS384", token(RSA, JWSAlgorithm.RS384, c -> c));
    forged.put("another issuer", token(RSA, JWSAlgorithm.RS512, c -> c.issuer("https://other/")));
    forged.put("no issuer", token(RSA, JWSAlgorithm.RS512, c -> c.issuer(null)));
    forged.put("another audience", token(RSA, JWSAlgorithm.RS512, c -> c.audience("other")));
    forged.put("no audience", token(RSA, JWSAlgorithm.RS512, c -> c.audience(List.<String>of())));
    forged.put("no expiry", token(RSA, JWSAlgorithm.RS512, c -> c.expirationTime(null)));
    forged.put(
        "not yet good",
        token(RSA, JWSAlgorithm.RS512, c -> c.notBeforeTime(Date.from(now().plusSeconds(60)))));
    forged.put("no application", token(RSA, JWSAlgorithm.RS512, c -> c.claim("client_id", null)));
    forged.put(
        "an application that forges a line",
        token(RSA, JWSAlgorithm.RS512, c -> c.claim("client_id", "app\n{\"level\":\"ERROR\"}")));
    forged.put(
        "an application that is no text",
        token(RSA, JWSAlgorithm.RS512, c -> c.claim("client_id", List.of("app-1"))));
    JWSHeader noKey = new JWSHeader.Builder(JWSAlgorithm.RS512).build();
    forged.put("no kid", signed(RSA, noKey, claims("app-1", now()).build()));
    JWSHeader another = new JWSHeader.Builder(JWSAlgorithm.RS512).keyID("rsa-1").build();
    forged.put("another's signature", signed(NEXT, another, claims("app-1", now()).build()));
    JWSHeader otherKind = new JWSHeader.Builder(JWSAlgorithm.RS512).keyID("ec-1").build();
    forged.put("a key of another kind", signed(RSA, otherKind, claims("app-1", now()).build()));
    JWSHeader itsOwn =
        new JWSHeader.Builder(JWSAlgorithm.RS512).keyID("rsa-1").jwk(NEXT.toPublicJWK()).build();
    forged.put("a key that it brings along", signed(NEXT, itsOwn, claims("app-1", now()).build()));
    JWSHeader logout =
        new JWSHeader.Builder(JWSAlgorithm.RS512)
            .keyID("rsa-1")
            .type(new JOSEObjectType("logout+jwt"))
            .build();
    forged.put("a token of another purpose", signed(RSA, logout, claims("app-1", now()).build()));
    String good = good(RSA);
    forged.put("no signature", good.substring(0, good.lastIndexOf('.') + 1));
    forged.put("one byte more", good + "A");
    forged.put("two of them", good + ",Bearer " + good);
    forged.put("nothing like a token", "x");
    forged.put("dots", "..");

    // Not for want of keys.
    assertThat(ask(good)).isEqualTo(new Entry.Admitted("app-1"));
    forged.forEach(
        (name, token) ->
            assertThat(ask(token)).as(name).isEqualTo(refused(BarsError.TOKEN_INVALID)));
    assertThat(server.fetches()).isEqualTo(1);
  }

  private String mac(byte[] secret, JWSAlgorithm algorithm) throws Exception {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(algorithm).keyID("rsa-1").build(),
            claims("app-1", now()).build());
    jwt.sign(new MACSigner(secret));
    return jwt.serialize();
  }

  @Test
  void whatIsNoBearerTokenIsMissing() {
    assertThat(gate.ask(null).result()).isEqualTo(refused(BarsError.TOKEN_MISSING));
    assertThat(askRaw("Basic YTpi")).isEqualTo(refused(BarsError.TOKEN_MISSING));
    assertThat(askRaw("Bearer ")).isEqualTo(refused(BarsError.TOKEN_MISSING));
    assertThat(askRaw("bearer " + good(RSA))).isEqualTo(new Entry.Admitted("app-1"));
  }

  @Test
  void goodTokenWithoutTheScopeIsForbidden() {
    for (Object scope : new Object[] {"other", "", SCOPE_AND_MORE, List.of("other"), 7}) {
      assertThat(ask(token(RSA, JWSAlgorithm.RS512, c -> c.claim("scope", scope))))
          .as("scope " + scope)
          .isEqualTo(new Entry.Refused(BarsError.SCOPE_MISSING, "app-1", 0));
    }
    assertThat(
            ask(
                token(
                    RSA,
                    JWSAlgorithm.RS512,
                    c -> c.claim("scope", List.of("a", TokenServer.SCOPE)))))
        .isEqualTo(new Entry.Admitted("app-1"));
  }

  private static final String SCOPE_AND_MORE = TokenServer.SCOPE + "-more";

  @Test
  void tokenIsCheckedOnceAndRefusedOnceItExpires() {
    String token = good(RSA);
    for (int i = 0; i < 10; i++) {
      assertThat(ask(token)).isEqualTo(new Entry.Admitted("app-1"));
    }
    assertThat(counted("bars.tokens", "verified")).isEqualTo(1);
    assertThat(counted("bars.tokens", "known")).isEqualTo(9);

    // Five minutes, and five seconds for clocks that differ.
    pass(304);
    assertThat(ask(token)).isEqualTo(new Entry.Admitted("app-1"));
    pass(2);
    assertThat(ask(token)).isEqualTo(refused(BarsError.TOKEN_EXPIRED));
    assertThat(ask(token)).isEqualTo(refused(BarsError.TOKEN_EXPIRED));
  }

  @Test
  void noMoreTokensAreRememberedThanMayBe() throws IOException {
    make(10);
    for (int i = 0; i < 50; i++) {
      String jti = "token-" + i;
      assertThat(ask(token(EC, JWSAlgorithm.ES256, c -> c.jwtID(jti))))
          .isEqualTo(new Entry.Admitted("app-1"));
    }
    assertThat(gate.cached()).isBetween(1L, 10L);
  }

  @Test
  void unknownKeysAskTheServerOnceInThirtySeconds() {
    assertThat(ask(good(RSA))).isEqualTo(new Entry.Admitted("app-1"));
    int before = server.fetches();
    List<Future<Entry>> asked = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      asked.add(gate.ask("Bearer " + unknown("unknown-" + i)));
      if (i % 10 == 0) {
        pass(1);
      }
    }
    passUntilAnswered(asked);

    assertThat(asked)
        .allSatisfy(
            each -> {
              assertThat(((Entry.Refused) each.result()).error())
                  .isIn(BarsError.TOKEN_INVALID, BarsError.KEYS_UNAVAILABLE);
            });
    assertThat(server.fetches() - before).isBetween(1, mostFetches());
  }

  /** Claims and signature matter no more once the key is unknown. */
  private static String unknown(String key) {
    return new JWSHeader.Builder(JWSAlgorithm.RS512).keyID(key).build().toBase64URL() + ".e30.AAAA";
  }

  @Test
  void noMoreWaitForAKeyThanMay() {
    assertThat(ask(good(RSA))).isEqualTo(new Entry.Admitted("app-1"));
    List<Future<Entry>> waiting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiting.add(gate.ask("Bearer " + unknown("unknown-" + i)));
    }
    assertThat(waiting).noneMatch(Future::isComplete);
    assertThat(ask(unknown("one-more")))
        .isEqualTo(new Entry.Refused(BarsError.KEYS_UNAVAILABLE, null, KeyRing.PAUSE_SECONDS));
    passUntilAnswered(waiting);
    assertThat(waiting).extracting(Future::result).containsOnly(refused(BarsError.TOKEN_INVALID));

    assertThat(ask(unknown("unknown-0")))
        .as("a key that was looked for is not waited for")
        .isEqualTo(refused(BarsError.TOKEN_INVALID));
  }

  /** The issuer signs with a key as soon as it has published it, and asks nobody. */
  @Test
  void keysRotateUnderLoadAndNoGoodTokenIsRefused() throws Exception {
    AtomicReference<JWK> signing = new AtomicReference<>(RSA);
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger taken = new AtomicInteger();
    Queue<Entry> others = new ConcurrentLinkedQueue<>();
    Runnable sender =
        () -> {
          while (!over.get()) {
            Entry entry = ask(good(signing.get()));
            if (entry instanceof Entry.Admitted) {
              taken.incrementAndGet();
            } else {
              others.add(entry);
            }
          }
        };
    List<Thread> senders = List.of(new Thread(sender), new Thread(sender), new Thread(sender));
    senders.forEach(Thread::start);
    JWK before = RSA;
    for (int i = 0; i < 20; i++) {
      int then = taken.get();
      await().pollInterval(Duration.ofMillis(5)).until(() -> taken.get() > then + 3);
      JWK next = TokenServer.ec("rotated-" + i);
      server.publish(before, next);
      signing.set(next);
      before = next;
      // Not a multiple of the pause: some come long after a fetch, some just after one.
      pass(37);
    }
    over.set(true);
    // Whoever waits still.
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              pass(1);
              return senders.stream().noneMatch(Thread::isAlive);
            });
    assertThat(others).isEmpty();
    assertThat(taken.get()).isGreaterThan(60);
    assertThat(server.fetches()).isLessThanOrEqualTo(mostFetches());
  }

  @Test
  void newKeyIsTakenAtOnceAndAWithdrawnOneNoLonger() {
    String old = good(RSA);
    assertThat(ask(old)).isEqualTo(new Entry.Admitted("app-1"));
    pass(KeyRing.PAUSE_SECONDS);

    server.publish(NEXT);
    assertThat(ask(good(NEXT))).isEqualTo(new Entry.Admitted("app-1"));
    Future<Entry> withdrawn = gate.ask("Bearer " + old);
    passUntilAnswered(List.of(withdrawn));
    assertThat(withdrawn.result()).isEqualTo(refused(BarsError.TOKEN_INVALID));
    assertThat(ask(old)).isEqualTo(refused(BarsError.TOKEN_INVALID));
  }

  @Test
  void noGoodTokenIsRefusedWhileTheKeyServerIsAway() {
    assertThat(ask(good(RSA))).isEqualTo(new Entry.Admitted("app-1"));
    int before = server.fetches();
    server.answers(503);
    for (int minute = 0; minute < 20; minute++) {
      pass(60);
      assertThat(ask(good(RSA))).as("minute " + minute).isEqualTo(new Entry.Admitted("app-1"));
      assertThat(ask(good(NEXT)))
          .as("it may be good")
          .isInstanceOfSatisfying(
              Entry.Refused.class,
              refused -> {
                assertThat(refused.error()).isEqualTo(BarsError.KEYS_UNAVAILABLE);
                assertThat(refused.retryAfter()).isBetween(1, KeyRing.PAUSE_SECONDS);
              });
    }
    assertThat(server.fetches() - before).isBetween(2, 20 * 60 / KeyRing.PAUSE_SECONDS);

    server.answers(200);
    server.publish(RSA, NEXT);
    pass(KeyRing.PAUSE_SECONDS);
    assertThat(ask(good(NEXT))).isEqualTo(new Entry.Admitted("app-1"));
  }

  @Test
  void keysThatAreTooOldAreNotBelieved() {
    assertThat(ask(good(RSA))).isEqualTo(new Entry.Admitted("app-1"));
    server.answers(500);
    passed.addAndGet(Duration.ofMinutes(61).toNanos());

    assertThat(ask(good(RSA)))
        .isEqualTo(new Entry.Refused(BarsError.KEYS_UNAVAILABLE, null, KeyRing.PAUSE_SECONDS));
    server.answers(200);
    pass(KeyRing.PAUSE_SECONDS);
    assertThat(ask(good(RSA))).isEqualTo(new Entry.Admitted("app-1"));
  }

  @Test
  void badKeySetLeavesTheLastOneInForce() throws Exception {
    assertThat(ask(good(RSA))).isEqualTo(new Entry.Admitted("app-1"));
    String secret = new OctetSequenceKey.Builder(new byte[64]).keyID("s").build().toJSONString();
    String weak = new RSAKeyGenerator(1024, true).keyID("weak").generate().toJSONString();
    for (String bad :
        List.of(
            "",
            "no JSON",
            "{\"keys\":[]}",
            "{\"keys\":[" + secret + "]}",
            "{\"keys\":[" + weak + "]}",
            "{\"keys\":[" + EC.toPublicJWK().toJSONString() + "]}" + " ".repeat(300_000))) {
      server.publish(bad);
      pass(300);
      assertThat(ask(good(RSA))).as(bad.strip()).isEqualTo(new Entry.Admitted("app-1"));
    }
    assertThat(counted("bars.token.keys.fetches", "failed")).isGreaterThanOrEqualTo(6);
  }

  @Test
  void withoutAnyKeyNothingIsTakenAndTheSenderMayTryAgain() {
    server.answers(503);

    assertThat(ask(good(RSA)))
        .isEqualTo(new Entry.Refused(BarsError.KEYS_UNAVAILABLE, null, KeyRing.PAUSE_SECONDS));
    assertThat(askRaw("Basic YTpi")).isEqualTo(refused(BarsError.TOKEN_MISSING));
  }
}
