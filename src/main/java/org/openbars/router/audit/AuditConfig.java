package org.openbars.router.audit;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
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
 * @param queue records held in memory at the most, {@code audit.queue}
 * @param batch records in one insert at the most, {@code audit.batch}
 * @param linger how long the first record of a batch waits for others, {@code audit.linger}
 * @param retention how long a day's records are kept, {@code audit.retention}
 * @param ledger how chains are keyed and sealed, {@code audit.seal.*}
 */
public record AuditConfig(
    boolean on,
    @Nullable String postgresUri,
    @Nullable Path passwordFile,
    int poolSize,
    int queue,
    int batch,
    Duration linger,
    Duration retention,
    LedgerConfig ledger) {}
