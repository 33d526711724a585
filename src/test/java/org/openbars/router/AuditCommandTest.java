package org.openbars.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.audit.AuditTrail;
import org.openbars.router.config.ConfigLoader;
import org.openbars.router.config.Loaded;
import org.openbars.router.fixture.TestDatabase;
import org.openbars.router.journal.Journal;
import org.openbars.router.journal.JournalConfig;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Fate;
import org.openbars.router.message.Uuids;
import org.openbars.router.meter.Meters;
import picocli.CommandLine;

/** The audit's commands as an operator runs them: what they print and how they end. */
class AuditCommandTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final TestDatabase database = TestDatabase.create();
  private Path config;

  private record Ended(int exit, List<String> lines) {}

  @BeforeEach
  void migrate() throws Exception {
    config =
        Files.writeString(
            folder.resolve("router.yaml"),
            "directory.file: targets.json\naudit.postgres.uri: " + database.uri() + "\n");
    Loaded loaded = ConfigLoader.load(config, List.of(), Map.of());
    AuditTrail trail = AuditTrail.start(((Loaded.Ok) loaded).config().audit(), new Meters());
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> database.number("SELECT count(*) FROM audit.gap") == 0);
    trail.stop(PATIENCE).toCompletionStage().toCompletableFuture().get(90, TimeUnit.SECONDS);
  }

  private Ended run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("audit"));
    all.addAll(List.of(arguments));
    PrintStream out = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      int exit = new CommandLine(new Main()).execute(all.toArray(String[]::new));
      return new Ended(exit, bytes.toString(StandardCharsets.UTF_8).lines().toList());
    } finally {
      System.setOut(out);
    }
  }

  @Test
  void verifyEndsWithTheCountAndZeroWithoutAFault() {
    Ended ended = run("verify", "--config", config.toString());

    assertThat(ended.exit()).isZero();
    assertThat(ended.lines()).last().isEqualTo("verified 0 records in 0 chains, 0 faults");
  }

  @Test
  void verifyEndsWithOneAndALineForEachFault() {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    database.run(
        "INSERT INTO audit.chain VALUES ('" + today + "', 'node-1', 3, sha256('x'::bytea))");

    Ended ended = run("verify", "--config", config.toString());

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.lines())
        .first()
        .isEqualTo(today + " node-1 - CUT: the whole chain of 3 records is not there");
    assertThat(ended.lines()).last().isEqualTo("verified 0 records in 0 chains, 1 faults");
    assertThat(run("verify", "--config", config.toString(), "--to", "2020-01-01").exit()).isZero();
  }

  @Test
  void whatCannotBeCheckedIsOneAndAWrongCommandLineTwo() throws Exception {
    assertThat(run("verify").exit()).isEqualTo(2);
    assertThat(run().exit()).isEqualTo(2);
    assertThat(run("verify", "--config", config.toString(), "--from", "soon").exit()).isEqualTo(2);
    Path key = Files.writeString(folder.resolve("seal.pem"), "none");
    Files.createDirectory(folder.resolve("seals"));
    String path = "audit.seal.path=seals";
    String noKey = "audit.seal.key-file=" + key;
    assertThat(run("verify", "--config", config.toString(), "--set", path, "--set", noKey).exit())
        .isEqualTo(2);
    String away = "audit.postgres.uri=postgresql://nobody@127.0.0.1:1/none";
    assertThat(run("verify", "--config", config.toString(), "--set", away).exit()).isEqualTo(1);
    assertThat(run("erase-expired", "--config", config.toString(), "--set", away).exit())
        .isEqualTo(1);
  }

  @Test
  void whatVerifyWritesItReads() throws Exception {
    shipAHundredRecords();
    Path export = folder.resolve("export");

    Ended written = run("verify", "--config", config.toString(), "--write", export.toString());
    Ended read = run("verify", "--config", config.toString(), "--export", export.toString());

    assertThat(written.exit()).isZero();
    assertThat(read.exit()).isZero();
    assertThat(read.lines())
        .isEqualTo(written.lines())
        .last()
        .isEqualTo("verified 100 records in 1 chains, 0 faults");
    assertThat(database.column("SELECT kind || ' ' || records FROM audit.look"))
        .containsExactly("ledger-export 100");
    assertThat(run("verify", "--config", config.toString(), "--write", export.toString()).exit())
        .as("the file is there already")
        .isEqualTo(2);
    assertThat(run("verify", "--config", config.toString(), "--write", "x", "--export", "y").exit())
        .isEqualTo(2);
  }

  private void shipAHundredRecords() throws Exception {
    Path dead = folder.resolve("dead");
    Journal journal = journal(dead);
    for (int i = 0; i < 100; i++) {
      journal.closed(record(i), false, () -> {});
    }
    journal.close();
    run("ship", "--config", config.toString(), "--journal", dead.toString());
  }

  private static Journal journal(Path path) throws Exception {
    return Journal.open(
        new JournalConfig(path, 16 << 20, JournalConfig.Sync.OS, JournalConfig.WhenFull.REFUSE),
        List.of("postgres"),
        new Meters());
  }

  @Test
  void eraseExpiredNamesWhatIsGoneAndFindsNothingTheSecondTime() {
    database.run("SELECT audit.ensure_partition('2025-01-01')");

    Ended first = run("erase-expired", "--config", config.toString());
    Ended second = run("erase-expired", "--config", config.toString());

    assertThat(first.lines()).containsExactly("erased exchange_20250101", "erased 1 days");
    assertThat(first.exit()).isZero();
    assertThat(second.lines()).containsExactly("erased 0 days");
    assertThat(second.exit()).isZero();
  }

  @Test
  void shipStoresWhatAnotherNodesJournalHolds() throws Exception {
    Path dead = folder.resolve("dead");
    Journal journal = journal(dead);
    for (int i = 0; i < 100; i++) {
      journal.closed(record(i), false, () -> {});
    }
    Ended inUse = run("ship", "--config", config.toString(), "--journal", dead.toString());
    assertThat(inUse.exit()).isEqualTo(1);
    journal.close();

    Ended ended = run("ship", "--config", config.toString(), "--journal", dead.toString());

    assertThat(ended.lines()).last().asString().startsWith("shipped: ").endsWith("nothing is left");
    assertThat(ended.exit()).isZero();
    assertThat(database.number("SELECT count(*) FROM audit.exchange WHERE node = 'dead'"))
        .isEqualTo(100);
    assertThat(run("verify", "--config", config.toString()).lines())
        .last()
        .isEqualTo("verified 100 records in 1 chains, 0 faults");
    assertThat(run("ship", "--config", config.toString(), "--journal", "none").exit()).isEqualTo(2);
  }

  private static ExchangeRecord record(int i) {
    long now = System.currentTimeMillis();
    return new ExchangeRecord(
        new Uuids().timeOrdered(now),
        "dead",
        new ExchangeRecord.Asked(
            "127.0.0.1", "GET", null, null, null, null, null, null, null, null, null, null),
        null,
        new ExchangeRecord.Steps(now * 1000, 0, 0, 0, now * 1000 + i),
        new ExchangeRecord.Result(Fate.REFUSED, 404, BarsError.TARGET_UNKNOWN, 0, 0));
  }
}
