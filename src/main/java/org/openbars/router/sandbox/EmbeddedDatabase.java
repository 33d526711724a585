package org.openbars.router.sandbox;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL for one run, on 127.0.0.1, without passwords: for synthetic data only. It syncs
 * nothing to disk (fsync off), which is quick, and right where the data goes with the run. Starting
 * and stopping block: on a worker.
 */
public final class EmbeddedDatabase {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int TRIES = 3;
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);

  private final EmbeddedPostgres postgres;
  private final DatabaseFolder.Run run;
  private final AtomicBoolean stopped = new AtomicBoolean();

  private EmbeddedDatabase(EmbeddedPostgres postgres, DatabaseFolder.Run run) {
    this.postgres = postgres;
    this.run = run;
  }

  /**
   * Starts PostgreSQL; the first time the binaries are unpacked into the folder, where they stay.
   * What a killed run left there is ended and removed. Several runs may share the folder.
   *
   * @param port 0 to 65535, 0 takes a free one
   * @param stopAtExit whether the end of this JVM stops it; false where the caller's own shutdown
   *     hook calls {@link #stop()}
   * @throws IOException with one line that says why it did not start
   */
  public static EmbeddedDatabase start(Path folder, int port, boolean stopAtExit)
      throws IOException {
    if (port != 0 && inUse(port)) {
      throw new IOException("PostgreSQL did not start: port " + port + " is in use");
    }
    DatabaseFolder runs = DatabaseFolder.open(folder);
    IOException last = new IOException("PostgreSQL did not start");
    // A free port may be taken by another before PostgreSQL has it.
    for (int i = 0; i < (port == 0 ? TRIES : 1); i++) {
      try {
        return runs.start(run -> launch(run, port), stopAtExit);
      } catch (IOException e) {
        last = e;
      }
    }
    throw last;
  }

  private static boolean inUse(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return !socket.isBound();
    } catch (IOException e) {
      return true;
    }
  }

  private static EmbeddedDatabase launch(DatabaseFolder.Run run, int port) throws IOException {
    ProcessBuilder.Redirect log = ProcessBuilder.Redirect.appendTo(run.log().toFile());
    EmbeddedPostgres postgres = null;
    try {
      EmbeddedPostgres.Builder builder =
          EmbeddedPostgres.builder()
              .setPort(port)
              .setDataDirectory(run.data())
              .setCleanDataDirectory(true)
              .setRegisterShutdownHook(false)
              .setPGStartupWait(PATIENCE)
              .setErrorRedirector(log)
              .setOutputRedirector(log)
              .setLocaleConfig("locale", "C");
      settings(builder);
      postgres = builder.start();
      checkOurs(postgres, run.data());
      return new EmbeddedDatabase(postgres, run);
    } catch (IOException | SQLException | RuntimeException e) {
      String reason = reason(run.log(), e);
      if (postgres != null) {
        postgres.close();
      }
      throw new IOException("PostgreSQL did not start in " + run.data() + ": " + reason, e);
    }
  }

  private static void settings(EmbeddedPostgres.Builder builder) {
    builder
        .setServerConfig("listen_addresses", "127.0.0.1")
        // No socket file in /tmp for others to find, or for us to leave.
        .setServerConfig("unix_socket_directories", "")
        .setServerConfig("max_connections", "50")
        .setServerConfig("shared_buffers", "32MB")
        .setServerConfig("full_page_writes", "off")
        .setServerConfig("log_min_messages", "warning");
  }

  /** Another's server may have taken the free port first; then every query would go there. */
  private static void checkOurs(EmbeddedPostgres postgres, Path data)
      throws SQLException, IOException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW data_directory")) {
      if (!row.next() || !Files.isSameFile(Path.of(row.getString(1)), data)) {
        throw new IOException("port " + postgres.getPort() + " belongs to another PostgreSQL");
      }
    }
  }

  /** PostgreSQL's own words where it had any, in one line. */
  private static String reason(Path log, Exception failure) {
    String said = null;
    try {
      List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
      for (String line : lines) {
        String lower = line.toLowerCase(Locale.ROOT);
        if (said == null && (lower.contains("fatal") || lower.contains("error"))) {
          said = line.strip();
        }
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    @Nullable String message = failure.getMessage();
    String own = message == null ? failure.toString() : message;
    return said == null ? own.lines().findFirst().orElse(own) : said;
  }

  public int port() {
    return postgres.getPort();
  }

  /** The database as {@code audit.postgres.uri} takes it. */
  public String uri() {
    return "postgresql://postgres@127.0.0.1:" + port() + "/postgres";
  }

  /** Stops PostgreSQL and deletes its data; the binaries stay. A second call does nothing. */
  public void stop() {
    if (stopped.getAndSet(true)) {
      return;
    }
    try {
      postgres.close();
    } catch (IOException e) {
      // What does not end in the ordinary way is ended by force.
      LOG.warn("PostgreSQL did not stop by itself", e);
    }
    run.end();
  }
}
