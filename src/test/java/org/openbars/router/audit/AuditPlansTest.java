package org.openbars.router.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openbars.router.audit.AuditSearch.Query;
import org.openbars.router.fixture.AuditRowsInBulk;
import org.openbars.router.fixture.TestDatabase;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.TargetIdentifier;

/**
 * How PostgreSQL answers each kind of question: by an index, in no partition outside the window,
 * and in none behind the page. The real statements, explained on thirty days.
 */
class AuditPlansTest {
  private static final int DAYS = 30;
  private static final LocalDate LAST = LocalDate.parse("2026-11-20");
  private static final LocalDate FIRST = LAST.minusDays(DAYS - 1);
  private static final Instant ALL_FROM = start(FIRST);
  private static final Instant ALL_TO = start(LAST.plusDays(1));

  /** Five days in the middle. */
  private static final Instant FROM = start(LAST.minusDays(14)).plusSeconds(3600);

  private static final Instant TO = start(LAST.minusDays(10)).plusSeconds(3600);

  private static TestDatabase database;

  @BeforeAll
  static void fill() throws Exception {
    database = TestDatabase.migrated();
    database.run("SELECT audit.ensure_partitions('" + FIRST + "', '" + LAST + "')");
    database.run(AuditRowsInBulk.insert(FIRST, DAYS, DAYS * 2000));
    database.run("ANALYZE audit.exchange");
  }

  enum Kind {
    WINDOW,
    CORRELATION_ID,
    REQUEST_ID,
    NHS_NUMBER,
    TARGET,
    ORGANISATION,
    USE_CASE,
    STATUS,
    ERROR,
    ERROR_CODE;

    Query query(@Nullable Instant from, @Nullable Instant to, @Nullable String cursor) {
      String id = this == CORRELATION_ID || this == REQUEST_ID ? AuditRowsInBulk.SOME_ID : null;
      return new Query(
          this == CORRELATION_ID ? id : null,
          this == REQUEST_ID ? id : null,
          this == TARGET ? new TargetIdentifier(AuditRowsInBulk.SYSTEM, "2000001990") : null,
          this == ORGANISATION ? "A01500" : null,
          this == USE_CASE ? "a1t1" : null,
          this == STATUS ? (Integer) 408 : null,
          this == ERROR ? "RECEIVER_TIMED_OUT" : this == ERROR_CODE ? "PROXY_NOT_FOUND" : null,
          from,
          to,
          100,
          cursor,
          this == NHS_NUMBER ? new NhsNumber("9990000018") : null);
    }

    boolean needsNoWindow() {
      return this == CORRELATION_ID || this == REQUEST_ID || this == NHS_NUMBER;
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void onlyDaysOfTheWindowAreTouchedAndEachByAnIndex(Kind kind) throws Exception {
    List<JsonObject> scans = scans(kind.query(FROM, TO, null));

    assertThat(days(scans))
        .isNotEmpty()
        .isSubsetOf(dayNames(LAST.minusDays(14), LAST.minusDays(10)));
    assertThat(scans).allMatch(scan -> !scan.getString("Node Type").equals("Seq Scan"));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void idsAndNumbersAloneAreProbedForInEveryDay(Kind kind) throws Exception {
    if (!kind.needsNoWindow()) {
      return;
    }
    List<JsonObject> scans = scans(kind.query(null, null, null));

    assertThat(days(scans)).hasSize(DAYS);
    assertThat(scans).allMatch(scan -> !scan.getString("Node Type").equals("Seq Scan"));
  }

  @Test
  void firstPageOfAWindowReadsTheNewestDayAlone() throws Exception {
    List<JsonObject> scans = scans(Kind.WINDOW.query(ALL_FROM, ALL_TO, null));

    assertThat(days(executed(scans))).containsExactly(name(LAST));
    assertThat(executed(scans).get(0).getInteger("Actual Rows")).isLessThanOrEqualTo(101);
  }

  @Test
  void fiftiethPageReadsWhatItShowsAndNotThePagesBefore() throws Exception {
    // The fiftieth page of 100 lies in the third day.
    String last =
        database
            .column("SELECT id FROM audit.exchange ORDER BY day DESC, id DESC OFFSET 4899 LIMIT 1")
            .get(0);
    String cursor = AuditRowsInBulk.cursor(last);
    List<JsonObject> executed = executed(scans(Kind.WINDOW.query(ALL_FROM, ALL_TO, cursor)));

    assertThat(days(executed)).containsExactly(name(LAST.minusDays(2)));
    assertThat(executed).hasSize(1);
    assertThat(executed.get(0).getInteger("Actual Rows")).isLessThanOrEqualTo(101);
    assertThat(executed.get(0).getInteger("Rows Removed by Filter", 0)).isZero();
    assertThat(executed.get(0).getInteger("Rows Removed by Index Recheck", 0)).isZero();
  }

  @Test
  void useCaseOfMessagesIsReadFromTheIndexOfThoseThatDiffer() throws Exception {
    Query query =
        new Query(null, null, null, null, "a9t9", null, null, ALL_FROM, ALL_TO, 100, null, null);
    List<JsonObject> rows =
        executed(scans(query)).stream()
            .filter(scan -> scan.getNumber("Actual Rows").intValue() > 0)
            .toList();

    // 40 a day: the page ends in the third.
    assertThat(days(rows)).containsExactlyInAnyOrderElementsOf(dayNames(LAST.minusDays(2), LAST));
    assertThat(rows)
        .allMatch(scan -> scan.getString("Index Name").contains("message_use_case"))
        .allMatch(scan -> scan.getInteger("Rows Removed by Filter", 0) == 0);
  }

  @Test
  void organisationAndUseCaseReadNoRecordOfAnother() throws Exception {
    Query query =
        new Query(
            null, null, null, "A00000", "a1t1", null, null, ALL_FROM, ALL_TO, 100, null, null);
    List<JsonObject> executed = executed(scans(query));

    assertThat(executed)
        .isNotEmpty()
        .allMatch(scan -> scan.getInteger("Rows Removed by Filter", 0) == 0)
        .allMatch(scan -> scan.getInteger("Rows Removed by Index Recheck", 0) == 0);
  }

  private static List<JsonObject> executed(List<JsonObject> scans) {
    return scans.stream().filter(scan -> scan.getNumber("Actual Loops").intValue() > 0).toList();
  }

  private static Set<String> days(List<JsonObject> scans) {
    return scans.stream()
        .map(scan -> scan.getString("Relation Name"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> dayNames(LocalDate first, LocalDate last) {
    return first.datesUntil(last.plusDays(1)).map(AuditPlansTest::name).collect(Collectors.toSet());
  }

  private static String name(LocalDate day) {
    return "exchange_" + day.format(DateTimeFormatter.BASIC_ISO_DATE);
  }

  private static Instant start(LocalDate day) {
    return day.atStartOfDay().toInstant(ZoneOffset.UTC);
  }

  /** The scans of records in the plan of the real statement, run once. */
  private static List<JsonObject> scans(Query query) throws Exception {
    AuditSelect select = AuditSelect.of(query);
    List<String> literals = new ArrayList<>();
    for (int i = 0; i < select.values().size(); i++) {
      literals.add(literal(select.values().getValue(i)));
    }
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:" + database.uri().replace("postgres@", ""), "postgres", "");
        Statement statement = connection.createStatement()) {
      statement.execute("SET plan_cache_mode = force_custom_plan");
      statement.execute("PREPARE question AS " + select.sql());
      String arguments = literals.isEmpty() ? "" : "(" + String.join(", ", literals) + ")";
      try (ResultSet plan =
          statement.executeQuery("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE question" + arguments)) {
        plan.next();
        List<JsonObject> scans = new ArrayList<>();
        collect(new JsonArray(plan.getString(1)).getJsonObject(0).getJsonObject("Plan"), scans);
        return scans;
      }
    }
  }

  private static String literal(Object value) {
    if (value instanceof String[] texts) {
      return "'{" + String.join(",", texts) + "}'";
    }
    return value instanceof Integer ? value.toString() : "'" + value + "'";
  }

  private static void collect(JsonObject node, List<JsonObject> scans) {
    String relation = node.getString("Relation Name", "");
    if (relation.startsWith("exchange_")) {
      scans.add(node);
    }
    for (Object child : node.getJsonArray("Plans", new JsonArray())) {
      collect((JsonObject) child, scans);
    }
  }
}
