package org.openbars.router.audit;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;

/**
 * The node's audit: takes one record for every exchange, refused ones too, and stores them in
 * PostgreSQL, in batches. Routing never waits for it: PostgreSQL may be away at start or later, and
 * records are then held up to {@code audit.queue}. It runs a Vert.x of its own with one event loop,
 * so that encoding a batch never delays an exchange. Safe on any thread.
 */
public final class AuditTrail {
  private static final int WAITING_SEARCHES = 16;
  private static final int WORKERS = 2;

  private record Running(Vertx vertx, Context context, AuditWriter writer, AuditSchema schema) {}

  private final @Nullable Running running;
  private final AuditSearch search;

  private AuditTrail(@Nullable Running running, AuditSearch search) {
    this.running = running;
    this.search = search;
  }

  /**
   * Starts it and returns at once; connecting and migrating go on behind. With {@code audit.mode:
   * off} nothing is started, kept or refused.
   *
   * @throws IllegalArgumentException when {@code audit.postgres.uri} cannot be used
   */
  public static AuditTrail start(AuditConfig config, Meters meters) {
    if (!config.on()) {
      return new AuditTrail(null, AuditSearch.off());
    }
    return start(
        new AuditDatabase(config.postgresUri(), config.passwordFile(), AuditDatabase.STATEMENT),
        config,
        meters);
  }

  static AuditTrail start(AuditDatabase database, AuditConfig config, Meters meters) {
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(WORKERS)
                .setMaxWorkerExecuteTime(Duration.ofMinutes(10).toNanos()));
    Context context = ((VertxInternal) vertx).createEventLoopContext();
    AuditWriter writer = new AuditWriter(vertx, context, database, config, meters);
    // The writer has one connection to itself: no search can make it wait.
    Pool pool = database.searchPool(vertx, Math.max(1, config.poolSize() - 1), WAITING_SEARCHES);
    AuditSchema schema = new AuditSchema(vertx, database, pool);
    context.runOnContext(
        v -> {
          writer.start();
          schema.keep(writer::schemaReady);
        });
    return new AuditTrail(
        new Running(vertx, context, writer, schema), AuditSearch.over(context, database, pool));
  }

  /**
   * Takes a place for one exchange. A write interaction is refused a place when {@code audit.queue}
   * places are held; a read is never refused, but beyond a fifth more its record may be lost (and
   * is counted). Neither locks nor waits; costs one compare-and-set.
   *
   * @param write whether the interaction may change the receiver's data
   */
  public AuditPlace reserve(boolean write) {
    return running == null ? AuditPlace.UNAUDITED : running.writer.queue().reserve(write);
  }

  /** Records an exchange that was refused before it asked for a place. */
  public void record(ExchangeRecord exchange) {
    if (running != null) {
      running.writer.queue().add(exchange);
    }
  }

  /** The read side. */
  public AuditSearch search() {
    return search;
  }

  /**
   * Stores what is held, for as long as {@code within} at the most, then ends; records that could
   * not be stored are counted as lost. To be called once, when no exchange is under way.
   */
  public Future<Void> stop(Duration within) {
    Running was = running;
    if (was == null) {
      return Future.succeededFuture();
    }
    Promise<Void> stopped = Promise.promise();
    was.context.runOnContext(
        v ->
            was.writer
                .stop(within)
                .eventually(was.schema::stop)
                .eventually(was.vertx::close)
                .onComplete(stopped));
    return onCallersContext(stopped.future());
  }

  /** The same outcome, told on the context that asked, where there is one. */
  static <T> Future<T> onCallersContext(Future<T> outcome) {
    Context caller = Vertx.currentContext();
    if (caller == null) {
      return outcome;
    }
    Promise<T> told = Promise.promise();
    outcome.onComplete((result, e) -> caller.runOnContext(v -> told.complete(result, e)));
    return told.future();
  }
}
