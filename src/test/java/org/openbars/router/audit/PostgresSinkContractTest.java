package org.openbars.router.audit;

import static org.openbars.router.audit.SampleExchanges.booking;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.fixture.TcpGate;
import org.openbars.router.fixture.TestDatabase;
import org.openbars.router.ledger.NhsNumberKey;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;

class PostgresSinkContractTest extends AuditSinkContract {
  private static final Duration STATEMENT = Duration.ofSeconds(2);
  private static final String BAD = "unacceptable";

  @TempDir Path folder;

  private TestLedger ledger;
  private TcpGate gate;

  @BeforeEach
  void migrate() throws IOException {
    ledger = new TestLedger(folder);
    gate = TcpGate.open(TestDatabase.port());
  }

  @AfterEach
  void end() throws IOException {
    gate.close();
    ledger.close();
  }

  @Override
  AuditSink sink(Vertx onVertx) throws IOException {
    return new PostgresSink(
        onVertx,
        new AuditDatabase(ledger.database().uri(gate.port()), null, STATEMENT),
        NhsNumberKey.readOrMake(folder.resolve("numbers.key")),
        heads -> {},
        new Meters());
  }

  @Override
  TcpGate gate() {
    return gate;
  }

  @Override
  List<String> stored() {
    return ledger
        .database()
        .column("SELECT id FROM audit.exchange ORDER BY day, node, chain_position");
  }

  @Override
  boolean holds(String text) {
    // A target is a service's address, kept as it was sent: one in eleven numbers of ten digits
    // would be taken for a person's.
    String rows =
        "SELECT count(*) FROM audit.exchange e"
            + " WHERE (to_jsonb(e) - 'target_system' - 'target_value')::text LIKE '%";
    return ledger.database().number(rows + text + "%'") > 0;
  }

  @Override
  ExchangeRecord unacceptable() {
    // Days that are not there yet would be made without the constraint, and be refused as a whole.
    ledger
        .database()
        .run(
            "SELECT audit.ensure_partitions(d, d + 1) FROM (SELECT (now() AT TIME ZONE 'UTC')::date)"
                + " AS today (d); ALTER TABLE audit.exchange ADD CONSTRAINT good"
                + " CHECK (use_case <> '"
                + BAD
                + "')");
    return samples.record(booking().useContext(BAD));
  }

  @Override
  boolean keepsNhsNumbers() {
    return true;
  }
}
