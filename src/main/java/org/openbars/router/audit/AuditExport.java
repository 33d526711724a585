package org.openbars.router.audit;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Cursor;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.openbars.router.message.NhsNumber;

/**
 * Everything held about one person (right of access): the records, restricted ones too, and who
 * asked about the person. Read through a cursor, so that memory does not grow with their number.
 * For a command's thread: blocks.
 */
public final class AuditExport implements AutoCloseable {
  private static final Duration STATEMENT = Duration.ofMinutes(10);
  private static final int ROWS = 500;
  private static final String KIND = "export";

  /** Takes what is read, in order; what it throws ends the export. */
  public interface Taker {
    void record(JsonObject record, boolean restricted) throws IOException;

    void look(JsonObject look) throws IOException;
  }

  /** How much was read. */
  public record Count(long records, long looks) {}

  private interface RowTaker {
    void take(Row row) throws IOException;
  }

  private final Vertx vertx;
  private final Pool pool;

  /**
   * @throws IllegalArgumentException when {@code audit.postgres.uri} cannot be used
   */
  public AuditExport(AuditConfig config) {
    AuditDatabase database =
        new AuditDatabase(config.postgresUri(), config.passwordFile(), STATEMENT);
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
    pool = database.pool(vertx, 1, 1);
  }

  /**
   * Reads all of one moment. That it was asked for is stored, for good, before the first record is
   * given; when it cannot be stored nothing is given.
   *
   * @throws IOException when PostgreSQL is away, or the taker's
   */
  public Count read(NhsNumber person, Asker asker, Taker taker) throws IOException {
    SqlConnection connection = await(pool.getConnection());
    try {
      await(connection.query("SET default_transaction_isolation = 'repeatable read'").execute());
      AuditSelect select = AuditSelect.person(person);
      long held = await(count(connection, person));
      await(
          AuditLooks.write(
              connection, KIND, new JsonObject().put("nhs-number", "asked"), person, asker, held));
      Transaction transaction = await(connection.begin());
      long records =
          each(
              connection,
              select.sql(),
              select.values(),
              row -> taker.record(ShownRecord.json(row), row.getBoolean("restricted")));
      long looks =
          each(
              connection,
              AuditLooks.aboutPerson(),
              Tuple.of(person.digits()),
              row -> taker.look(AuditLooks.json(row)));
      await(transaction.rollback());
      return new Count(records, looks);
    } finally {
      await(connection.close());
    }
  }

  private static Future<Long> count(SqlConnection connection, NhsNumber person) {
    return connection
        .preparedQuery("SELECT count(*) FROM audit.exchange WHERE nhs_number = $1")
        .execute(Tuple.of(person.digits()))
        .map(rows -> rows.iterator().next().getLong(0));
  }

  private static long each(SqlConnection connection, String sql, Tuple values, RowTaker taker)
      throws IOException {
    long taken = 0;
    PreparedStatement statement = await(connection.prepare(sql));
    Cursor cursor = statement.cursor(values);
    do {
      for (Row row : await(cursor.read(ROWS))) {
        taker.take(row);
        taken++;
      }
    } while (cursor.hasMore());
    await(cursor.close());
    await(statement.close());
    return taken;
  }

  private static <T> T await(Future<T> future) throws IOException {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(STATEMENT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(cause.getMessage(), cause);
    } catch (TimeoutException e) {
      throw new IOException("no answer from PostgreSQL", e);
    }
  }

  @Override
  public void close() throws IOException {
    await(pool.close());
    await(vertx.close());
  }
}
