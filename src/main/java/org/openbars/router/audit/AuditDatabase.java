package org.openbars.router.audit;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * How the audit reaches PostgreSQL: one URI for both clients, and a bound on every wait. The
 * password file is read at each connect, so that a changed secret needs no restart.
 */
final class AuditDatabase {
  /** A statement that runs longer is ended by PostgreSQL (SQLSTATE 57014). */
  static final Duration STATEMENT = Duration.ofSeconds(20);

  /** Waiting for a pooled connection, and connecting over JDBC. */
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** A migration that hears nothing for so long gives up and starts again. */
  private static final Duration MIGRATION = Duration.ofMinutes(10);

  /** The INSERT and its casts is longer than the client would cache by itself (2,048). */
  private static final int CACHED_STATEMENT_LENGTH = 8192;

  private final Duration statement;
  private final PgConnectOptions options;
  private final @Nullable Path passwordFile;
  private final @Nullable String rootCertificate;

  /**
   * @param statement how long PostgreSQL may work on one statement
   * @throws IllegalArgumentException when the URI is missing or not a PostgreSQL URI
   */
  AuditDatabase(@Nullable String uri, @Nullable Path passwordFile, Duration statement) {
    if (uri == null) {
      throw new IllegalArgumentException("audit.postgres.uri must be set while audit.mode is on");
    }
    this.statement = statement;
    this.options = PgConnectOptions.fromUri(uri);
    this.passwordFile = passwordFile;
    Map<String, String> properties = new HashMap<>(options.getProperties());
    this.rootCertificate = parameter(uri, "sslrootcert");
    properties.put("application_name", "bars-router audit");
    properties.put("statement_timeout", Long.toString(statement.toMillis()));
    // A connection that broke unseen must not keep the lock of a chain for as long as TCP lets it.
    properties.put("idle_in_transaction_session_timeout", Long.toString(statement.toMillis()));
    // What a batch finds under its locks must be what was committed last.
    properties.put("default_transaction_isolation", "read committed");
    options
        .setProperties(properties)
        .setCachePreparedStatements(true)
        .setPreparedStatementCacheSqlLimit(CACHED_STATEMENT_LENGTH)
        .setPipeliningLimit(1)
        .setSslOptions(tls(options.getSslMode(), rootCertificate));
  }

  // The client's own reading of the URI leaves out what it does not know.
  private static @Nullable String parameter(String uri, String name) {
    String query = URI.create(uri).getQuery();
    for (String pair : query == null ? new String[0] : query.split("&", -1)) {
      if (pair.startsWith(name + "=")) {
        return pair.substring(name.length() + 1);
      }
    }
    return null;
  }

  // As libpq: verify-ca and verify-full check the chain, verify-full the host too, others nothing.
  private static ClientSSLOptions tls(SslMode mode, @Nullable String rootCertificate) {
    ClientSSLOptions tls = new ClientSSLOptions();
    boolean full = mode == SslMode.VERIFY_FULL;
    tls.setHostnameVerificationAlgorithm(full ? "HTTPS" : "");
    if (!full && mode != SslMode.VERIFY_CA) {
      return tls.setTrustAll(true);
    }
    if (rootCertificate == null) {
      throw new IllegalArgumentException(
          "audit.postgres.uri: sslmode=" + mode + " needs sslrootcert=FILE");
    }
    return tls.setTrustOptions(new PemTrustOptions().addCertPath(rootCertificate));
  }

  /** A pool whose waiters are bounded in number and time. */
  Pool pool(Vertx vertx, int size, int waiting) {
    return pool(vertx, size, waiting, Map.of());
  }

  /**
   * As {@link #pool(Vertx, int, int)}, for questions: each is planned for the values asked about. A
   * plan for any values cannot tell a rare organisation from a common use case, and took 34 s where
   * this takes 0.2 s.
   */
  Pool searchPool(Vertx vertx, int size, int waiting) {
    return pool(vertx, size, waiting, Map.of("plan_cache_mode", "force_custom_plan"));
  }

  private Pool pool(Vertx vertx, int size, int waiting, Map<String, String> properties) {
    PoolOptions pool =
        new PoolOptions()
            .setMaxSize(size)
            .setMaxWaitQueueSize(waiting)
            .setConnectionTimeout((int) CONNECT.toSeconds())
            .setConnectionTimeoutUnit(TimeUnit.SECONDS);
    return PgBuilder.pool()
        .with(pool)
        .connectingTo(
            () -> vertx.executeBlocking(this::withPassword, false).map(o -> with(o, properties)))
        .using(vertx)
        .build();
  }

  private static PgConnectOptions with(PgConnectOptions options, Map<String, String> properties) {
    properties.forEach(options::addProperty);
    return options;
  }

  /** For Flyway. Reads the password file: blocks. */
  DataSource dataSource() throws IOException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {options.getHost()});
    source.setPortNumbers(new int[] {options.getPort()});
    source.setDatabaseName(options.getDatabase());
    source.setUser(options.getUser());
    source.setPassword(withPassword().getPassword());
    source.setApplicationName("bars-router audit schema");
    source.setConnectTimeout((int) CONNECT.toSeconds());
    source.setLoginTimeout((int) CONNECT.toSeconds());
    source.setSocketTimeout((int) MIGRATION.toSeconds());
    source.setSslMode(options.getSslMode().value);
    if (rootCertificate != null) {
      source.setSslRootCert(rootCertificate);
    }
    return source;
  }

  private PgConnectOptions withPassword() throws IOException {
    PgConnectOptions copy = new PgConnectOptions(options);
    if (passwordFile != null) {
      copy.setPassword(Files.readString(passwordFile).strip());
    }
    return copy;
  }

  /** Fails when PostgreSQL has not answered in time, though the connection looks alive. */
  <T> Future<T> answered(Future<T> answer) {
    long most = statement.toMillis() * 3 / 2;
    return answer.timeout(most, TimeUnit.MILLISECONDS);
  }
}
