package org.openbars.router.audit;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.LocalDate;
import java.util.List;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores records in PostgreSQL, a batch in one insert; the key makes storing one again harmless.
 */
final class PostgresSink implements AuditSink {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresSink.class);
  private static final int WAITING = 4;
  private static final String NO_PARTITION = "23514";

  private final Vertx vertx;
  private final AuditDatabase database;
  private final Counter malformedOrganisations;
  private final Counter malformedSoftware;
  private Pool pool;
  private boolean ready;

  PostgresSink(Vertx vertx, AuditDatabase database, Meters meters) {
    this.vertx = vertx;
    this.database = database;
    this.pool = database.pool(vertx, 1, WAITING);
    this.malformedOrganisations = malformed(meters, "organisation");
    this.malformedSoftware = malformed(meters, "software");
  }

  private static Counter malformed(Meters meters, String header) {
    return meters.counter(
        "bars.audit.headers.malformed", "Sender headers that could not be read", "header", header);
  }

  @Override
  public String name() {
    return "postgres";
  }

  void schemaReady() {
    ready = true;
  }

  @Override
  public Future<Void> store(List<ExchangeRecord> batch) {
    if (!ready) {
      return Future.failedFuture(new IllegalStateException("the schema is not there yet"));
    }
    AuditRows rows = new AuditRows(batch);
    return insert(rows)
        .recover(e -> sqlState(e).equals(NO_PARTITION) ? again(rows) : Future.failedFuture(e))
        .onSuccess(
            v -> {
              malformedOrganisations.increment(rows.malformedOrganisations());
              malformedSoftware.increment(rows.malformedSoftware());
            })
        .recover(this::failed);
  }

  private Future<Void> insert(AuditRows rows) {
    return database
        .answered(pool.preparedQuery(AuditRows.INSERT).execute(rows.arrays()))
        .mapEmpty();
  }

  // The table has no check constraint, so 23514 first means that a day has no partition.
  private Future<Void> again(AuditRows rows) {
    Tuple days = Tuple.of(rows.days().toArray(LocalDate[]::new));
    return database
        .answered(
            pool.preparedQuery("SELECT audit.ensure_partition(day) FROM unnest($1::date[]) AS day")
                .execute(days))
        .compose(v -> insert(rows));
  }

  private Future<Void> failed(Throwable e) {
    String state = sqlState(e);
    if (state.startsWith("22") || state.startsWith("23") || state.startsWith("54")) {
      // The same rows would fail again: bad value, broken constraint, limit passed.
      return Future.failedFuture(new RefusedBatch("SQLSTATE " + state));
    }
    if (!(e instanceof PgException)) {
      // A connection, or connecting, may hang for as long as TCP lets it: begin again with another.
      pool.close().onFailure(ignored -> LOG.debug("Closing a hung audit pool failed"));
      pool = database.pool(vertx, 1, WAITING);
    }
    return Future.failedFuture(e);
  }

  private static String sqlState(Throwable e) {
    return e instanceof PgException pg && pg.getSqlState() != null ? pg.getSqlState() : "";
  }

  @Override
  public Future<Void> close() {
    return pool.close();
  }
}
