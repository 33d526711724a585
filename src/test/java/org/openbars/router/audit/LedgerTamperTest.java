package org.openbars.router.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.openbars.router.audit.SampleExchanges.booking;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.ledger.Fault;
import org.openbars.router.ledger.Verification;
import org.openbars.router.message.ExchangeRecord;

/**
 * The audit changed behind the router's back in every way there is, a thousand times at random:
 * each is found, and named for what it is. Whoever does it may do anything in the database, but not
 * to the seals.
 */
class LedgerTamperTest {
  private static final int TRIALS = 1_000;
  private static final long SEED = 20_261_124;
  private static final int RECORDS = 24;
  private static final int SEALED_AT = 10;

  @TempDir Path folder;

  private final SampleExchanges samples = new SampleExchanges();
  private final Random random = new Random(SEED);
  private final LocalDate today = LocalDate.now(ZoneOffset.UTC);
  private TestLedger ledger;
  private PostgresSink sink;
  private Connection intruder;
  private List<String> columns;

  /** What was done, to which chain, and the faults of which one must be among those found. */
  private record Done(String what, LocalDate day, String node, List<Fault.Kind> as) {}

  private static Done done(String what, LocalDate day, String node, Fault.Kind... as) {
    return new Done(what, day, node, List.of(as));
  }

  @BeforeEach
  void threeDaysOfTwoNodes() throws Exception {
    ledger = new TestLedger(folder);
    sink = ledger.sink();
    Instant noon = today.minusDays(2).atTime(12, 0).toInstant(ZoneOffset.UTC);
    for (int day = 0; day < 3; day++) {
      Instant at = noon.plus(day, ChronoUnit.DAYS);
      for (String node : List.of("node-1", "node-2")) {
        List<ExchangeRecord> all = Stream.generate(() -> record(node, at)).limit(RECORDS).toList();
        ledger.store(sink, all.subList(0, SEALED_AT));
        ledger.seal(at);
        ledger.store(sink, all.subList(SEALED_AT, RECORDS));
      }
    }
    ledger.seal(noon.plus(2, ChronoUnit.DAYS).plusSeconds(60));
    intruder = connect();
    run(
        "CREATE TABLE public.rows AS SELECT * FROM audit.exchange;"
            + " CREATE TABLE public.heads AS SELECT * FROM audit.chain");
    columns =
        ledger
            .database()
            .column(
                "SELECT column_name || ' ' || data_type FROM information_schema.columns"
                    + " WHERE table_schema = 'audit' AND table_name = 'exchange'"
                    + " AND column_name NOT IN ('day', 'node') ORDER BY 1");
  }

  @AfterEach
  void stop() throws Exception {
    intruder.close();
    ledger.close();
  }

  private Connection connect() throws IOException, SQLException {
    return new AuditDatabase(ledger.database().uri(), null, AuditDatabase.STATEMENT)
        .dataSource()
        .getConnection();
  }

  private ExchangeRecord record(String node, Instant at) {
    SampleExchanges.Sample sample = booking().at(at);
    ExchangeRecord made =
        samples.record(random.nextBoolean() ? sample.about(SampleExchanges.NHS_NUMBER) : sample);
    return new ExchangeRecord(
        made.id(), node, made.asked(), made.inspection(), made.steps(), made.result());
  }

  @Test
  void everyChangeIsFoundAndNamed() throws Exception {
    assertThat(ledger.verify().lines()).isEmpty();
    // As the command does, but for the seals and the connection: both are the same in every trial.
    Verification.Scope scope =
        AuditVerification.scope(
            ledger.config(), new AuditVerification.Options(null, null, List.of(), List.of(), null));
    try (Connection checks = connect()) {
      for (int trial = 0; trial < TRIALS; trial++) {
        Done done = tamper(random.nextInt(12));
        List<String> lines = new ArrayList<>();
        AuditVerification.verification(scope, lines::add).database(checks);
        String where = done.day() + " " + done.node() + " ";
        assertThat(lines)
            .as("trial %d of seed %d: %s of %s", trial, SEED, done.what(), where)
            .anySatisfy(line -> assertThat(line).contains(where).matches(l -> names(l, done.as())));
        restore(done.day());
      }
    }
    assertThat(ledger.verify().lines()).isEmpty();
  }

  private static boolean names(String line, List<Fault.Kind> kinds) {
    return kinds.stream().anyMatch(kind -> line.contains(" " + kind + ": "));
  }

  /** Puts one day back as it was. */
  private void restore(LocalDate day) {
    String it = " WHERE day = '" + day + "'; ";
    run(
        "SELECT audit.ensure_partition('"
            + day
            + "'); DELETE FROM audit.exchange"
            + it
            + "INSERT INTO audit.exchange SELECT * FROM public.rows"
            + it
            + "DELETE FROM audit.chain"
            + it
            + "INSERT INTO audit.chain SELECT * FROM public.heads"
            + it);
  }

  private Done tamper(int how) throws Exception {
    LocalDate day = today.minusDays(random.nextInt(3));
    String node = random.nextBoolean() ? "node-1" : "node-2";
    int position = 1 + random.nextInt(RECORDS);
    return switch (how) {
      case 0, 1, 2, 3 -> edit(day, node, position);
      case 4 -> takeOut(day, node, Math.min(position, RECORDS - 2));
      case 5 -> cutTail(day, node, 1 + random.nextInt(SEALED_AT), random.nextBoolean());
      case 6 -> swap(day, node, 1 + random.nextInt(RECORDS - 1));
      case 7 -> putIn(day, node, position);
      case 8 -> rewrite(day, node, position);
      case 9 -> dropChain(day, node, random.nextBoolean());
      case 10 -> dropDay(day, node);
      default -> editHead(day, node, random.nextBoolean());
    };
  }

  private Done edit(LocalDate day, String node, int position) {
    String column = columns.get(random.nextInt(columns.size()));
    String name = column.substring(0, column.indexOf(' '));
    run(
        "UPDATE audit.exchange SET "
            + name
            + " = "
            + other(name, column)
            + row(day, node, position));
    Fault.Kind[] as =
        switch (name) {
          case "nhs_number" -> new Fault.Kind[] {Fault.Kind.NHS_NUMBER};
          case "chain_position" -> new Fault.Kind[] {Fault.Kind.MISSING, Fault.Kind.CUT};
          default -> new Fault.Kind[] {Fault.Kind.EDITED};
        };
    return done("edit " + name + " at " + position, day, node, as);
  }

  private String other(String name, String column) {
    if (name.equals("nhs_number")) {
      // Another synthetic number, or none where there was one.
      return random.nextBoolean()
          ? "CASE WHEN nhs_number IS NULL THEN '9990000018' END"
          : "CASE WHEN nhs_number = '9990000018' THEN '9990000026' ELSE '9990000018' END";
    }
    if (name.equals("chain_position")) {
      return "chain_position + 1000";
    }
    return switch (column.substring(name.length() + 1)) {
      case "text" ->
          random.nextBoolean()
              ? "coalesce(" + name + ", '') || 'x'"
              : "CASE WHEN " + name + " IS NULL THEN '' ELSE upper(" + name + ") || ' ' END";
      case "uuid" -> "gen_random_uuid()";
      case "boolean" -> "NOT coalesce(" + name + ", false)";
      case "bytea" ->
          "CASE WHEN length("
              + name
              + ") > 31 THEN set_byte("
              + name
              + ", "
              + random.nextInt(32)
              + ", get_byte("
              + name
              + ", 3) # 1 # "
              + "get_byte("
              + name
              + ", 3)) || '\\x00' ELSE '\\x0102' END";
      case "timestamp with time zone" -> "coalesce(" + name + " + interval '1 microsecond', now())";
      default -> "coalesce(" + name + ", 0) + 1";
    };
  }

  private Done takeOut(LocalDate day, String node, int position) {
    run("DELETE FROM audit.exchange" + row(day, node, position));
    if (random.nextBoolean()) {
      return done("take out " + position, day, node, Fault.Kind.MISSING);
    }
    // And close the gap.
    run(
        "UPDATE audit.exchange SET chain_position = -chain_position"
            + chain(day, node)
            + " AND chain_position > "
            + position);
    run(
        "UPDATE audit.exchange SET chain_position = -chain_position - 1"
            + chain(day, node)
            + " AND chain_position < 0");
    return done("take out and close " + position, day, node, Fault.Kind.EDITED);
  }

  private Done cutTail(LocalDate day, String node, int records, boolean withHead) {
    int left = RECORDS - records;
    run("DELETE FROM audit.exchange" + chain(day, node) + " AND chain_position > " + left);
    if (withHead) {
      run(
          "UPDATE audit.chain c SET length = e.chain_position, head = e.chain_hash"
              + " FROM audit.exchange e WHERE e.day = c.day AND e.node = c.node AND c.day = '"
              + day
              + "' AND c.node = '"
              + node
              + "' AND e.chain_position = "
              + left);
    }
    return done("cut " + records, day, node, Fault.Kind.CUT);
  }

  private Done swap(LocalDate day, String node, int position) {
    run("UPDATE audit.exchange SET chain_position = 0" + row(day, node, position));
    run("UPDATE audit.exchange SET chain_position = " + position + row(day, node, position + 1));
    run("UPDATE audit.exchange SET chain_position = " + (position + 1) + row(day, node, 0));
    return done("swap " + position, day, node, Fault.Kind.EDITED);
  }

  private Done putIn(LocalDate day, String node, int position) {
    String copy =
        "DROP TABLE IF EXISTS pg_temp.forged; CREATE TEMP TABLE forged AS SELECT * FROM audit.exchange"
            + row(day, node, position)
            + "; UPDATE forged SET id = gen_random_uuid(), chain_position = %s;"
            + " INSERT INTO audit.exchange SELECT * FROM forged";
    if (random.nextBoolean()) {
      run(copy.formatted("0"));
      return done("put in at 0", day, node, Fault.Kind.INSERTED);
    }
    if (random.nextBoolean() && day.isAfter(today.minusDays(2))) {
      run(copy.formatted("NULL"));
      return done("put in beside the chain", day, node, Fault.Kind.UNCHAINED);
    }
    run(copy.formatted(RECORDS + 1));
    return done("put in at the end", day, node, Fault.Kind.EDITED);
  }

  /** All of it done again, by the router's own code, with one record other than it was. */
  private Done rewrite(LocalDate day, String node, int position) throws Exception {
    run("DELETE FROM audit.exchange" + chain(day, node));
    run("DELETE FROM audit.chain" + chain(day, node));
    Instant at = day.atTime(12, 0).toInstant(ZoneOffset.UTC);
    List<ExchangeRecord> forged = new ArrayList<>();
    for (int i = 0; i < RECORDS + position; i++) {
      forged.add(record(node, at));
    }
    ledger.store(sink, forged);
    return done("rewrite", day, node, Fault.Kind.REWRITTEN);
  }

  private Done dropChain(LocalDate day, String node, boolean withHead) {
    run("DELETE FROM audit.exchange" + chain(day, node));
    if (withHead) {
      run("DELETE FROM audit.chain" + chain(day, node));
    }
    return done("drop chain", day, node, Fault.Kind.CUT);
  }

  private Done dropDay(LocalDate day, String node) {
    run("DROP TABLE audit.exchange_" + day.toString().replace("-", ""));
    run("DELETE FROM audit.chain WHERE day = '" + day + "'");
    return done("drop day", day, node, Fault.Kind.CUT);
  }

  private Done editHead(LocalDate day, String node, boolean length) {
    run(
        "UPDATE audit.chain SET "
            + (length ? "length = length - 1" : "head = sha256(head)")
            + chain(day, node));
    return done("edit head", day, node, Fault.Kind.REWRITTEN);
  }

  private static String chain(LocalDate day, String node) {
    return " WHERE day = '" + day + "' AND node = '" + node + "'";
  }

  private static String row(LocalDate day, String node, int position) {
    return chain(day, node) + " AND chain_position = " + position;
  }

  private void run(String sql) {
    try (Statement statement = intruder.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  @Test
  void tailYoungerThanTheLastSealIsNamedAndCannotBeMissed() throws Exception {
    ledger.store(sink, List.of(record("node-1", Instant.now()), record("node-1", Instant.now())));

    TestLedger.Checked checked = ledger.verify();

    assertThat(checked.result().faults()).isZero();
    assertThat(checked.lines())
        .singleElement()
        .asString()
        .startsWith(
            "note: " + today + " node-1: the last 2 records are younger than the last seal");
  }

  @Test
  void numbersOfANodeWhoseKeyIsNotGivenAreCountedNotMissed() throws Exception {
    Files.writeString(folder.resolve("nhs-number.key"), "0c".repeat(32));

    TestLedger.Checked checked = ledger.verify();

    assertThat(checked.result().faults()).isZero();
    long numbers = ledger.database().number("SELECT count(nhs_number) FROM audit.exchange");
    assertThat(checked.lines())
        .singleElement()
        .asString()
        .startsWith("note: " + numbers + " NHS numbers were not compared with their hash: key ");
  }

  @Test
  void exportIsCheckedAsTheDatabaseIs() throws Exception {
    Path good = folder.resolve("good");
    assertThat(ledger.write(good).result())
        .hasToString("verified 144 records in 6 chains, 0 faults");
    assertThat(ofExport(good).result()).hasToString("verified 144 records in 6 chains, 0 faults");
    assertThat(ofExport(good).lines()).isEmpty();

    run("UPDATE audit.exchange SET status = 500" + row(today, "node-2", 7));
    Path edited = folder.resolve("edited");
    assertThat(ledger.write(edited).lines()).isEqualTo(ofExport(edited).lines());
    assertThat(ofExport(edited).lines())
        .singleElement()
        .asString()
        .startsWith(today + " node-2 7 EDITED: ");

    restore(today);
    cutTail(today, "node-1", 3, true);
    Path cut = folder.resolve("cut");
    ledger.write(cut);
    assertThat(ofExport(cut).lines())
        .containsExactly(today + " node-1 22 CUT: sealed with 24 records, there are 21");
  }

  private TestLedger.Checked ofExport(Path file) throws Exception {
    return TestLedger.verify(
        ledger.config(), new AuditVerification.Options(null, null, List.of(), List.of(), file));
  }

  @Test
  void exportIsItsOwnersAndTakesNoFilesPlace() throws Exception {
    Path file = folder.resolve("export");
    ledger.write(file);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(
            ledger
                .database()
                .column("SELECT kind || ' ' || records || ' ' || question FROM audit.look"))
        .singleElement()
        .asString()
        .startsWith("ledger-export 144 {\"to\": \"" + today);
    assertThatIllegalArgumentException().isThrownBy(() -> ledger.write(file));
    assertThat(Files.exists(folder.resolve("export.part"))).isFalse();
  }

  @Test
  void exportThatFailsLeavesNoFile() {
    run("ALTER TABLE audit.exchange RENAME COLUMN definition TO other");
    Path file = folder.resolve("export");

    assertThatThrownBy(() -> ledger.write(file)).isInstanceOf(SQLException.class);

    assertThat(file).doesNotExist();
    assertThat(folder.resolve("export.part")).doesNotExist();
  }
}
