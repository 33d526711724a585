package org.openbars.router.audit;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.sqlclient.Pool;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openbars.router.audit.AuditSearch.Page;
import org.openbars.router.audit.AuditSearch.Query;
import org.openbars.router.fixture.AuditRowsInBulk;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.TargetIdentifier;

/**
 * Measures every kind of question, its look included, as docs/performance-audit-search.md tells.
 * Arguments: an empty database's URI as {@code postgresql://postgres@127.0.0.1:5432/name}, which it
 * fills with as many records as the second argument says over 90 days; one that is filled is asked
 * as it is.
 */
public final class AuditSearchMeasure {
  private static final int DAYS = 90;
  private static final int ROUNDS = 300;
  private static final int WARM_UP = 60;
  private static final Asker ASKER = new Asker("measure", "loopback", "127.0.0.1", false);

  /** A record to take a question's values from. */
  private record Sample(
      String correlationId,
      String requestId,
      String target,
      String organisation,
      String useCase,
      @Nullable String nhsNumber) {}

  private final AuditSearch search;
  private final List<Sample> samples;
  private final Instant end;
  private final Random random = new Random(1);

  private AuditSearchMeasure(AuditSearch search, List<Sample> samples, Instant end) {
    this.search = search;
    this.samples = samples;
    this.end = end;
  }

  /** Prints one line a kind of question. */
  public static void main(String[] args) throws Exception {
    String uri = args[0];
    LocalDate last = LocalDate.now(ZoneOffset.UTC);
    try (Connection connection =
            DriverManager.getConnection("jdbc:" + uri.replace("postgres@", ""), "postgres", "");
        Statement statement = connection.createStatement()) {
      fill(uri, statement, last.minusDays(DAYS - 1), Long.parseLong(args[1]));
      List<Sample> samples = samples(statement);
      Vertx vertx = Vertx.vertx();
      Context context = ((VertxInternal) vertx).createEventLoopContext();
      AuditDatabase database = new AuditDatabase(uri, null, AuditDatabase.STATEMENT);
      Pool pool = database.searchPool(vertx, 1, 4);
      Instant end = last.plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC);
      new AuditSearchMeasure(AuditSearch.over(context, database, pool), samples, end).all();
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
  }

  private static void fill(String uri, Statement statement, LocalDate first, long records)
      throws Exception {
    try (ResultSet there = statement.executeQuery("SELECT to_regclass('audit.exchange')")) {
      there.next();
      if (there.getString(1) != null) {
        return;
      }
    }
    AuditRowsInBulk.migrate(uri);
    statement.execute(
        "SELECT audit.ensure_partitions('%s', '%s')".formatted(first, first.plusDays(DAYS - 1)));
    statement.execute(AuditRowsInBulk.insert(first, DAYS, records));
    statement.execute("VACUUM ANALYZE audit.exchange");
  }

  private static List<Sample> samples(Statement statement) throws Exception {
    List<Sample> samples = new ArrayList<>();
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT correlation_id, request_id, target_value, end_user_organisation, use_case,"
                + " nhs_number FROM audit.exchange TABLESAMPLE SYSTEM (0.1)"
                + " ORDER BY random() LIMIT 5000")) {
      while (rows.next()) {
        samples.add(
            new Sample(
                rows.getString(1),
                rows.getString(2),
                rows.getString(3),
                rows.getString(4),
                rows.getString(5),
                rows.getString(6)));
      }
    }
    return samples;
  }

  private void all() throws Exception {
    System.out.println("question | page | records | p50 ms | p99 ms | longest ms");
    Instant quarter = end.minus(Duration.ofDays(DAYS));
    Instant week = end.minus(Duration.ofDays(7));
    kind("correlation id", s -> query(s.correlationId(), null, null, null));
    kind("correlation id, 7 days", s -> query(s.correlationId(), null, week, end));
    kind("request id", s -> query(null, s.requestId(), null, null));
    kind("NHS number", s -> person(s, null, null));
    kind("NHS number, 7 days", s -> person(s, week, end));
    kind("window, 1 hour", s -> hour());
    kind("window, 90 days", s -> query(null, null, quarter, end));
    kind("target, 90 days", s -> filter(s, "target", null, quarter, null));
    kind("organisation, 90 days", s -> filter(s, "organisation", null, quarter, null));
    kind("use case, 90 days", s -> filter(s, "use case", null, quarter, null));
    kind("organisation and use case", s -> filter(s, "both", null, quarter, null));
    kind("organisation unknown", s -> filter(s, "unknown", null, quarter, null));
    kind("status 200, 90 days", s -> filter(s, "status", "200", quarter, null));
    kind("status 503, 90 days", s -> filter(s, "status", "503", quarter, null));
    kind("status 408 (rare)", s -> filter(s, "status", "408", quarter, null));
    kind("error, one name", s -> filter(s, "error", "TARGET_UNKNOWN", quarter, null));
    kind("error, rare", s -> filter(s, "error", "RECEIVER_TIMED_OUT", quarter, null));
    kind("error, a code of 3 names", s -> filter(s, "error", "PROXY_NOT_FOUND", quarter, null));
  }

  private void kind(String name, Function<Sample, @Nullable Query> asked) throws Exception {
    List<Query> queries = new ArrayList<>();
    while (queries.size() < ROUNDS + WARM_UP) {
      Query query = asked.apply(samples.get(random.nextInt(samples.size())));
      if (query != null) {
        queries.add(query);
      }
    }
    time(name, "first", queries);
    String cursor = fiftieth(queries.get(0));
    if (cursor != null) {
      Query query = queries.get(0);
      Query later = at(query, 100, cursor);
      time(name, "50th", Collections.nCopies(ROUNDS + WARM_UP, later));
    }
  }

  private @Nullable String fiftieth(Query query) throws Exception {
    String cursor = null;
    for (int limit : new int[] {1000, 1000, 1000, 1000, 900}) {
      Page page = ask(at(query, limit, cursor));
      if (page.next() == null) {
        return null;
      }
      cursor = page.next();
    }
    return cursor;
  }

  private void time(String name, String page, List<Query> queries) throws Exception {
    long records = 0;
    double[] millis = new double[ROUNDS];
    for (int i = 0; i < queries.size(); i++) {
      long began = System.nanoTime();
      int found = ask(queries.get(i)).records().size();
      if (i >= WARM_UP) {
        millis[i - WARM_UP] = (System.nanoTime() - began) / 1e6;
        records += found;
      }
    }
    Arrays.sort(millis);
    System.out.printf(
        Locale.ROOT,
        "%s | %s | %d | %.1f | %.1f | %.1f%n",
        name,
        page,
        records / ROUNDS,
        millis[ROUNDS / 2],
        millis[ROUNDS * 99 / 100],
        millis[ROUNDS - 1]);
  }

  private Page ask(Query query) throws Exception {
    return (Page)
        search
            .ask(query, ASKER)
            .toCompletionStage()
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS);
  }

  private Query hour() {
    Instant from =
        end.minus(Duration.ofMinutes(60 + random.nextInt(DAYS * 24 * 60 - 60)))
            .truncatedTo(ChronoUnit.MINUTES);
    return query(null, null, from, from.plus(Duration.ofHours(1)));
  }

  private @Nullable Query person(Sample sample, @Nullable Instant from, @Nullable Instant to) {
    String number = sample.nhsNumber();
    if (number == null || !NhsNumber.isValid(number)) {
      return null;
    }
    NhsNumber person = new NhsNumber(number);
    return new Query(null, null, null, null, null, null, null, from, to, 100, null, person);
  }

  private static Query query(
      @Nullable String correlation,
      @Nullable String request,
      @Nullable Instant from,
      @Nullable Instant to) {
    return new Query(correlation, request, null, null, null, null, null, from, to, 100, null, null);
  }

  private Query filter(
      Sample sample, String by, @Nullable String value, Instant from, @Nullable String cursor) {
    boolean both = by.equals("both");
    return new Query(
        null,
        null,
        by.equals("target") ? new TargetIdentifier(AuditRowsInBulk.SYSTEM, sample.target()) : null,
        by.equals("unknown")
            ? "Z" + random.nextInt(100_000)
            : by.equals("organisation") || both ? sample.organisation() : null,
        by.equals("use case") || both ? sample.useCase() : null,
        by.equals("status") ? Integer.valueOf(String.valueOf(value)) : null,
        by.equals("error") ? value : null,
        from,
        end,
        100,
        cursor,
        null);
  }

  private static Query at(Query query, int limit, @Nullable String cursor) {
    return new Query(
        query.correlationId(),
        query.requestId(),
        query.target(),
        query.organisation(),
        query.useCase(),
        query.status(),
        query.error(),
        query.from(),
        query.to(),
        limit,
        cursor,
        query.nhsNumber());
  }
}
