package org.openbars.router.audit;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.TargetIdentifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers questions about the audit. Records come newest first, page by page; a page's cursor is
 * the last record's place in that order, so records that arrive meanwhile neither shift nor repeat
 * what follows. Every answer that shows or changes something is preceded by a row in {@code
 * audit.look}; when that cannot be written, nothing is shown and nothing changed. Answers come on
 * the caller's Vert.x context; a question may take up to 20 s and never delays the writer.
 */
public final class AuditSearch {
  public static final int DEFAULT_LIMIT = 100;
  public static final int MAX_LIMIT = 1000;

  private static final Logger LOG = LoggerFactory.getLogger(AuditSearch.class);

  /**
   * What to look for; a part that is null is not asked about. Without a correlation id, request id
   * or NHS number, {@code from} and {@code to} are required. An id or number without them is looked
   * up in every day that is held: an id is the sender's and says nothing of the day.
   *
   * @param correlationId in any case
   * @param requestId in any case
   * @param organisation ODS code of the end-user organisation
   * @param useCase as the header says or the message
   * @param error a {@link BarsError}'s name, or the code that senders are answered
   * @param from the request arrived then or later
   * @param to the request arrived before then
   * @param limit records on a page, 1 to 1000
   * @param cursor {@link Page#next} of the page before; all else must be as it was then
   * @param nhsNumber never from a URL
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
      @Nullable String cursor,
      @Nullable NhsNumber nhsNumber)
      implements AuditQuestion {
    @Override
    public String kind() {
      return "search";
    }

    @Override
    public @Nullable NhsNumber person() {
      return nhsNumber;
    }

    @Override
    public JsonObject shown() {
      return new Shown()
          .person(nhsNumber)
          .part("correlation-id", correlationId)
          .part("request-id", requestId)
          .part("target", target == null ? null : target.system() + "|" + target.value())
          .part("organisation", organisation)
          .part("use-case", useCase)
          .part("status", status)
          .part("error", error)
          .part("from", from)
          .part("to", to)
          .part("limit", limit)
          .part("cursor", cursor == null ? null : "given")
          .json();
    }
  }

  /** What a question ends in. */
  public sealed interface Answer permits Page, LookPage, Done, NotFound, BadQuery, Unavailable {}

  /**
   * Records found, newest first.
   *
   * @param records one object an exchange, in camel case, absent members left out; the NHS number
   *     is never among them, only whether one is held
   * @param withheld records of this page that are not shown because their person is restricted;
   *     told, so that nobody takes a message for lost and sends it again
   * @param next where the next page begins; null when this is the last
   */
  public record Page(List<JsonObject> records, int withheld, @Nullable String next)
      implements Answer {
    public Page {
      records = List.copyOf(records);
    }

    public JsonObject toJson() {
      JsonObject json = new JsonObject().put("records", new JsonArray(records));
      if (withheld > 0) {
        json.put("withheld", withheld);
      }
      return next == null ? json : json.put("next", next);
    }
  }

  /** Looks at the audit, newest first; {@code next} as in {@link Page}. */
  public record LookPage(List<JsonObject> looks, @Nullable String next) implements Answer {
    public LookPage {
      looks = List.copyOf(looks);
    }

    public JsonObject toJson() {
      JsonObject json = new JsonObject().put("looks", new JsonArray(looks));
      return next == null ? json : json.put("next", next);
    }
  }

  /** A change is stored; {@code what} says what it came to. */
  public record Done(JsonObject what) implements Answer {}

  /** What was to be changed is not there. */
  public record NotFound(String problem) implements Answer {}

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
  public Future<Answer> ask(AuditQuestion question, Asker asker) {
    Running over = running;
    if (over == null) {
      return Future.succeededFuture(new Unavailable("audit.mode is off"));
    }
    String problem = problem(question);
    if (problem != null) {
      return Future.succeededFuture(new BadQuery(problem));
    }
    Promise<Answer> answer = Promise.promise();
    over.context.runOnContext(v -> run(over, question, asker).onComplete(answer));
    return AuditTrail.onCallersContext(answer.future());
  }

  /**
   * Keeps what an operator did beside the looks at the audit; false when it is not kept. Never
   * fails.
   */
  public Future<Boolean> note(String kind, JsonObject what, Asker asker) {
    Running over = running;
    if (over == null) {
      return Future.succeededFuture(false);
    }
    Promise<Boolean> kept = Promise.promise();
    over.context.runOnContext(
        v ->
            over.database
                .answered(
                    over.pool.withConnection(
                        connection -> {
                          connection.exceptionHandler(e -> LOG.debug("A note lost its connection"));
                          return AuditLooks.write(connection, kind, what, null, asker, 1).map(true);
                        }))
                .otherwise(
                    e -> {
                      LOG.warn("Audit {} was not kept: {}", kind, e.getClass().getSimpleName());
                      return false;
                    })
                .onComplete(kept));
    return AuditTrail.onCallersContext(kept.future());
  }

  private static @Nullable String problem(AuditQuestion question) {
    if (question instanceof Query query) {
      String wrong = paging(query.limit(), query.from(), query.to());
      if (wrong != null) {
        return wrong;
      }
      boolean byId =
          query.correlationId() != null || query.requestId() != null || query.nhsNumber() != null;
      if (!byId && (query.from() == null || query.to() == null)) {
        return "from, to: both are required without correlation-id or request-id";
      }
      if (query.error() != null && AuditSelect.errors(query.error()).length == 0) {
        return "error: no such error";
      }
      return query.cursor() == null || AuditSelect.place(query.cursor()) != null
          ? null
          : "cursor: not one of ours";
    }
    if (question instanceof AuditQuestion.Looks looks) {
      String wrong = paging(looks.limit(), looks.from(), looks.to());
      boolean known = looks.cursor() == null || AuditLooks.place(looks.cursor()) != null;
      return wrong != null || known ? wrong : "cursor: not one of ours";
    }
    return null;
  }

  private static @Nullable String paging(int limit, @Nullable Instant from, @Nullable Instant to) {
    if (limit < 1 || limit > MAX_LIMIT) {
      return "limit: must be 1 to " + MAX_LIMIT;
    }
    return from != null && to != null && !from.isBefore(to) ? "from: must be before to" : null;
  }

  private static Future<Answer> run(Running over, AuditQuestion question, Asker asker) {
    Future<Answer> answer =
        over.pool.withConnection(
            connection -> {
              // Without a handler the client prints a broken connection's stack to stderr.
              connection.exceptionHandler(e -> LOG.debug("Audit search lost its connection"));
              return answer(connection, question, asker);
            });
    return over.database
        .answered(answer)
        .otherwise(
            e -> {
              LOG.warn("Audit {} failed: {}", question.kind(), e.getClass().getSimpleName());
              return new Unavailable("the audit cannot be asked now");
            });
  }

  private static Future<Answer> answer(
      SqlConnection connection, AuditQuestion question, Asker asker) {
    if (question instanceof Query query) {
      return search(connection, query, asker);
    }
    if (question instanceof AuditQuestion.Looks looks) {
      return looks(connection, looks, asker);
    }
    return AuditChanges.make(connection, question, asker);
  }

  private static Future<Answer> search(SqlConnection connection, Query query, Asker asker) {
    AuditSelect select = AuditSelect.of(query);
    return connection
        .preparedQuery(select.sql())
        .execute(select.values())
        .map(found -> AuditSelect.page(found, query.limit()))
        .compose(
            page ->
                AuditLooks.write(connection, query, asker, page.records().size()).map(v -> page));
  }

  private static Future<Answer> looks(
      SqlConnection connection, AuditQuestion.Looks looks, Asker asker) {
    return AuditLooks.find(connection, looks)
        .compose(
            page -> AuditLooks.write(connection, looks, asker, page.looks().size()).map(v -> page));
  }
}
