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
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openbars.router.journal.Journal;
import org.openbars.router.journal.JournalInUseException;
import org.openbars.router.ledger.ChainHead;
import org.openbars.router.ledger.LedgerConfig;
import org.openbars.router.ledger.NhsNumberKey;
import org.openbars.router.ledger.SealFiles;
import org.openbars.router.ledger.SealKeys;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's audit: one record for every exchange, refused ones too. The exchange writes it to the
 * journal on this machine; each sink is shipped to from there, so that routing waits for none of
 * them, and a sink may be away at start or later. It runs a Vert.x of its own with one event loop,
 * so that encoding a batch never delays an exchange. Safe on any thread.
 */
public final class AuditTrail {
  private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);
  private static final int WAITING_SEARCHES = 16;

  /** Each shipper reads on a worker, and so do a migration and a look-up of names. */
  private static final int WORKERS = 6;

  /** Splunk acknowledges after seconds, a batch at a time: small ones would hold it up. */
  private static final int LARGE_BATCH = 5000;

  private record Running(
      Vertx vertx,
      Context context,
      Journal journal,
      List<Shipper> shippers,
      AuditSchema schema,
      @Nullable Sealer sealer,
      Future<Void> ready) {}

  /** Writes to the journal, and counts what a full one could not take. */
  private record Entries(Journal journal, Counter refusals, Counter unrecorded)
      implements AuditPlace.Entries {
    @Override
    public void opened(ExchangeRecord soFar, Consumer<Boolean> then) {
      journal.opened(AuditText.bounded(soFar), then);
    }

    @Override
    public void closed(ExchangeRecord exchange, boolean hadOpened, Runnable then) {
      journal.closed(AuditText.bounded(exchange), hadOpened, then);
    }

    @Override
    public void unplaced(ExchangeRecord exchange) {
      boolean told = exchange.result().error() == BarsError.AUDIT_FULL;
      (told ? refusals : unrecorded).increment();
    }

    @Override
    public void refused() {
      refusals.increment();
    }
  }

  private final @Nullable Running running;
  private final AuditSearch search;
  private final @Nullable Entries entries;

  private AuditTrail(@Nullable Running running, AuditSearch search, Meters meters) {
    this.running = running;
    this.search = search;
    Counter refused =
        meters.counter("bars.audit.refused", "Exchanges refused: the journal was full");
    Counter unrecorded =
        meters.counter(
            "bars.audit.unrecorded", "Answered by the router itself while the journal was full");
    this.entries = running == null ? null : new Entries(running.journal, refused, unrecorded);
  }

  /**
   * Starts it; connecting and migrating go on behind. With {@code audit.mode: off} nothing is
   * started, kept or refused. Blocks while it takes up what a former run left in the journal.
   *
   * @throws IllegalArgumentException when {@code audit.postgres.uri} or a key file cannot be used
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
    // First, because it may find the journal in another router's hands; it makes the folder, too.
    Journal journal = Journal.open(config.journal(), names(config), meters);
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
    PostgresSink postgres = new PostgresSink(vertx, database, numberKey(config), moved, meters);
    List<AuditSink> sinks = sinks(postgres, config, vertx);
    List<Shipper> shippers = new ArrayList<>();
    for (AuditSink sink : sinks) {
      int batch = sink == postgres ? config.batch() : LARGE_BATCH;
      shippers.add(
          new Shipper(
              vertx,
              context,
              sink,
              journal.reader(sink.name()),
              new Shipper.Pace(batch, config.linger()),
              ledger.node(),
              meters));
    }
    // The sink has one connection to itself: no search can make it wait.
    Pool pool = database.searchPool(vertx, Math.max(1, config.poolSize() - 1), WAITING_SEARCHES);
    AuditRetention retention =
        new AuditRetention(database, config.retention(), ledger.sealPath(), InstantSource.system());
    AuditSchema schema = new AuditSchema(vertx, database, pool, retention);
    Promise<Void> ready = Promise.promise();
    context.runOnContext(
        v -> {
          shippers.stream().skip(1).forEach(Shipper::start);
          schema.keep(
              () -> {
                shippers.get(0).start();
                if (sealer == null) {
                  ready.complete();
                } else {
                  sealer.start();
                  postgres.tellHeads(ledger.node()).onComplete(told -> ready.complete());
                }
              });
        });
    return new AuditTrail(
        new Running(vertx, context, journal, shippers, schema, sealer, ready.future()),
        AuditSearch.over(context, database, pool),
        meters);
  }

  private static List<String> names(AuditConfig config) {
    List<String> names = new ArrayList<>(List.of(PostgresSink.NAME));
    if (config.splunk() != null) {
      names.add(SplunkSink.NAME);
    }
    if (config.kafka() != null) {
      names.add(KafkaSink.NAME);
    }
    return names;
  }

  /** PostgreSQL first. */
  private static List<AuditSink> sinks(PostgresSink postgres, AuditConfig config, Vertx vertx) {
    List<AuditSink> sinks = new ArrayList<>(List.of(postgres));
    if (config.splunk() != null) {
      sinks.add(new SplunkSink(vertx, config.splunk()));
    }
    if (config.kafka() != null) {
      sinks.add(new KafkaSink(vertx, config.kafka()));
    }
    return sinks;
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

  /** Where the key for NHS numbers stands that is made at the first start, if none is named. */
  static Path madeKey(AuditConfig config) {
    return config.journal().path().resolve("nhs-number.key");
  }

  private static NhsNumberKey numberKey(AuditConfig config) {
    Path file = config.ledger().nhsNumberKeyFile();
    try {
      return file == null
          ? NhsNumberKey.readOrMake(madeKey(config))
          : NhsNumberKey.readOrMake(file);
    } catch (IOException e) {
      throw new IllegalArgumentException("the key for NHS numbers cannot be read: " + e, e);
    }
  }

  /**
   * Takes a place for one exchange, on the event loop that carries it. It is refused while the
   * journal is full, reads and writes alike: nothing goes to a receiver that the audit could not
   * tell of. Neither locks nor waits.
   */
  public AuditPlace reserve() {
    if (entries == null) {
      return AuditPlace.UNAUDITED;
    }
    return entries.journal.accepts() ? AuditPlace.held(entries) : AuditPlace.refused(entries);
  }

  /** Whether new exchanges are taken: false while the journal is full or its disk takes nothing. */
  public boolean accepts() {
    return running == null || running.journal.accepts();
  }

  /**
   * Completes when PostgreSQL was there once and records go into it; at once without an audit. It
   * never fails, and does not complete while PostgreSQL is away: nothing but a command may wait.
   */
  public Future<Void> ready() {
    return running == null ? Future.succeededFuture() : running.ready;
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
    Sealer sealer = was.sealer;
    return was.context
        .<Void>executeBlocking(
            () -> {
              was.journal.sealAll();
              return null;
            })
        .compose(v -> Future.join(was.shippers.stream().map(each -> each.stop(within)).toList()))
        .eventually(() -> sealer == null ? Future.succeededFuture() : sealer.stop())
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
