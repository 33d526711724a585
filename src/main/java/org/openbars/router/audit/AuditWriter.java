package org.openbars.router.audit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.LocalDate;
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
  private static final int WAITING = 4;
  private static final String NO_PARTITION = "23514";

  private final Vertx vertx;
  private final Context context;
  private final AuditDatabase database;
  private final AuditQueue queue;
  private final int batchSize;
  private final long lingerMillis;
  private final Counter written;
  private final Counter unwritable;
  private final Counter stoppedWithout;
  private final Counter failedBatches;
  private final Counter malformedOrganisations;
  private final Counter malformedSoftware;
  private final Timer inserts;

  // What was taken from the queue and is not stored: one batch, or the parts it was halved into.
  private final ArrayDeque<AuditRows> work = new ArrayDeque<>();
  private Pool pool;
  private boolean ready;
  private boolean busy;
  private int failures;
  private long loggedAt = System.nanoTime() - LOG_EVERY_NANOS;
  private long retryTimer = -1;
  private @Nullable Promise<Void> drained;
  // Read by whoever scrapes the meters.
  private volatile long oldestMillis;

  AuditWriter(
      Vertx vertx, Context context, AuditDatabase database, AuditConfig config, Meters meters) {
    this.vertx = vertx;
    this.context = context;
    this.database = database;
    this.batchSize = config.batch();
    this.lingerMillis = Math.max(1, config.linger().toMillis());
    this.pool = database.pool(vertx, 1, WAITING);
    this.queue = new AuditQueue(config.queue(), meters, this::wake);
    this.written = meters.counter("bars.audit.written", "Audit records stored");
    this.unwritable = AuditQueue.lost(meters, "unwritable");
    this.stoppedWithout = AuditQueue.lost(meters, "stopped");
    this.failedBatches = meters.counter("bars.audit.batches.failed", "Inserts that failed");
    this.malformedOrganisations = malformed(meters, "organisation");
    this.malformedSoftware = malformed(meters, "software");
    this.inserts = meters.timer("bars.audit.insert", "Time to store a batch");
    meters.gauge("bars.audit.oldest.seconds", "Age of the oldest record not stored", this::age);
  }

  private static Counter malformed(Meters meters, String header) {
    return meters.counter(
        "bars.audit.headers.malformed", "Sender headers that could not be read", "header", header);
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
    AuditRows rows = new AuditRows(records);
    oldestMillis = rows.oldestMillis();
    work.add(rows);
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

  private void insert(AuditRows batch) {
    Tuple arrays;
    try {
      arrays = batch.arrays();
    } catch (RuntimeException e) {
      // Ours to mend, but one record must not stop the others.
      halve(batch, e);
      return;
    }
    long began = System.nanoTime();
    database
        .answered(pool.preparedQuery(AuditRows.INSERT).execute(arrays))
        .onSuccess(
            stored -> {
              inserts.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
              stored(batch);
            })
        .onFailure(e -> failed(batch, e));
  }

  private void stored(AuditRows batch) {
    work.removeFirst();
    written.increment(batch.size());
    malformedOrganisations.increment(batch.malformedOrganisations());
    malformedSoftware.increment(batch.malformedSoftware());
    queue.giveBack(batch.size());
    if (failures > 0) {
      LOG.info("Audit is being stored again after {} failed tries", failures);
      failures = 0;
    }
    next();
  }

  private void failed(AuditRows batch, Throwable e) {
    failedBatches.increment();
    if (sqlState(e).equals(NO_PARTITION) && batch.mayLackPartition()) {
      ensurePartitions(batch);
    } else if (isAboutTheData(e)) {
      halve(batch, e);
    } else {
      retry(e);
    }
  }

  // The table has no check constraint, so 23514 first means that a day has no partition.
  private void ensurePartitions(AuditRows batch) {
    Tuple days = Tuple.of(batch.days().toArray(LocalDate[]::new));
    Future<?> made =
        pool.preparedQuery("SELECT audit.ensure_partition(day) FROM unnest($1::date[]) AS day")
            .execute(days);
    database
        .answered(made)
        .onSuccess(
            v -> {
              batch.partitionsMade();
              next();
            })
        .onFailure(
            e -> {
              if (isAboutTheData(e)) {
                halve(batch, e);
              } else {
                retry(e);
              }
            });
  }

  private void halve(AuditRows batch, Throwable e) {
    work.removeFirst();
    int half = batch.size() / 2;
    if (half == 0) {
      LOG.error("Audit record {} cannot be stored: {}", batch.records().get(0).id(), what(e));
      unwritable.increment();
      queue.giveBack(1);
    } else {
      work.addFirst(batch.part(half, batch.size()));
      work.addFirst(batch.part(0, half));
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
    if (!(e instanceof PgException)) {
      // A connection, or connecting, may hang for as long as TCP lets it: begin again with another.
      pool.close().onFailure(ignored -> LOG.debug("Closing a hung audit pool failed"));
      pool = database.pool(vertx, 1, WAITING);
    }
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
    int lost = queue.waiting() + work.stream().mapToInt(AuditRows::size).sum();
    LOG.error("Audit stopped with {} records not stored", lost);
    stoppedWithout.increment(lost);
    return Future.succeededFuture();
  }

  private static String sqlState(Throwable e) {
    return e instanceof PgException pg && pg.getSqlState() != null ? pg.getSqlState() : "";
  }

  /** Whether the same rows would fail again: bad value, broken constraint, limit passed. */
  private static boolean isAboutTheData(Throwable e) {
    String state = sqlState(e);
    return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
  }

  // PostgreSQL's text about bad data quotes it.
  private static String what(Throwable e) {
    String state = sqlState(e);
    if (state.isEmpty()) {
      return e.getClass().getSimpleName();
    }
    return isAboutTheData(e) ? "SQLSTATE " + state : String.valueOf(e.getMessage());
  }
}
