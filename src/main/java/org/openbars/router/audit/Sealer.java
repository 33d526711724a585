package org.openbars.router.audit;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openbars.router.ledger.ChainHead;
import org.openbars.router.ledger.SealFiles;
import org.openbars.router.meter.Meters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals, once a minute, where this node's chains ended. What could not be sealed is kept and tried
 * again: storing never waits for it. On the audit's context; files on a worker of its own, since
 * another machine's folder may hang.
 */
final class Sealer {
  private static final Logger LOG = LoggerFactory.getLogger(Sealer.class);
  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final Duration LAST_ENDS = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final SealFiles files;
  private final InstantSource clock;
  private final WorkerExecutor worker;
  private final Counter written;
  private final Counter failed;
  private final Map<ChainHead.Key, ChainHead> pending = new TreeMap<>();
  // How long each chain was when it was sealed last: one entry a day.
  private final Map<ChainHead.Key, Long> lengths = new HashMap<>();
  private Future<Void> underWay = Future.succeededFuture();
  // Read by whoever scrapes the meters; 0 for nothing.
  private volatile long unsealedSince;

  Sealer(Vertx vertx, SealFiles files, InstantSource clock, Meters meters) {
    this.vertx = vertx;
    this.files = files;
    this.clock = clock;
    this.worker = vertx.createSharedWorkerExecutor("audit-seal", 1);
    this.written = meters.counter("bars.audit.seals", "Seals written");
    this.failed = meters.counter("bars.audit.seals.failed", "Seals that could not be written");
    meters.gauge(
        "bars.audit.unsealed.seconds", "Since when a chain has an end not sealed", this::age);
  }

  private double age() {
    long since = unsealedSince;
    return since == 0 ? 0 : Math.max(0, clock.millis() - since) / 1000.0;
  }

  void start() {
    vertx.setPeriodic(EVERY.toMillis(), timer -> seal());
  }

  /** Chains that end here now, as far as this process knows. */
  void moved(Collection<ChainHead> heads) {
    for (ChainHead head : heads) {
      if (head.length() > lengths.getOrDefault(head.key(), 0L)) {
        pending.merge(head.key(), head, Sealer::longer);
      }
    }
    if (!pending.isEmpty() && unsealedSince == 0) {
      unsealedSince = clock.millis();
    }
  }

  private static ChainHead longer(ChainHead one, ChainHead other) {
    return one.length() >= other.length() ? one : other;
  }

  /** Seals what moved, unless a seal is being written: it comes with the next one then. */
  Future<Void> seal() {
    if (pending.isEmpty() || !underWay.isComplete()) {
      return underWay;
    }
    List<ChainHead> heads = List.copyOf(pending.values());
    long since = unsealedSince;
    pending.clear();
    unsealedSince = 0;
    underWay =
        worker
            .executeBlocking(
                () -> {
                  files.append(clock.instant(), heads);
                  return heads;
                })
            .onSuccess(
                done -> {
                  written.increment();
                  done.forEach(head -> lengths.merge(head.key(), head.length(), Math::max));
                })
            .onFailure(
                e -> {
                  failed.increment();
                  moved(heads);
                  unsealedSince = since;
                  LOG.warn("Audit not sealed, tried again in a minute: {}", e.toString());
                })
            .mapEmpty();
    return underWay;
  }

  /** Seals what is left; gives up after a few seconds. */
  Future<Void> stop() {
    return underWay
        .otherwiseEmpty()
        .compose(v -> seal())
        .timeout(LAST_ENDS.toMillis(), TimeUnit.MILLISECONDS)
        .otherwiseEmpty();
  }
}
