package org.openbars.router.audit;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the schema {@code audit} as this version needs it: Flyway's migrations as soon as
 * PostgreSQL is there, then, every hour, the partitions of the days ahead made and those of expired
 * days erased. Any number of nodes may do so at once: each of the three takes an advisory lock.
 * Runs on the audit's context; Flyway and retention on a worker.
 */
final class AuditSchema {
  private static final Logger LOG = LoggerFactory.getLogger(AuditSchema.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LAST_RETRY = Duration.ofSeconds(10);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MIGRATION_ENDS = Duration.ofSeconds(5);
  private static final int DAYS_AHEAD = 7;

  /** The first erasing waits so long, in minutes, so that nodes started together do not meet. */
  private static final int MOST_MINUTES = 10;

  private final Vertx vertx;
  private final AuditDatabase database;
  private final Pool pool;
  private Duration retry = FIRST_RETRY;
  private boolean stopped;
  private final AuditRetention retention;
  private Future<?> migration = Future.succeededFuture();
  private Future<?> erasing = Future.succeededFuture();

  AuditSchema(Vertx vertx, AuditDatabase database, Pool pool, AuditRetention retention) {
    this.vertx = vertx;
    this.database = database;
    this.pool = pool;
    this.retention = retention;
  }

  /** Migrates, trying until it is done, then calls {@code ready} once. */
  void keep(Runnable ready) {
    if (stopped) {
      return;
    }
    migration =
        vertx
            .executeBlocking(this::migrate, false)
            .onSuccess(version -> migrated(version, ready))
            .onFailure(e -> tryLater(e, ready));
  }

  private void migrated(String version, Runnable ready) {
    LOG.info("Audit schema is at version {}", version);
    ready.run();
    if (stopped) {
      return;
    }
    ensurePartitions();
    vertx.setPeriodic(HOUR.toMillis(), timer -> ensurePartitions());
    long first = TimeUnit.MINUTES.toMillis(ThreadLocalRandom.current().nextInt(1, MOST_MINUTES));
    vertx.setPeriodic(first, HOUR.toMillis(), timer -> eraseExpired());
  }

  private void eraseExpired() {
    if (erasing.isComplete() && !stopped) {
      erasing =
          vertx
              .executeBlocking(retention::run, false)
              .onFailure(e -> LOG.warn("Expired audit not erased: {}", root(e)));
    }
  }

  private void tryLater(Throwable e, Runnable ready) {
    LOG.warn("Audit schema not ready, trying again in {}: {}", retry, root(e));
    vertx.setTimer(retry.toMillis(), timer -> keep(ready));
    Duration twice = retry.multipliedBy(2);
    retry = twice.compareTo(LAST_RETRY) < 0 ? twice : LAST_RETRY;
  }

  /** Starts nothing further and waits for what is under way, a few seconds at the most. */
  Future<?> stop() {
    stopped = true;
    retention.stop();
    return Future.join(migration, erasing)
        .timeout(MIGRATION_ENDS.toMillis(), TimeUnit.MILLISECONDS)
        .transform(ended -> Future.succeededFuture());
  }

  private String migrate() throws IOException {
    MigrateResult result =
        Flyway.configure(getClass().getClassLoader())
            .loggers("slf4j")
            .dataSource(database.dataSource())
            .schemas("audit")
            .locations("classpath:db/migration")
            .placeholderReplacement(false)
            .load()
            .migrate();
    String version = result.targetSchemaVersion;
    return String.valueOf(version == null ? result.initialSchemaVersion : version);
  }

  // A day's partition is also made when an insert misses it, so a failure here may wait an hour.
  private void ensurePartitions() {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    Future<?> made =
        pool.preparedQuery("SELECT audit.ensure_partitions($1, $2)")
            .execute(Tuple.of(today.minusDays(1), today.plusDays(DAYS_AHEAD)));
    database
        .answered(made)
        .onFailure(e -> LOG.warn("Audit partitions not made ahead: {}", root(e)));
  }

  private static String root(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getClass().getSimpleName() + ": " + root.getMessage();
  }
}
