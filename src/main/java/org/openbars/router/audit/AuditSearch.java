package org.openbars.router.audit;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.TargetIdentifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds audit records, newest first, page by page. A page's cursor is the last record's place in
 * that order, so records that arrive meanwhile neither shift nor repeat what follows. Answers come
 * on the caller's Vert.x context; a search may take up to 20 s and never delays the writer.
 */
public final class AuditSearch {
  public static final int DEFAULT_LIMIT = 100;
  public static final int MAX_LIMIT = 1000;

  private static final Logger LOG = LoggerFactory.getLogger(AuditSearch.class);

  /**
   * What to look for; a part that is null is not asked about. Without a correlation or request id,
   * {@code from} and {@code to} are required.
   *
   * @param correlationId in any case
   * @param requestId in any case
   * @param organisation ODS code of the end-user organisation
   * @param error a {@link BarsError}'s name, or the code that senders are answered
   * @param from the request arrived then or later
   * @param to the request arrived before then
   * @param limit records on a page, 1 to 1000
   * @param cursor {@link Page#next} of the page before; all else must be as it was then
   */
  public record Query(
      @Nullable String correlationId,
      @Nullable String requestId,
      @Nullable TargetIdentifier target,
      @Nullable String organisation,
      @Nullable String useCase,
      @Nullable Integer status,
      @Nullable String error,
      @Nullable Instant from,
      @Nullable Instant to,
      int limit,
      @Nullable String cursor) {}

  /** What a search ends in. */
  public sealed interface Answer permits Page, BadQuery, Unavailable {}

  /**
   * Records found, newest first.
   *
   * @param records one object an exchange, in camel case, absent members left out; the NHS number
   *     is never among them, only whether one is held
   * @param next where the next page begins; null when this is the last
   */
  public record Page(List<JsonObject> records, @Nullable String next) implements Answer {
    public Page {
      records = List.copyOf(records);
    }

    public JsonObject toJson() {
      JsonObject json = new JsonObject().put("records", new JsonArray(records));
      return next == null ? json : json.put("next", next);
    }
  }

  /** The query cannot be answered as it stands; {@code problem} names the part and the rule. */
  public record BadQuery(String problem) implements Answer {}

  /**
   * PostgreSQL is away, busy beyond its bounds, or no audit is kept. The same query may do later.
   */
  public record Unavailable(String problem) implements Answer {}

  private record Running(Context context, AuditDatabase database, Pool pool) {}

  private final @Nullable Running running;

  private AuditSearch(@Nullable Running running) {
    this.running = running;
  }

  static AuditSearch over(Context context, AuditDatabase database, Pool pool) {
    return new AuditSearch(new Running(context, database, pool));
  }

  static AuditSearch off() {
    return new AuditSearch(null);
  }

  /** Never fails: see {@link Answer}. */
  public Future<Answer> find(Query query) {
    Running over = running;
    if (over == null) {
      return Future.succeededFuture(new Unavailable("audit.mode is off"));
    }
    String problem = problem(query);
    AuditSelect.Cursor after =
        query.cursor() == null ? null : AuditSelect.Cursor.parse(query.cursor());
    if (problem == null && query.cursor() != null && after == null) {
      problem = "cursor: not one of ours";
    }
    if (problem != null) {
      return Future.succeededFuture(new BadQuery(problem));
    }
    Promise<Answer> answer = Promise.promise();
    over.context.runOnContext(v -> run(over, query, after).onComplete(answer));
    return AuditTrail.onCallersContext(answer.future());
  }

  private static @Nullable String problem(Query query) {
    Instant from = query.from();
    Instant to = query.to();
    if (query.limit() < 1 || query.limit() > MAX_LIMIT) {
      return "limit: must be 1 to " + MAX_LIMIT;
    }
    boolean byId = query.correlationId() != null || query.requestId() != null;
    if (!byId && (from == null || to == null)) {
      return "from, to: both are required without correlation-id or request-id";
    }
    if (from != null && to != null && !from.isBefore(to)) {
      return "from: must be before to";
    }
    if (query.error() != null && AuditSelect.errors(query.error()).length == 0) {
      return "error: no such error";
    }
    return null;
  }

  private static Future<Answer> run(Running over, Query query, AuditSelect.@Nullable Cursor after) {
    AuditSelect select = AuditSelect.of(query, after);
    Future<RowSet<Row>> rows =
        over.pool.withConnection(
            connection ->
                connection
                    // Without a handler the client prints a broken connection's stack to stderr.
                    .exceptionHandler(e -> LOG.debug("Audit search lost its connection"))
                    .preparedQuery(select.sql())
                    .execute(select.values()));
    return over.database
        .answered(rows)
        .<Answer>map(found -> AuditSelect.page(found, query.limit()))
        .otherwise(
            e -> {
              LOG.warn("Audit search failed: {}", e.getClass().getSimpleName());
              return new Unavailable("the audit cannot be searched now");
            });
  }
}
