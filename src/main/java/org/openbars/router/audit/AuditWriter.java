package org.openbars.router.audit;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the queue to PostgreSQL, one batch at a time, oldest first. A batch that PostgreSQL could
 * not take is tried again for ever; the key makes that safe even when the answer to the first try
 * was lost. A batch that PostgreSQL will not take, whatever its state, is halved until the one bad
 * record is found. Everything but {@link #wake} runs on the audit's context.
 */
final class AuditWriter {
  private static final Logger LOG = LoggerFactory.getLogger(AuditWriter.class);
  private static final long FIRST_RETRY_MILLIS = 100;
  private static final long LAST_RETRY_MILLIS = 5000;
  private static final int DOUBLINGS = 6;
  private static final long LOG_EVERY_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Vertx vertx;
  private final Context context;
  private final AuditSink sink;
  private final AuditQueue queue;
  private final int batchSize;
  private final long lingerMillis;
  private final Counter written;
  private final Counter unwritable;
  private final Counter stoppedWithout;
  private final Counter failedBatches;

  // What was taken from the queue and is not stored: one batch, or the parts it was halved into.
  private final ArrayDeque<List<ExchangeRecord>> work = new ArrayDeque<>();
  private boolean ready;
  private boolean busy;
  private int failures;
  private long loggedAt = System.nanoTime() - LOG_EVERY_NANOS;
  private long retryTimer = -1;
  private @Nullable Promise<Void> drained;
  // Read by whoever scrapes the meters.
  private volatile long oldestMillis;

  AuditWriter(Vertx vertx, Context context, AuditSink sink, AuditConfig config, Meters meters) {
    this.vertx = vertx;
    this.context = context;
    this.sink = sink;
    this.batchSize = config.batch();
    this.lingerMillis = Math.max(1, config.linger().toMillis());
    this.queue = new AuditQueue(config.queue(), meters, this::wake);
    this.written = meters.counter("bars.audit.written", "Audit records stored");
    this.unwritable = AuditQueue.lost(meters, "unwritable");
    this.stoppedWithout = AuditQueue.lost(meters, "stopped");
    this.failedBatches = meters.counter("bars.audit.batches.failed", "Inserts that failed");
    meters.gauge("bars.audit.oldest.seconds", "Age of the oldest record not stored", this::age);
  }

  AuditQueue queue() {
    return queue;
  }

  /** Starts taking records; they are written once {@link #schemaReady} is called. */
  void start() {
    step();
  }

  void schemaReady() {
    ready = true;
    step();
  }

  // On the adding thread. The first record of a batch waits for others.
  private void wake() {
    context.runOnContext(v -> vertx.setTimer(lingerMillis, timer -> step()));
  }

  private double age() {
    long oldest = oldestMillis;
    return oldest == 0 ? 0 : Math.max(0, System.currentTimeMillis() - oldest) / 1000.0;
  }

  private void step() {
    if (busy) {
      return;
    }
    if (work.isEmpty() && !takeBatch()) {
      rest();
      return;
    }
    if (ready) {
      busy = true;
      insert(work.getFirst());
    }
  }

  private boolean takeBatch() {
    List<ExchangeRecord> records = new ArrayList<>(batchSize);
    queue.take(records, batchSize);
    if (records.isEmpty()) {
      return false;
    }
    long closed = records.get(0).steps().closed();
    oldestMillis = closed > 0 ? closed / 1000 : AuditColumns.millis(records.get(0).id());
    work.add(List.copyOf(records));
    return true;
  }

  private void rest() {
    oldestMillis = 0;
    if (!queue.sleep()) {
      vertx.setTimer(1, timer -> step());
    } else if (drained != null) {
      drained.tryComplete();
    }
  }

  private void insert(List<ExchangeRecord> batch) {
    sink.store(batch).onSuccess(v -> stored(batch)).onFailure(e -> failed(batch, e));
  }

  private void stored(List<ExchangeRecord> batch) {
    work.removeFirst();
    written.increment(batch.size());
    queue.giveBack(batch.size());
    if (failures > 0) {
      LOG.info("Audit is being stored again after {} failed tries", failures);
      failures = 0;
    }
    next();
  }

  private void failed(List<ExchangeRecord> batch, Throwable e) {
    failedBatches.increment();
    if (e instanceof AuditSink.RefusedBatch) {
      halve(batch, e);
    } else {
      retry(e);
    }
  }

  private void halve(List<ExchangeRecord> batch, Throwable e) {
    work.removeFirst();
    int half = batch.size() / 2;
    if (half == 0) {
      LOG.error("Audit record {} cannot be stored: {}", batch.get(0).id(), e.getMessage());
      unwritable.increment();
      queue.giveBack(1);
    } else {
      work.addFirst(batch.subList(half, batch.size()));
      work.addFirst(batch.subList(0, half));
    }
    next();
  }

  // Through the context, so that a long run of bad records does not grow the stack.
  private void next() {
    context.runOnContext(
        v -> {
          busy = false;
          step();
        });
  }

  private void retry(Throwable e) {
    failures++;
    long now = System.nanoTime();
    if (now - loggedAt >= LOG_EVERY_NANOS) {
      loggedAt = now;
      LOG.warn("Audit not stored, kept and tried again; {} waiting: {}", queue.waiting(), what(e));
    }
    long delay = FIRST_RETRY_MILLIS << Math.min(failures - 1, DOUBLINGS);
    long most = drained == null ? LAST_RETRY_MILLIS : FIRST_RETRY_MILLIS;
    retryTimer =
        vertx.setTimer(
            Math.min(delay, most),
            timer -> {
              busy = false;
              step();
            });
  }

  /** Stores what is left; what is not stored within the time given is counted as lost. */
  Future<Void> stop(Duration within) {
    Promise<Void> stored = Promise.promise();
    drained = stored;
    if (vertx.cancelTimer(retryTimer)) {
      busy = false;
    }
    step();
    return stored
        .future()
        .timeout(Math.max(1, within.toMillis()), TimeUnit.MILLISECONDS)
        .recover(late -> countLost());
  }

  private Future<Void> countLost() {
    int lost = queue.waiting() + work.stream().mapToInt(List::size).sum();
    LOG.error("Audit stopped with {} records not stored", lost);
    stoppedWithout.increment(lost);
    return Future.succeededFuture();
  }

  private static String what(Throwable e) {
    return e instanceof PgException ? String.valueOf(e.getMessage()) : e.getClass().getSimpleName();
  }
}
