package org.openbars.router.audit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openbars.router.journal.Gap;
import org.openbars.router.journal.JournalReader;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the journal to one sink, one batch at a time, oldest first. A batch that the sink could not
 * store is tried again for ever; one that it refuses is halved until the one bad record is found.
 * Runs on the audit's context; the journal is read on a worker.
 */
final class Shipper {
  private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);
  private static final long FIRST_RETRY_MILLIS = 100;
  private static final long LAST_RETRY_MILLIS = 5000;
  private static final int DOUBLINGS = 6;
  private static final long LOG_EVERY_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Vertx vertx;
  private final Context context;
  private final AuditSink sink;
  private final JournalReader reader;
  private final String node;
  private final int batchSize;
  private final long lingerMillis;
  private final Counter stored;
  private final Counter unwritable;
  private final Counter failedBatches;
  private final Timer times;

  // What was read and is not stored: one batch, or the parts it was halved into.
  private final ArrayDeque<List<ExchangeRecord>> work = new ArrayDeque<>();
  private List<Gap> gaps = List.of();
  private boolean busy;
  private boolean stopped;
  private int failures;
  private long loggedAt = System.nanoTime() - LOG_EVERY_NANOS;
  private long timer = -1;
  private @Nullable Promise<Void> drained;

  /**
   * How it goes on.
   *
   * @param batch records given to the sink at once, at the most
   * @param linger how long it rests when there was nothing more to read
   */
  record Pace(int batch, Duration linger) {}

  /**
   * @param node the router whose journal it is
   */
  Shipper(
      Vertx vertx,
      Context context,
      AuditSink sink,
      JournalReader reader,
      Pace pace,
      String node,
      Meters meters) {
    this.vertx = vertx;
    this.context = context;
    this.sink = sink;
    this.reader = reader;
    this.node = node;
    this.batchSize = pace.batch();
    this.lingerMillis = Math.max(1, pace.linger().toMillis());
    String name = sink.name();
    this.stored = meters.counter("bars.audit.stored", "Audit records stored", "sink", name);
    this.unwritable =
        meters.counter("bars.audit.lost", "Audit records lost", "reason", "unwritable");
    this.failedBatches =
        meters.counter("bars.audit.batches.failed", "Batches that were not stored", "sink", name);
    this.times = meters.timer("bars.audit.store", "Time to store a batch", "sink", name);
  }

  /** Begins to read and ship. On the audit's context, as all else here. */
  void start() {
    step();
  }

  private void step() {
    if (busy || stopped) {
      return;
    }
    busy = true;
    if (!gaps.isEmpty()) {
      tell(gaps);
    } else if (work.isEmpty()) {
      read(drained != null);
    } else {
      ship(work.getFirst());
    }
  }

  // Everything given before is stored, which the reader takes this for.
  private void read(boolean stopping) {
    context
        .executeBlocking(() -> reader.next(batchSize))
        .onSuccess(records -> taken(records, stopping))
        .onFailure(
            e -> {
              LOG.error("The audit's journal cannot be read for {}", sink.name(), e);
              after(LAST_RETRY_MILLIS);
            });
  }

  private void taken(List<ExchangeRecord> records, boolean stopping) {
    gaps = reader.gaps();
    if (!records.isEmpty() || !gaps.isEmpty()) {
      if (!records.isEmpty()) {
        work.add(records);
      }
      next();
    } else if (drained == null) {
      after(lingerMillis);
    } else if (stopping) {
      drained.tryComplete();
    } else {
      next();
    }
  }

  private void ship(List<ExchangeRecord> batch) {
    long began = System.nanoTime();
    attempt(batch)
        .onSuccess(
            done -> {
              times.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
              work.removeFirst();
              stored.increment(batch.size());
              if (failures > 0) {
                LOG.info("{} stores the audit again after {} failed tries", sink.name(), failures);
                failures = 0;
              }
              next();
            })
        .onFailure(e -> failed(batch, e));
  }

  private void tell(List<Gap> found) {
    sink.storeGaps(node, found)
        .onSuccess(done -> gapsTold())
        .onFailure(
            e -> {
              if (e instanceof AuditSink.RefusedBatch refused) {
                LOG.error("{} takes no note of {}: {}", sink.name(), found, refused.getMessage());
                gapsTold();
              } else {
                retry(e);
              }
            });
  }

  private void gapsTold() {
    gaps = List.of();
    next();
  }

  private Future<Void> attempt(List<ExchangeRecord> batch) {
    try {
      return sink.store(batch);
    } catch (RuntimeException e) {
      // Ours to mend, but one record must not stop the others.
      LOG.error("{} failed on a batch of {}", sink.name(), batch.size(), e);
      return Future.failedFuture(new AuditSink.RefusedBatch(e.getClass().getSimpleName()));
    }
  }

  private void failed(List<ExchangeRecord> batch, Throwable e) {
    failedBatches.increment();
    if (e instanceof AuditSink.RefusedBatch refused) {
      halve(batch, refused);
    } else {
      retry(e);
    }
  }

  private void halve(List<ExchangeRecord> batch, AuditSink.RefusedBatch refused) {
    work.removeFirst();
    int half = batch.size() / 2;
    if (half == 0) {
      LOG.error(
          "Audit record {} is refused by {}: {}",
          batch.get(0).id(),
          sink.name(),
          refused.getMessage());
      unwritable.increment();
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

  private void after(long millis) {
    timer =
        vertx.setTimer(
            millis,
            fired -> {
              timer = -1;
              busy = false;
              step();
            });
  }

  private void retry(Throwable e) {
    failures++;
    long now = System.nanoTime();
    if (now - loggedAt >= LOG_EVERY_NANOS) {
      loggedAt = now;
      LOG.warn(
          "Audit not stored by {}, kept in the journal and tried again: {}", sink.name(), what(e));
    }
    long delay = FIRST_RETRY_MILLIS << Math.min(failures - 1, DOUBLINGS);
    after(Math.min(delay, drained == null ? LAST_RETRY_MILLIS : FIRST_RETRY_MILLIS));
  }

  /**
   * Ships what is left, for as long as {@code within}, then closes the sink; the rest stays in the
   * journal. Never fails.
   */
  Future<Void> stop(Duration within) {
    Promise<Void> shipped = Promise.promise();
    drained = shipped;
    if (timer >= 0 && vertx.cancelTimer(timer)) {
      timer = -1;
      busy = false;
    }
    step();
    return shipped
        .future()
        .timeout(Math.max(1, within.toMillis()), TimeUnit.MILLISECONDS)
        .transform(this::end);
  }

  private Future<Void> end(AsyncResult<Void> shipped) {
    stopped = true;
    if (shipped.failed()) {
      LOG.warn(
          "Audit stopped before {} had stored all; the rest stays in the journal", sink.name());
    }
    return context
        .<Void>executeBlocking(
            () -> {
              if (shipped.succeeded()) {
                reader.finish();
              }
              reader.close();
              return null;
            })
        .eventually(sink::close)
        .recover(
            e -> {
              LOG.warn("Audit's way to {} did not end well: {}", sink.name(), what(e));
              return Future.succeededFuture();
            });
  }

  // PostgreSQL's text about bad data quotes it.
  private static String what(Throwable e) {
    boolean plain =
        e instanceof StoreFailure || (e instanceof PgException pg && pg.getSqlState() != null);
    return plain ? String.valueOf(e.getMessage()) : e.getClass().getSimpleName();
  }
}
