package org.openbars.router.audit;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

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
 */
public record AuditConfig(
    boolean on,
    @Nullable String postgresUri,
    @Nullable Path passwordFile,
    int poolSize,
    Journal journal,
    int batch,
    Duration linger,
    Duration retention) {

  /**
   * The journal on this machine's disk.
   *
   * @param path its folder, made when it is not there; one router's alone, {@code
   *     audit.journal.path}
   * @param maxSize bytes beyond which exchanges are refused until some are stored, {@code
   *     audit.journal.max-size}
   * @param sync what an entry is safe from: {@code os} is the end of the process, {@code
   *     audit.journal.sync}
   * @param whenFull what happens then, {@code audit.journal.when-full}
   */
  public record Journal(Path path, long maxSize, String sync, String whenFull) {}
}
