package org.openbars.router.admit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openbars.router.meter.Meters;

/**
 * How much each application has sent: in this second and in this minute, both counted from its
 * first request. A request that is refused counts for nothing, so that the time until the next may
 * come is known. Each application has counts of its own: what one does costs no other anything. Any
 * thread, without a lock.
 */
final class Quotas {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** After a minute without a request, all of both may be used again: there is nothing to keep. */
  private static final Duration FORGET = Duration.ofMinutes(2);

  private final QuotaConfig config;
  private final TimeMeter clock;
  private final Cache<String, Bucket> buckets;

  Quotas(QuotaConfig config, TimeMeter clock, Meters meters) {
    this.config = config;
    this.clock = clock;
    Counter forgotten =
        meters.counter(
            "bars.quota.forgotten",
            "Applications whose use was forgotten because others took their place");
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(config.maxApplications())
            .expireAfterAccess(FORGET)
            .ticker(clock::currentTimeNanos)
            // Its own upkeep is short; another thread would only take turns with the event loops.
            .executor(Runnable::run)
            .evictionListener(
                (@Nullable String application, @Nullable Bucket bucket, RemovalCause cause) -> {
                  if (cause == RemovalCause.SIZE) {
                    forgotten.increment();
                  }
                })
            .build();
    meters.gauge(
        "bars.quota.applications", "Applications whose use is remembered", buckets::estimatedSize);
  }

  /** Takes one request in; 0 when it may come in, else the seconds until one may. */
  int secondsToWait(String application) {
    if (!config.enabled()) {
      return 0;
    }
    Bucket bucket = buckets.get(application, this::bucket);
    if (bucket.tryConsume(1)) {
      return 0;
    }
    long nanos = bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill();
    return (int) Math.max(1, (nanos + SECOND_NANOS - 1) / SECOND_NANOS);
  }

  long applications() {
    buckets.cleanUp();
    return buckets.estimatedSize();
  }

  private Bucket bucket(String application) {
    QuotaConfig.Quota quota = config.of(application);
    return Bucket.builder()
        .addLimit(
            limit -> limit.capacity(quota.perSecond()).refillIntervally(quota.perSecond(), SECOND))
        .addLimit(
            limit -> limit.capacity(quota.perMinute()).refillIntervally(quota.perMinute(), MINUTE))
        .withCustomTimePrecision(clock)
        .build();
  }
}
