package org.openbars.router;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.parser.IParser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventEntityComponent;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.fhir.FhirR4;
import org.openbars.router.fixture.AuditRowsInBulk;
import org.openbars.router.fixture.TestDatabase;
import picocli.CommandLine;

/** {@code audit export}: everything held about one person. */
@Timeout(120)
class AuditExportCommandTest {
  private static final String PERSON = "9990000018";
  private static final int RECORDS = 10_000;
  private static final LocalDate FIRST = LocalDate.parse("2026-11-01");
  private static TestDatabase database;

  @TempDir static Path folder;
  private static Path config;

  private record Run(int exit, List<String> out, String err) {}

  @BeforeAll
  static void fill() throws Exception {
    database = TestDatabase.migrated();
    database.run("SELECT audit.ensure_partitions('2026-11-01', '2026-11-10')");
    database.run(AuditRowsInBulk.insert(FIRST, 10, RECORDS * 2));
    // Every other one is about somebody else, or nobody.
    database.run(
        "UPDATE audit.exchange SET nhs_number = CASE WHEN node IN ('node-0', 'node-2') THEN '"
            + PERSON
            + "' WHEN nhs_number = '"
            + PERSON
            + "' THEN NULL ELSE nhs_number END");
    database.run(
        "INSERT INTO audit.correction (day, id, field, value, reason, corrected_by) SELECT day, id,"
            + " 'useCase', 'a9t9', 'typed', 'somebody' FROM audit.exchange WHERE nhs_number = '"
            + PERSON
            + "' LIMIT 1");
    database.run(
        "INSERT INTO audit.restriction (person, reason, restricted_by) VALUES"
            + " (sha256((SELECT key FROM audit.person_key) || convert_to('"
            + PERSON
            + "', 'UTF8')), 'asked', 'somebody')");
    config = Files.createFile(folder.resolve("router.yaml"));
    Files.writeString(
        config, "directory.file: targets.json\naudit.postgres.uri: " + database.uri() + "\n");
  }

  @Test
  void everyRecordOfThePersonIsALineRestrictedOnesToo() {
    long looksBefore = looks();
    Run run = export("999 000 0018\n");

    assertThat(run.exit).as(run.err).isZero();
    IParser parser = FhirR4.strictParser(AnswerFormat.JSON);
    Set<String> ids = new HashSet<>();
    int corrected = 0;
    int looked = 0;
    for (String line : run.out) {
      AuditEvent event = parser.parseResource(AuditEvent.class, line);
      assertThat(event.getEntity())
          .anyMatch(entity -> PERSON.equals(entity.getWhat().getIdentifier().getValue()));
      if (event.getType().getCode().equals("rest")) {
        ids.add(event.getIdPart());
        assertThat(event.getMeta().getSecurityFirstRep().getCode()).isEqualTo("R");
        corrected += isCorrected(event.getEntityFirstRep()) ? 1 : 0;
      } else {
        looked++;
      }
    }
    assertThat(ids).hasSize(RECORDS);
    assertThat(corrected).isEqualTo(1);
    assertThat(run.err)
        .contains("exported " + RECORDS + " records and " + (looksBefore + 1) + " looks");
    assertThat(looked).isEqualTo((int) looksBefore + 1);
    assertThat(run.out).hasSize(RECORDS + looked);
    assertThat(run.err).doesNotContain(PERSON);
  }

  @Test
  void exportIsAuditedWithWhoAskedBeforeAnythingIsGiven() {
    export(PERSON);

    assertThat(
            database.column(
                "SELECT kind || ' ' || records || ' ' || who || ' ' || question FROM audit.look"
                    + " ORDER BY look_id DESC LIMIT 1"))
        .containsExactly(
            "export "
                + RECORDS
                + " os-user "
                + System.getProperty("user.name")
                + " {\"nhs-number\": \"asked\"}");

    database.run("ALTER TABLE audit.look RENAME TO hidden");
    try {
      Run run = export(PERSON);
      assertThat(run.exit).isEqualTo(1);
      assertThat(run.out).isEmpty();
      assertThat(run.err).contains("export failed").doesNotContain(PERSON);
    } finally {
      database.run("ALTER TABLE audit.hidden RENAME TO look");
    }
  }

  @Test
  void personOfWhomNothingIsHeldGetsTheLooksAlone() {
    Run run = export("9999999999\n");

    assertThat(run.exit).isZero();
    assertThat(run.err).contains("exported 0 records");
  }

  @Test
  void whatIsNoNumberIsRefusedAndNotRepeated() {
    for (String stdin : List.of("", "\n", "9990000019\n", "Jane Doe\n")) {
      Run run = export(stdin);
      assertThat(run.exit).isEqualTo(2);
      assertThat(run.out).isEmpty();
      assertThat(run.err).contains("stdin").doesNotContain("9990000019", "Jane");
    }
  }

  private static boolean isCorrected(AuditEventEntityComponent entity) {
    return entity.getDetail().stream()
        .anyMatch(
            detail ->
                detail.getType().equals("correction")
                    && detail.getValue().primitiveValue().contains("a9t9"));
  }

  private static long looks() {
    return database.number("SELECT count(*) FROM audit.look WHERE person IS NOT NULL");
  }

  private static Run export(String stdin) {
    InputStream in = System.in;
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setIn(new ByteArrayInputStream(stdin.getBytes(UTF_8)));
    System.setOut(new PrintStream(written, true, UTF_8));
    System.setErr(new PrintStream(said, true, UTF_8));
    try {
      int exit =
          new CommandLine(new Main()).execute("audit", "export", "--config", config.toString());
      return new Run(exit, written.toString(UTF_8).lines().toList(), said.toString(UTF_8));
    } finally {
      System.setIn(in);
      System.setOut(out);
      System.setErr(err);
    }
  }
}
