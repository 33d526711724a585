package org.openbars.router.audit;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.openbars.router.journal.JournalConfig;
import org.openbars.router.ledger.LedgerConfig;

/**
 * Keys {@code audit.*}.
 *
 * @param on whether exchanges are recorded at all, {@code audit.mode: on | off}
 * @param postgresUri {@code postgresql://user@host:port/database}, {@code audit.postgres.uri}; null
 *     only when off
 * @param passwordFile holds the role's password, {@code audit.postgres.password-file}; null for
 *     none
 * @param poolSize connections, {@code audit.postgres.pool-size}
 * @param journal where records wait until they are stored, {@code audit.journal.*}
 * @param batch records in one insert at the most, {@code audit.batch}
 * @param linger how long the first record of a batch waits for others, {@code audit.linger}
 * @param retention how long a day's records are kept, {@code audit.retention}
 * @param ledger how chains are keyed and sealed, {@code audit.seal.*}
 * @param splunk {@code audit.splunk.*}; null when records are not sent to Splunk
 * @param kafka {@code audit.kafka.*}; null when records are not sent to Kafka
 */
public record AuditConfig(
    boolean on,
    @Nullable String postgresUri,
    @Nullable Path passwordFile,
    int poolSize,
    JournalConfig journal,
    int batch,
    Duration linger,
    Duration retention,
    LedgerConfig ledger,
    @Nullable SplunkConfig splunk,
    @Nullable KafkaConfig kafka) {
  /** The same with another node's journal. */
  public AuditConfig of(Path folder) {
    JournalConfig other =
        new JournalConfig(folder, journal.maxSize(), journal.sync(), journal.whenFull());
    return new AuditConfig(
        on,
        postgresUri,
        passwordFile,
        poolSize,
        other,
        batch,
        linger,
        retention,
        ledger,
        splunk,
        kafka);
  }
}
