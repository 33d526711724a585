package org.openbars.router.audit;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openbars.router.ledger.ChainHead;
import org.openbars.router.ledger.LedgerConfig;
import org.openbars.router.ledger.NhsNumberKey;
import org.openbars.router.ledger.SealFiles;
import org.openbars.router.ledger.SealKeys;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's audit: takes one record for every exchange, refused ones too, and stores them in
 * PostgreSQL, in batches. Routing never waits for it: PostgreSQL may be away at start or later, and
 * records are then held up to {@code audit.queue}. It runs a Vert.x of its own with one event loop,
 * so that encoding a batch never delays an exchange. Safe on any thread.
 */
public final class AuditTrail {
  private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);
  private static final int WAITING_SEARCHES = 16;
  private static final int WORKERS = 2;

  private record Running(
      Vertx vertx,
      Context context,
      AuditWriter writer,
      AuditSchema schema,
      @Nullable Sealer sealer) {}

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
    LedgerConfig ledger = config.ledger();
    Sealer sealer = sealer(vertx, ledger, meters);
    Consumer<Collection<ChainHead>> moved = sealer == null ? heads -> {} : sealer::moved;
    PostgresSink sink = new PostgresSink(vertx, database, numberKey(ledger), moved, meters);
    AuditWriter writer = new AuditWriter(vertx, context, sink, config, meters);
    // The sink has one connection to itself: no search can make it wait.
    Pool pool = database.pool(vertx, Math.max(1, config.poolSize() - 1), WAITING_SEARCHES);
    AuditRetention retention =
        new AuditRetention(database, config.retention(), ledger.sealPath(), InstantSource.system());
    AuditSchema schema = new AuditSchema(vertx, database, pool, retention);
    context.runOnContext(
        v -> {
          writer.start();
          schema.keep(
              () -> {
                writer.schemaReady();
                if (sealer != null) {
                  sealer.start();
                  sink.tellHeads(ledger.node());
                }
              });
        });
    return new AuditTrail(
        new Running(vertx, context, writer, schema, sealer),
        AuditSearch.over(context, database, pool));
  }

  private static @Nullable Sealer sealer(Vertx vertx, LedgerConfig config, Meters meters) {
    Path folder = config.sealPath();
    Path keyFile = config.sealKeyFile();
    if (folder == null || keyFile == null) {
      LOG.warn(
          "audit.seal.path is not set: nothing outside the database shows if its records were"
              + " rewritten or cut off");
      return null;
    }
    try {
      SealFiles files = new SealFiles(folder, config.node(), SealKeys.privateKey(keyFile));
      return new Sealer(vertx, files, InstantSource.system(), meters);
    } catch (IOException e) {
      throw new IllegalArgumentException("audit.seal.key-file cannot be read: " + e, e);
    }
  }

  private static NhsNumberKey numberKey(LedgerConfig config) {
    Path file = config.nhsNumberKeyFile();
    if (file == null) {
      return NhsNumberKey.ofThisProcess();
    }
    try {
      return NhsNumberKey.readOrMake(file);
    } catch (IOException e) {
      throw new IllegalArgumentException("audit.seal.nhs-number-key-file cannot be read: " + e, e);
    }
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
                .eventually(() -> was.sealer == null ? Future.succeededFuture() : was.sealer.stop())
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
