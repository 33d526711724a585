package org.openbars.router.admit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openbars.router.admit.TokenCheck.Finding;
import org.openbars.router.message.BarsError;
import org.openbars.router.meter.Meters;

/**
 * Who sends, by the access token. A good token is checked once and known by its hash for its life;
 * no token is kept. New keys have every token checked again, so that one whose key was withdrawn is
 * good no longer. Any thread.
 */
final class TokenGate {
  private static final String SCHEME = "Bearer ";
  private static final int CHECKERS = 2;
  private static final Duration FORGET_ABSENT = Duration.ofMinutes(5);

  /** A token's SHA-256. */
  private record Hash(long a, long b, long c, long d) {
    static Hash of(String token) {
      try {
        byte[] hash =
            MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        ByteBuffer parts = ByteBuffer.wrap(hash);
        return new Hash(parts.getLong(), parts.getLong(), parts.getLong(), parts.getLong());
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java runtime has SHA-256", e);
      }
    }
  }

  private record Checked(Finding.Good finding, TrustedKeys keys) {}

  private final TokenConfig config;
  private final KeyRing ring;
  private final InstantSource clock;
  private final Cache<Hash, Checked> cache;

  /** Keys that no fetch has brought, by their hashes. */
  private final Cache<Hash, Boolean> absent;

  private final ExecutorService worker =
      Executors.newFixedThreadPool(
          CHECKERS,
          work -> {
            Thread thread = new Thread(work, "bars-token-check");
            thread.setDaemon(true);
            return thread;
          });

  // Bounds what waits for the workers as well.
  private final AtomicInteger waiting = new AtomicInteger();
  private final Counter known;
  private final Counter verified;
  private final Counter refused;

  // Replaced when the keys are; any event loop may be the first to see that.
  private volatile @Nullable TokenCheck check;

  TokenGate(TokenConfig config, KeyRing ring, InstantSource clock, Meters meters) {
    this.config = config;
    this.ring = ring;
    this.clock = clock;
    this.cache =
        Caffeine.newBuilder().maximumSize(config.maxCached()).executor(Runnable::run).build();
    this.absent =
        Caffeine.newBuilder()
            .maximumSize(config.maxCached())
            .expireAfterWrite(FORGET_ABSENT)
            .executor(Runnable::run)
            .build();
    meters.gauge(
        "bars.tokens.waiting", "Exchanges that wait for their token to be checked", waiting::get);
    String about = "Access tokens that were asked about";
    this.known = meters.counter("bars.tokens", about, "result", "known");
    this.verified = meters.counter("bars.tokens", about, "result", "verified");
    this.refused = meters.counter("bars.tokens", about, "result", "refused");
    meters.gauge("bars.tokens.cached", "Access tokens that are remembered", cache::estimatedSize);
  }

  long cached() {
    cache.cleanUp();
    return cache.estimatedSize();
  }

  /**
   * Who sends; complete at once for a token that is known.
   *
   * @param authorization the header's value; null for none
   */
  Future<Entry> ask(@Nullable String authorization) {
    if (authorization == null
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return refuse(BarsError.TOKEN_MISSING);
    }
    String token = authorization.substring(SCHEME.length()).trim();
    if (token.isEmpty()) {
      return refuse(BarsError.TOKEN_MISSING);
    }
    Entry entry = known(token);
    if (entry != null) {
      return Future.succeededFuture(entry);
    }
    if (waiting.incrementAndGet() > config.maxWaiting()) {
      waiting.decrementAndGet();
      refused.increment();
      return Future.succeededFuture(unavailable());
    }
    boolean tooSoon = ring.isRenewing();
    return checked(token)
        .compose(
            found ->
                found.isPresent()
                    ? Future.succeededFuture(found.get())
                    : afterRenewal(token, tooSoon))
        .onComplete(done -> waiting.decrementAndGet());
  }

  /** A signature costs too much for an event loop, above all one that is made up. */
  private Future<Optional<Entry>> checked(String token) {
    return Future.fromCompletionStage(
        CompletableFuture.supplyAsync(() -> Optional.ofNullable(now(token)), worker));
  }

  /**
   * @param tooSoon whether the fetch that is under way may have begun before the key was there
   */
  private Future<Entry> afterRenewal(String token, boolean tooSoon) {
    Future<Void> renewal = ring.renew();
    if (renewal == null) {
      refused.increment();
      return Future.succeededFuture(unavailable());
    }
    return renewal
        .compose(renewed -> checked(token))
        .compose(
            found -> {
              if (found.isPresent()) {
                return Future.succeededFuture(found.get());
              }
              boolean again = tooSoon && ring.keys() != null;
              return again ? afterRenewal(token, false) : Future.succeededFuture(last(token));
            });
  }

  /** The keys were asked for, and have no such key. */
  private Entry last(String token) {
    refused.increment();
    // It may be a good token still when the key server could not be reached.
    if (ring.keys() == null || ring.mayLackKeys()) {
      return unavailable();
    }
    absent.put(Hash.of(TokenCheck.key(token)), Boolean.TRUE);
    return new Entry.Refused(BarsError.TOKEN_INVALID);
  }

  private Entry unavailable() {
    return new Entry.Refused(BarsError.KEYS_UNAVAILABLE, null, ring.secondsToNext());
  }

  private Future<Entry> refuse(BarsError error) {
    refused.increment();
    return Future.succeededFuture(new Entry.Refused(error));
  }

  /** Null for a token that has not been found good with the keys in force. */
  private @Nullable Entry known(String token) {
    TrustedKeys keys = ring.keys();
    Checked before = keys == null ? null : cache.getIfPresent(Hash.of(token));
    if (before == null || before.keys() != keys || clock.millis() > before.finding().until()) {
      return null;
    }
    known.increment();
    return entry(before.finding());
  }

  /** Blocks on arithmetic. Null when other keys than those we have could say more. */
  private @Nullable Entry now(String token) {
    TrustedKeys keys = ring.keys();
    if (keys == null) {
      return null;
    }
    Entry before = known(token);
    if (before != null) {
      return before;
    }
    Hash hash = Hash.of(token);
    Finding finding = checkWith(keys).check(token);
    if (finding instanceof Finding.Good good) {
      verified.increment();
      cache.put(hash, new Checked(good, keys));
      return entry(good);
    }
    cache.invalidate(hash);
    if (finding instanceof Finding.Bad bad) {
      refused.increment();
      return new Entry.Refused(bad.error());
    }
    return isAbsent(token) ? new Entry.Refused(BarsError.TOKEN_INVALID) : null;
  }

  /**
   * Whether the key was looked for in vain already: such a token is not worth the wait. The keys
   * are asked for again all the same.
   */
  private boolean isAbsent(String token) {
    if (ring.mayLackKeys() || absent.getIfPresent(Hash.of(TokenCheck.key(token))) == null) {
      return false;
    }
    refused.increment();
    Future<Void> renewal = ring.renew();
    if (renewal != null) {
      renewal.onComplete(done -> {});
    }
    return true;
  }

  private TokenCheck checkWith(TrustedKeys keys) {
    TokenCheck current = check;
    if (current == null || current.keys() != keys) {
      current = new TokenCheck(config, keys, clock);
      check = current;
    }
    return current;
  }

  private static Entry entry(Finding.Good good) {
    return good.scoped()
        ? new Entry.Admitted(good.application())
        : new Entry.Refused(BarsError.SCOPE_MISSING, good.application(), 0);
  }
}
