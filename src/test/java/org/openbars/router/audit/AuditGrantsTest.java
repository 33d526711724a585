package org.openbars.router.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.openbars.router.audit.SampleExchanges.NHS_NUMBER;
import static org.openbars.router.audit.SampleExchanges.booking;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.audit.AuditQuestion.Restriction;
import org.openbars.router.audit.AuditSearch.Answer;
import org.openbars.router.audit.AuditSearch.Done;
import org.openbars.router.audit.AuditSearch.Page;
import org.openbars.router.audit.AuditSearch.Query;
import org.openbars.router.audit.AuditSearch.Unavailable;
import org.openbars.router.fixture.TestDatabase;
import org.openbars.router.meter.Meters;

/** The grants that docs/audit-access.md names are enough, and no more than enough. */
class AuditGrantsTest {
  @TempDir private Path folder;

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Asker ASKER = new Asker("node-1", "loopback", "127.0.0.1", true);

  @Test
  void leastRolesStoreAndSearchAndCannotAlterARecord() throws Exception {
    TestDatabase database = TestDatabase.migrated();
    String page = Files.readString(Path.of("docs", "audit-access.md"));
    database.run(page.substring(page.indexOf("```sql") + 6, page.lastIndexOf("```")));
    database.run("CREATE ROLE least LOGIN IN ROLE bars_writer, bars_reader");
    String uri = database.uri().replace("postgres@", "least@");

    AuditTrail audit = AuditTrail.start(SampleExchanges.config(uri, folder), new Meters());
    try {
      SampleExchanges.put(audit, new SampleExchanges().record(booking().about(NHS_NUMBER)));
      await()
          .atMost(PATIENCE)
          .until(() -> database.number("SELECT count(*) FROM audit.exchange") == 1);
      assertThat(((Page) ask(audit, person())).records()).hasSize(1);
      assertThat(ask(audit, new Restriction(NHS_NUMBER, "x"))).isInstanceOf(Unavailable.class);
      database.run("GRANT bars_changer TO least");
      assertThat(ask(audit, new Restriction(NHS_NUMBER, "x"))).isInstanceOf(Done.class);
      assertThat(((Page) ask(audit, person())).withheld()).isEqualTo(1);
      assertThat(ask(audit, new AuditQuestion.Lift(NHS_NUMBER, "x"))).isInstanceOf(Done.class);
    } finally {
      audit.stop(PATIENCE).toCompletionStage().toCompletableFuture().get(90, TimeUnit.SECONDS);
    }

    for (String forbidden :
        List.of(
            "UPDATE audit.exchange SET status = 200",
            "DELETE FROM audit.exchange",
            "UPDATE audit.look SET who = 'nobody'",
            "DELETE FROM audit.look",
            "DELETE FROM audit.restriction",
            "UPDATE audit.restriction SET reason = 'y'",
            "UPDATE audit.correction SET value = 'y'",
            "UPDATE audit.person_key SET key = ''")) {
      assertThatThrownBy(() -> runAs(uri, forbidden))
          .as(forbidden)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("permission denied");
    }
  }

  private static void runAs(String uri, String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:" + uri.replace("least@", ""), "least", "");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Query person() {
    return new Query(null, null, null, null, null, null, null, null, null, 100, null, NHS_NUMBER);
  }

  private static Answer ask(AuditTrail audit, AuditQuestion question) throws Exception {
    return audit
        .search()
        .ask(question, ASKER)
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }
}
