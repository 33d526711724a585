package org.openbars.router.audit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.openbars.router.ledger.SealFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Erases days that are older than {@code audit.retention}: whole partitions, with their chains,
 * gaps and, a week later, seal files. A partition is detached under a lock that is never waited for
 * long, so that nothing queues behind it, and dropped once it is nobody's. Any number of nodes may
 * try at once: one does it. Blocking.
 */
public final class AuditRetention {
  private static final Logger LOG = LoggerFactory.getLogger(AuditRetention.class);
  private static final String LOCK =
      "SELECT pg_try_advisory_lock(hashtextextended('audit.exchange retention', 0))";
  private static final Set<String> LOCKED = Set.of("55P03", "40P01");
  private static final int TRIES = 100;
  private static final int LEAST_PAUSE_MILLIS = 100;
  private static final int MOST_PAUSE_MILLIS = 300;
  private static final int SEAL_FILES_STAY_DAYS = 7;

  /**
   * What one run did.
   *
   * @param partitions the partitions that are gone
   * @param complete whether nothing that is expired is left; false also when another node is at it
   */
  public record Erased(List<String> partitions, boolean complete) {
    public Erased {
      partitions = List.copyOf(partitions);
    }
  }

  private final AuditDatabase database;
  private final Duration retention;
  private final @Nullable Path sealPath;
  private final InstantSource clock;
  private volatile boolean stopped;

  AuditRetention(
      AuditDatabase database, Duration retention, @Nullable Path sealPath, InstantSource clock) {
    this.database = database;
    this.retention = retention;
    this.sealPath = sealPath;
    this.clock = clock;
  }

  /** Runs once, for the command. */
  public static Erased eraseExpired(AuditConfig config) throws IOException, SQLException {
    AuditDatabase database =
        new AuditDatabase(config.postgresUri(), config.passwordFile(), AuditDatabase.STATEMENT);
    Path seals = config.ledger().sealPath();
    return new AuditRetention(database, config.retention(), seals, InstantSource.system()).run();
  }

  /** Ends a run under way after its present step. Any thread. */
  void stop() {
    stopped = true;
  }

  Erased run() throws IOException, SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      LocalDate border = border(now(connection));
      eraseSealFiles(border);
      if (!lock(connection)) {
        return new Erased(List.of(), false);
      }
      List<String> erased = new ArrayList<>();
      boolean dropped = dropDetached(connection);
      boolean complete = detach(connection, border, erased) && dropped;
      forget(connection, border);
      unlock(connection);
      if (!erased.isEmpty()) {
        LOG.info("Audit older than {} erased: {}", border, erased);
      }
      return new Erased(erased, complete);
    }
  }

  /** The first day that stays. A clock that runs ahead, ours or the database's, erases nothing. */
  private LocalDate border(Instant databaseNow) {
    Instant ours = clock.instant();
    Instant now = ours.isBefore(databaseNow) ? ours : databaseNow;
    return LocalDate.ofInstant(now.minus(retention), ZoneOffset.UTC);
  }

  private static Instant now(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT now()")) {
      row.next();
      return row.getObject(1, OffsetDateTime.class).toInstant();
    }
  }

  // The server sees a closed connection a little later; a second run must not meet the first.
  private static void unlock(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_unlock_all()");
    }
  }

  // Held until it is given back, or the connection is gone.
  private static boolean lock(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(LOCK)) {
      return row.next() && row.getBoolean(1);
    }
  }

  /** Detaches and drops one day after the other; false when one could not be, for readers. */
  private boolean detach(Connection connection, LocalDate border, List<String> erased)
      throws SQLException, InterruptedIOException {
    boolean dropped = true;
    for (int tries = 0; tries < TRIES && !stopped; ) {
      try {
        String name = call(connection, "SELECT audit.detach_expired(?)", border);
        if (name == null) {
          return dropped;
        }
        erased.add(name);
        tries = 0;
        dropped &= dropDetached(connection);
      } catch (SQLException e) {
        if (!LOCKED.contains(String.valueOf(e.getSQLState()))) {
          throw e;
        }
        tries++;
        pause();
      }
    }
    LOG.warn("Audit older than {} is in use and not erased yet; tried again in an hour", border);
    return false;
  }

  private static boolean dropDetached(Connection connection) throws SQLException {
    try {
      String name;
      do {
        name = call(connection, "SELECT audit.drop_detached()", null);
      } while (name != null);
      return true;
    } catch (SQLException e) {
      if (!LOCKED.contains(String.valueOf(e.getSQLState()))) {
        throw e;
      }
      // Somebody reads it still. The next run drops it.
      return false;
    }
  }

  private static void forget(Connection connection, LocalDate border) throws SQLException {
    call(connection, "SELECT audit.forget_before(?)::text", border);
    call(connection, "SELECT audit.forget_questions(?)::text", border);
  }

  private static @Nullable String call(Connection connection, String sql, @Nullable LocalDate day)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      if (day != null) {
        statement.setObject(1, day);
      }
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }

  private static void pause() throws InterruptedIOException {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextInt(LEAST_PAUSE_MILLIS, MOST_PAUSE_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the audit's erasing was interrupted");
    }
  }

  // They outlast their days, so that a day is never there without its seals.
  private void eraseSealFiles(LocalDate border) {
    Path folder = sealPath;
    if (folder == null) {
      return;
    }
    try {
      SealFiles.deleteBefore(folder, border.minusDays(SEAL_FILES_STAY_DAYS));
    } catch (IOException e) {
      LOG.warn("Seal files of erased days stay: {}", e.toString());
    }
  }
}
