package org.openbars.router.audit;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openbars.router.journal.Journal;
import org.openbars.router.journal.JournalInUseException;
import org.openbars.router.meter.Meters;

/**
 * The node's audit: one record for every exchange, refused ones too. The exchange writes it to the
 * journal on this machine; each sink is shipped to from there, so that routing waits for none of
 * them, and a sink may be away at start or later. It runs a Vert.x of its own with one event loop,
 * so that encoding a batch never delays an exchange. Safe on any thread.
 */
public final class AuditTrail {
  private static final int WAITING_SEARCHES = 16;

  /** Each shipper reads on a worker, and so does a migration. */
  private static final int WORKERS = 4;

  private record Running(
      Vertx vertx, Context context, Journal journal, List<Shipper> shippers, AuditSchema schema) {}

  private record Counters(Counter refused, Counter unrecorded) {}

  private final @Nullable Running running;
  private final AuditSearch search;
  private final Counters counters;

  private AuditTrail(@Nullable Running running, AuditSearch search, Meters meters) {
    this.running = running;
    this.search = search;
    this.counters =
        new Counters(
            meters.counter("bars.audit.refused", "Exchanges refused: the journal was full"),
            meters.counter(
                "bars.audit.unrecorded",
                "Exchanges answered by the router itself while the journal was full"));
  }

  /**
   * Starts it; connecting and migrating go on behind. With {@code audit.mode: off} nothing is
   * started, kept or refused. Blocks while it takes up what a former run left in the journal.
   *
   * @throws IllegalArgumentException when {@code audit.postgres.uri} cannot be used
   * @throws JournalInUseException when another router has the journal's folder
   * @throws IOException when the journal's folder cannot be used
   */
  public static AuditTrail start(AuditConfig config, Meters meters) throws IOException {
    if (!config.on()) {
      return new AuditTrail(null, AuditSearch.off(), meters);
    }
    return start(
        new AuditDatabase(config.postgresUri(), config.passwordFile(), AuditDatabase.STATEMENT),
        config,
        meters);
  }

  static AuditTrail start(AuditDatabase database, AuditConfig config, Meters meters)
      throws IOException {
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(WORKERS)
                .setMaxWorkerExecuteTime(Duration.ofMinutes(10).toNanos()));
    Context context = ((VertxInternal) vertx).createEventLoopContext();
    PostgresSink postgres = new PostgresSink(vertx, database, meters);
    List<AuditSink> sinks = List.of(postgres);
    Journal journal =
        Journal.open(config.journal(), sinks.stream().map(AuditSink::name).toList(), meters);
    List<Shipper> shippers =
        sinks.stream()
            .map(
                sink ->
                    new Shipper(
                        vertx,
                        context,
                        sink,
                        journal.reader(sink.name()),
                        config.batch(),
                        config.linger(),
                        meters))
            .toList();
    // The sink has one connection to itself: no search can make it wait.
    Pool pool = database.pool(vertx, Math.max(1, config.poolSize() - 1), WAITING_SEARCHES);
    AuditSchema schema = new AuditSchema(vertx, database, pool);
    context.runOnContext(
        v -> {
          shippers.forEach(Shipper::start);
          schema.keep(postgres::schemaReady);
        });
    return new AuditTrail(
        new Running(vertx, context, journal, shippers, schema),
        AuditSearch.over(context, database, pool),
        meters);
  }

  /**
   * Takes a place for one exchange, on the event loop that carries it. It is refused while the
   * journal is full, reads and writes alike: nothing goes to a receiver that the audit could not
   * tell of. Neither locks nor waits.
   */
  public AuditPlace reserve() {
    if (running == null) {
      return AuditPlace.UNAUDITED;
    }
    boolean full = !running.journal.mayOpen();
    if (full) {
      counters.refused.increment();
    }
    return AuditPlace.in(running.journal, counters.unrecorded, full);
  }

  /** Whether new exchanges are taken: false while the journal is full or its disk takes nothing. */
  public boolean accepts() {
    return running == null || running.journal.accepts();
  }

  /** The read side. */
  public AuditSearch search() {
    return search;
  }

  /**
   * Ships what waits, for as long as {@code within} at the most, then ends; what could not be
   * stored stays in the journal for the next start. To be called once, when no exchange is under
   * way.
   */
  public Future<Void> stop(Duration within) {
    Running was = running;
    if (was == null) {
      return Future.succeededFuture();
    }
    // Promises of no context: the audit's own ends with its Vert.x.
    Promise<Void> shipped = Promise.promise();
    Promise<Void> stopped = Promise.promise();
    was.context.runOnContext(v -> ship(was, within).onComplete(shipped));
    shipped.future().eventually(was.schema::stop).eventually(was.vertx::close).onComplete(stopped);
    return onCallersContext(stopped.future());
  }

  private static Future<Void> ship(Running was, Duration within) {
    return was.context
        .<Void>executeBlocking(
            () -> {
              was.journal.sealAll();
              return null;
            })
        .compose(v -> Future.join(was.shippers.stream().map(each -> each.stop(within)).toList()))
        .eventually(() -> was.context.executeBlocking(was.journal::close))
        .mapEmpty();
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
