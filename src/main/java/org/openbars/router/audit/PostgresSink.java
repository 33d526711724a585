package org.openbars.router.audit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.openbars.router.journal.Gap;
import org.openbars.router.ledger.ChainHead;
import org.openbars.router.ledger.NhsNumberKey;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores batches in PostgreSQL. A batch is one transaction: it locks the heads of its chains,
 * leaves out what is there already, links the rest and moves the heads; so a batch that comes
 * again, after a crash or a commit whose answer was lost, changes nothing. It has one connection,
 * to itself: no search can make it wait. On the audit's context only.
 */
final class PostgresSink implements AuditSink {
  static final String NAME = "postgres";

  private static final Logger LOG = LoggerFactory.getLogger(PostgresSink.class);
  private static final int WAITING = 4;
  private static final String NO_PARTITION = "23514";

  private static final String LOCK =
      "SELECT day, node, length, head FROM audit.chain WHERE (day, node) IN"
          + " (SELECT * FROM unnest($1::date[], $2::text[])) ORDER BY day, node FOR UPDATE";
  private static final String START =
      "INSERT INTO audit.chain (day, node, length, head)"
          + " SELECT * FROM unnest($1::date[], $2::text[], $3::bigint[], $4::bytea[])"
          + " ON CONFLICT DO NOTHING";
  private static final String MOVE =
      "UPDATE audit.chain AS chain SET length = moved.length, head = moved.head"
          + " FROM unnest($1::date[], $2::text[], $3::bigint[], $4::bytea[])"
          + " AS moved (day, node, length, head)"
          + " WHERE chain.day = moved.day AND chain.node = moved.node";
  private static final String STORED =
      "SELECT id FROM audit.exchange WHERE day = ANY ($1::date[]) AND id = ANY ($2::uuid[])";

  /** Somebody stored one of the rows since we looked. */
  private static final class StoredMeanwhile extends Exception {
    private static final long serialVersionUID = 1L;

    StoredMeanwhile() {
      super("a record of the batch is stored already", null, false, false);
    }
  }

  private final Vertx vertx;
  private final AuditDatabase database;
  private final NhsNumberKey key;
  private final Consumer<Collection<ChainHead>> moved;
  private final Timer inserts;
  private final Counter malformedOrganisations;
  private final Counter malformedSoftware;
  private Pool pool;
  // Whether rows of the next batch may be there: at first, and after a failure. Saves a look-up.
  private boolean mayBeStored = true;

  /**
   * @param moved told where chains end, once that is committed; on the audit's context
   */
  PostgresSink(
      Vertx vertx,
      AuditDatabase database,
      NhsNumberKey key,
      Consumer<Collection<ChainHead>> moved,
      Meters meters) {
    this.vertx = vertx;
    this.database = database;
    this.key = key;
    this.moved = moved;
    this.pool = database.pool(vertx, 1, WAITING);
    this.inserts = meters.timer("bars.audit.insert", "Time to store a batch");
    this.malformedOrganisations = malformed(meters, "organisation");
    this.malformedSoftware = malformed(meters, "software");
  }

  private static Counter malformed(Meters meters, String header) {
    return meters.counter(
        "bars.audit.headers.malformed", "Sender headers that could not be read", "header", header);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Future<Void> store(List<ExchangeRecord> batch) {
    AuditRows rows;
    try {
      rows = AuditRows.of(batch, key);
    } catch (RuntimeException e) {
      // Ours to mend, but one record must not stop the others.
      return Future.failedFuture(new RefusedBatch(e.getClass().getSimpleName()));
    }
    long began = System.nanoTime();
    return store(rows, false)
        .onSuccess(
            v -> {
              inserts.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
              malformedOrganisations.increment(rows.malformedOrganisations());
              malformedSoftware.increment(rows.malformedSoftware());
              mayBeStored = false;
            })
        .onFailure(e -> mayBeStored = true)
        .recover(this::asTheShipperKnowsIt);
  }

  private Future<Void> store(AuditRows rows, boolean partitionsMade) {
    return transaction(rows, mayBeStored)
        .recover(
            e -> {
              if (e instanceof StoredMeanwhile) {
                return transaction(rows, true);
              }
              // The table has no check constraint, so 23514 first means that a day has no
              // partition.
              boolean lacksPartition = !partitionsMade && sqlState(e).equals(NO_PARTITION);
              return lacksPartition
                  ? ensurePartitions(rows).compose(made -> store(rows, true))
                  : Future.failedFuture(e);
            });
  }

  private Future<Void> transaction(AuditRows rows, boolean look) {
    Future<Collection<ChainHead>> committed =
        pool.withTransaction(
            connection ->
                heads(connection, rows.chains())
                    .compose(
                        heads ->
                            (look ? notStored(connection, rows) : Future.succeededFuture(rows))
                                .compose(fresh -> insert(connection, fresh, heads))));
    return database.answered(committed).onSuccess(moved::accept).mapEmpty();
  }

  /** Locks the chains and reads where they end; makes those that are new. */
  private static Future<Map<ChainHead.Key, ChainHead>> heads(
      SqlConnection connection, List<ChainHead.Key> chains) {
    return lock(connection, chains)
        .compose(
            heads ->
                heads.size() == chains.size()
                    ? Future.succeededFuture(heads)
                    : connection
                        .preparedQuery(START)
                        .execute(tuple(chains.stream().map(ChainHead::start).toList()))
                        .compose(made -> lock(connection, chains)));
  }

  /** Tells where a node's chains end now: some may have moved since it was last sealed. */
  Future<Void> tellHeads(String node) {
    Future<List<ChainHead>> heads =
        pool.preparedQuery("SELECT day, node, length, head FROM audit.chain WHERE node = $1")
            .execute(Tuple.of(AuditText.stored(node, AuditText.MAX_NAME)))
            .map(rows -> rows.stream().map(PostgresSink::head).toList());
    return database
        .answered(heads)
        .onSuccess(moved::accept)
        .onFailure(e -> LOG.warn("Ends of older chains not sealed: {}", e.toString()))
        .mapEmpty();
  }

  private static Future<Map<ChainHead.Key, ChainHead>> lock(
      SqlConnection connection, List<ChainHead.Key> chains) {
    Tuple keys =
        Tuple.tuple()
            .addValue(chains.stream().map(ChainHead.Key::day).toArray(LocalDate[]::new))
            .addValue(chains.stream().map(ChainHead.Key::node).toArray(String[]::new));
    return connection
        .preparedQuery(LOCK)
        .execute(keys)
        .map(
            rows -> {
              Map<ChainHead.Key, ChainHead> heads = new TreeMap<>();
              rows.forEach(row -> heads.put(key(row), head(row)));
              return heads;
            });
  }

  private static ChainHead.Key key(Row row) {
    return new ChainHead.Key(row.getLocalDate("day"), row.getString("node"));
  }

  private static ChainHead head(Row row) {
    return ChainHead.stored(key(row), row.getLong("length"), row.getBuffer("head").getBytes());
  }

  private static Tuple tuple(Collection<ChainHead> heads) {
    return Tuple.tuple()
        .addValue(array(heads, head -> head.key().day(), LocalDate[]::new))
        .addValue(array(heads, head -> head.key().node(), String[]::new))
        .addValue(array(heads, ChainHead::length, Long[]::new))
        .addValue(array(heads, head -> Buffer.buffer(head.hash()), Buffer[]::new));
  }

  private static <T> T[] array(
      Collection<ChainHead> heads, Function<ChainHead, T> part, IntFunction<T[]> array) {
    return heads.stream().map(part).toArray(array);
  }

  // Under the locks: whoever stored one of these before us has committed or never will.
  private static Future<AuditRows> notStored(SqlConnection connection, AuditRows rows) {
    return connection
        .preparedQuery(STORED)
        .execute(Tuple.tuple().addValue(rows.days()).addValue(rows.ids()))
        .map(
            found -> {
              Set<UUID> stored = new HashSet<>();
              found.forEach(row -> stored.add(row.getUUID(0)));
              return rows.without(stored);
            });
  }

  private static Future<Collection<ChainHead>> insert(
      SqlConnection connection, AuditRows rows, Map<ChainHead.Key, ChainHead> heads) {
    if (rows.size() == 0) {
      return Future.succeededFuture(heads.values());
    }
    AuditRows.Linked linked = rows.linkedTo(heads);
    return connection
        .preparedQuery(AuditColumns.INSERT)
        .execute(linked.arrays())
        .compose(
            stored ->
                stored.rowCount() == rows.size()
                    ? connection.preparedQuery(MOVE).execute(tuple(linked.heads().values()))
                    : Future.failedFuture(new StoredMeanwhile()))
        .map(v -> linked.heads().values());
  }

  private Future<Void> ensurePartitions(AuditRows rows) {
    Future<?> made =
        pool.preparedQuery("SELECT audit.ensure_partition(day) FROM unnest($1::date[]) AS day")
            .execute(Tuple.of(rows.days()));
    return database.answered(made).mapEmpty();
  }

  /** Stores what was lost before it came here; the same gap twice is stored once. */
  @Override
  public Future<Void> storeGaps(String node, List<Gap> gaps) {
    List<Tuple> rows =
        gaps.stream()
            .map(
                gap ->
                    Tuple.of(
                        gap.noticed().atOffset(ZoneOffset.UTC),
                        AuditText.stored(node, AuditText.MAX_NAME),
                        gap.reason().name(),
                        gap.records()))
            .toList();
    Future<?> stored =
        pool.preparedQuery(
                "INSERT INTO audit.gap (noticed_at, node, reason, records)"
                    + " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
            .executeBatch(rows);
    return database.answered(stored).<Void>mapEmpty().recover(this::asTheShipperKnowsIt);
  }

  private Future<Void> asTheShipperKnowsIt(Throwable e) {
    if (isAboutTheData(e)) {
      // PostgreSQL's text about bad data quotes it.
      return Future.failedFuture(new RefusedBatch("SQLSTATE " + sqlState(e)));
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

  /** Whether the same rows would fail again: bad value, broken constraint, limit passed. */
  private static boolean isAboutTheData(Throwable e) {
    String state = sqlState(e);
    return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
  }

  @Override
  public Future<Void> close() {
    return pool.close();
  }
}
