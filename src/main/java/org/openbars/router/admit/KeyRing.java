package org.openbars.router.admit;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.text.ParseException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.openbars.router.meter.Meters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys in force. They are fetched every {@code admit.token.keys.refresh}, and at once when a
 * token names one that is not known, but never twice within {@value #PAUSE_SECONDS} s, whatever
 * senders do. While the key server is away the last keys serve, up to {@code
 * admit.token.keys.max-age}. Any thread; reading takes no lock.
 */
final class KeyRing {
  static final int PAUSE_SECONDS = 30;

  private static final Logger LOG = LoggerFactory.getLogger(KeyRing.class);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(PAUSE_SECONDS);

  /** What was fetched last. */
  private record Held(TrustedKeys keys, long at) {}

  private final TokenConfig.KeyServer config;
  private final KeyFetch fetch;
  private final LongSupplier nanoTime;
  private final Counter fetched;
  private final Counter failed;

  // Written under the lock, read by every event loop.
  private volatile @Nullable Held held;
  private volatile boolean lastFailed;
  private @Nullable Promise<Void> running;
  private @Nullable Promise<Void> next;
  private boolean asked;
  private long askedAt;

  /**
   * Holds no key yet.
   *
   * @param nanoTime a clock that never jumps
   */
  KeyRing(TokenConfig.KeyServer config, KeyFetch fetch, LongSupplier nanoTime, Meters meters) {
    this.config = config;
    this.fetch = fetch;
    this.nanoTime = nanoTime;
    String about = "Times the token keys were asked for";
    this.fetched = meters.counter("bars.token.keys.fetches", about, "result", "good");
    this.failed = meters.counter("bars.token.keys.fetches", about, "result", "failed");
    meters.gauge("bars.token.keys", "Keys that may sign a token", this::count);
    meters.gauge(
        "bars.token.keys.age.seconds",
        "Since the token keys were fetched; NaN before the first time",
        this::ageSeconds);
  }

  private int count() {
    TrustedKeys keys = keys();
    return keys == null ? 0 : keys.size();
  }

  private double ageSeconds() {
    Held now = held;
    return now == null ? Double.NaN : (nanoTime.getAsLong() - now.at()) / 1e9;
  }

  /** The keys that may be believed; null for none. */
  @Nullable TrustedKeys keys() {
    Held now = held;
    boolean old = now != null && nanoTime.getAsLong() - now.at() > config.maxAge().toNanos();
    return now == null || old ? null : now.keys();
  }

  /** Whether the key server was away the last time, so that there may be keys it could not tell. */
  boolean mayLackKeys() {
    return lastFailed;
  }

  /** To be called about once a second: fetches the keys when it is time to. */
  void tick() {
    Promise<Void> mine;
    synchronized (this) {
      boolean idle = held == null || lastFailed || next != null;
      long pause = idle ? PAUSE : config.refresh().toNanos();
      if (running != null || (asked && nanoTime.getAsLong() - askedAt < pause)) {
        return;
      }
      mine = begun();
    }
    fetch(mine);
  }

  /** Marks a fetch as begun, for all who wait for one. */
  private Promise<Void> begun() {
    Promise<Void> mine = next == null ? Promise.promise() : next;
    next = null;
    running = mine;
    asked = true;
    askedAt = nanoTime.getAsLong();
    return mine;
  }

  private void fetch(Promise<Void> mine) {
    Future.fromCompletionStage(fetch.start())
        .onComplete((text, failure) -> ended(mine, text, failure));
  }

  /**
   * The end, never a failure, of the fetch that is under way, else of the next one: it begins now
   * or when the pause is over. Null while the key server is away and the pause lasts: that is not
   * worth waiting for. Told on any thread.
   */
  @Nullable Future<Void> renew() {
    Promise<Void> mine;
    synchronized (this) {
      if (running != null) {
        return running.future();
      }
      if (asked && nanoTime.getAsLong() - askedAt < PAUSE) {
        if (lastFailed) {
          return null;
        }
        next = next == null ? Promise.promise() : next;
        return next.future();
      }
      mine = begun();
    }
    fetch(mine);
    return mine.future();
  }

  /** Whether a fetch is under way. */
  synchronized boolean isRenewing() {
    return running != null;
  }

  /** Seconds after which the keys may be fetched again, at least 1. */
  synchronized int secondsToNext() {
    long left = asked ? PAUSE - (nanoTime.getAsLong() - askedAt) : 0;
    return (int) Math.max(1, (left + SECOND - 1) / SECOND);
  }

  /** Ends with the fetch that is under way, or at once. */
  synchronized Future<Void> renewing() {
    return running == null ? Future.succeededFuture() : running.future();
  }

  private void ended(Promise<Void> mine, @Nullable String text, @Nullable Throwable failure) {
    try {
      if (text == null) {
        throw failure == null ? new IllegalStateException("no answer") : failure;
      }
      took(TrustedKeys.parse(text));
    } catch (Throwable fault) {
      failed(fault);
    }
    synchronized (this) {
      running = null;
    }
    mine.complete();
  }

  private void took(TrustedKeys keys) {
    synchronized (this) {
      TrustedKeys before = held == null ? null : held.keys();
      // The same object for the same keys: tokens checked with it need no second check.
      TrustedKeys now = before != null && before.sameAs(keys) ? before : keys;
      held = new Held(now, nanoTime.getAsLong());
      lastFailed = false;
      if (now != before) {
        LOG.info("token keys: {} in force", keys.size());
      }
    }
    fetched.increment();
  }

  private void failed(Throwable fault) {
    lastFailed = true;
    failed.increment();
    Throwable cause =
        fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault;
    String reason = cause instanceof ParseException ? "not a JWK set for tokens" : text(cause);
    LOG.warn(
        "token keys could not be fetched from {}: {}; {}",
        config.url().getHost(),
        reason,
        keys() == null ? "no token can be checked" : "the last ones serve");
  }

  private static String text(Throwable cause) {
    String message = cause.getMessage();
    return cause.getClass().getSimpleName() + (message == null ? "" : " " + message);
  }
}
