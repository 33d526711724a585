package org.openbars.router.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.TestDatabase;

/** Version 4 on a database that holds records: it must not keep them out for long. */
class UseCaseMigrationTest {
  private static final String MESSAGE = "message_use_case, day, id";
  private static final String ORGANISATION = "end_user_organisation, day, id, use_case";
  private static final String OLD_ORGANISATION = "end_user_organisation, day, id";

  private final LocalDate today = LocalDate.now(ZoneOffset.UTC);

  private final TestDatabase database = TestDatabase.create();

  private void migrateTo(String version) {
    Flyway.configure()
        .dataSource("jdbc:" + database.uri().replace("postgres@", ""), "postgres", "")
        .schemas("audit")
        .locations("classpath:db/migration")
        .placeholderReplacement(false)
        .target(version)
        .load()
        .migrate();
  }

  private static String partition(LocalDate day) {
    return "exchange_" + DateTimeFormatter.BASIC_ISO_DATE.format(day);
  }

  private void makeDay(LocalDate day) {
    database.run("SELECT audit.ensure_partition('" + day + "')");
  }

  private List<String> indexed(String columns) {
    return database.column(
        "SELECT tablename FROM pg_indexes WHERE schemaname = 'audit' AND indexdef LIKE '%("
            + columns
            + ")%' ORDER BY 1");
  }

  private String since() {
    return database.column("SELECT audit.message_use_case_since()").get(0);
  }

  @Test
  void aLargeDayAndThoseBeforeItGetNoIndexAndAreNotReadForTheMessages() {
    migrateTo("3");
    makeDay(today.minusDays(2));
    makeDay(today.minusDays(1));
    makeDay(today);
    // More than 64 MB with few rows.
    String large = partition(today.minusDays(1));
    database.run("ALTER TABLE audit." + large + " SET (fillfactor = 10)");
    RetentionMeasure.fill(database, today.minusDays(1), 20_000);
    assertThat(database.number("SELECT pg_table_size('audit." + large + "')"))
        .isGreaterThan(64 << 20);

    migrateTo("4");

    assertThat(since()).isEqualTo(today.toString());
    makeDay(today.plusDays(1));
    for (String columns : List.of(MESSAGE, ORGANISATION)) {
      assertThat(indexed(columns))
          .containsExactly("exchange", partition(today), partition(today.plusDays(1)));
    }
    assertThat(indexed(OLD_ORGANISATION)).hasSize(5).contains("exchange", large);
    assertThat(
            database.column(
                "EXPLAIN SELECT id FROM audit.exchange WHERE message_use_case = 'a1t1'"
                    + " AND message_use_case <> coalesce(use_case, '')"
                    + " AND day >= audit.message_use_case_since()"))
        .noneMatch(line -> line.contains(large) || line.contains(partition(today.minusDays(2))))
        .anyMatch(line -> line.contains(partition(today)));
  }

  @Test
  void smallDaysGetItAtOnceAndAllAreRead() {
    migrateTo("3");
    makeDay(today.minusDays(1));
    makeDay(today);
    RetentionMeasure.fill(database, today.minusDays(1), 100);

    migrateTo("4");

    assertThat(since()).isEqualTo("-infinity");
    for (String columns : List.of(MESSAGE, ORGANISATION)) {
      assertThat(indexed(columns))
          .containsExactly("exchange", partition(today.minusDays(1)), partition(today));
    }
    assertThat(indexed(OLD_ORGANISATION)).isEmpty();
    assertThat(
            database.column(
                "SELECT indisvalid FROM pg_index"
                    + " WHERE indexrelid IN ('audit.exchange_message_use_case'::regclass,"
                    + " 'audit.exchange_organisation_use_case'::regclass)"))
        .containsExactly("t", "t");
  }
}
