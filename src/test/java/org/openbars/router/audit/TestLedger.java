package org.openbars.router.audit;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.openbars.router.fixture.TestDatabase;
import org.openbars.router.ledger.ChainHead;
import org.openbars.router.ledger.LedgerConfig;
import org.openbars.router.ledger.NhsNumberKey;
import org.openbars.router.ledger.SealFiles;
import org.openbars.router.ledger.SealKeys;
import org.openbars.router.ledger.Verification;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;

/** A migrated database with sinks that store into it, seals of its own, and the check of both. */
final class TestLedger implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final TestDatabase database = TestDatabase.migrated();
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final List<PostgresSink> sinks = new ArrayList<>();
  private final Map<ChainHead.Key, ChainHead> heads = new ConcurrentSkipListMap<>();
  private final Path numberKey;
  private final Path sealKey;
  private final Path sealFolder;

  TestLedger(Path folder) throws IOException {
    numberKey = Files.writeString(folder.resolve("nhs-number.key"), "a5".repeat(32));
    sealKey = folder.resolve("seal.pem");
    SealKeys.make(sealKey);
    sealFolder = Files.createDirectory(folder.resolve("seals"));
  }

  /** Migrates as a router does that knows no more than what lies at {@code location}. */
  static void migrate(TestDatabase database, String location) throws IOException {
    migrate(database.uri(), location);
  }

  static void migrate(String uri, String location) throws IOException {
    Flyway.configure(TestLedger.class.getClassLoader())
        .loggers("slf4j")
        .dataSource(new AuditDatabase(uri, null, PATIENCE).dataSource())
        .schemas("audit")
        .locations(location)
        .placeholderReplacement(false)
        .load()
        .migrate();
  }

  TestDatabase database() {
    return database;
  }

  Path sealFolder() {
    return sealFolder;
  }

  PostgresSink sink() throws IOException {
    return sink(database.uri());
  }

  PostgresSink sink(String uri) throws IOException {
    AuditDatabase through = new AuditDatabase(uri, null, Duration.ofSeconds(10));
    NhsNumberKey key = NhsNumberKey.read(numberKey);
    PostgresSink sink = new PostgresSink(vertx, through, key, this::moved, new Meters());
    sinks.add(sink);
    return sink;
  }

  private void moved(Collection<ChainHead> moved) {
    moved.forEach(head -> heads.put(head.key(), head));
  }

  Future<Void> begin(PostgresSink sink, List<ExchangeRecord> batch) {
    Promise<Void> stored = Promise.promise();
    context.runOnContext(v -> sink.store(batch).onComplete(stored));
    return stored.future();
  }

  void store(PostgresSink sink, List<ExchangeRecord> batch) {
    await(begin(sink, batch));
  }

  static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  /** Seals every chain that moved, as if it were {@code now}. */
  void seal(Instant now) throws IOException {
    new SealFiles(sealFolder, "node-1", SealKeys.privateKey(sealKey)).append(now, heads.values());
  }

  Map<ChainHead.Key, ChainHead> heads() {
    return new TreeMap<>(heads);
  }

  AuditConfig config() {
    return config(true);
  }

  AuditConfig config(boolean sealed) {
    LedgerConfig ledger =
        new LedgerConfig("node-1", sealed ? sealFolder : null, sealed ? sealKey : null, numberKey);
    AuditConfig plain = SampleExchanges.config(database.uri(), numberKey.resolveSibling("journal"));
    return new AuditConfig(
        true,
        plain.postgresUri(),
        null,
        plain.poolSize(),
        plain.journal(),
        plain.batch(),
        plain.linger(),
        plain.retention(),
        ledger,
        null,
        null);
  }

  /** Faults and notes, a line each. */
  record Checked(Verification.Result result, List<String> lines) {}

  Checked verify() throws IOException, SQLException {
    return verify(config());
  }

  static Checked verify(AuditConfig config) throws IOException, SQLException {
    return verify(config, new AuditVerification.Options(null, null, List.of(), List.of(), null));
  }

  static Checked verify(AuditConfig config, AuditVerification.Options options)
      throws IOException, SQLException {
    List<String> lines = new ArrayList<>();
    Verification.Result result = AuditVerification.verify(config, options, lines::add);
    return new Checked(result, lines);
  }

  /** Writes the whole audit as an export, checking it meanwhile. */
  Checked write(Path file) throws IOException, SQLException {
    List<String> lines = new ArrayList<>();
    Verification.Result result =
        AuditVerification.write(
            config(),
            new AuditVerification.Options(null, null, List.of(), List.of(), null),
            file,
            Asker.atThisMachine("node-1"),
            lines::add);
    return new Checked(result, lines);
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public void close() {
    for (PostgresSink sink : sinks) {
      await(sink.close());
    }
    await(vertx.close());
  }
}
