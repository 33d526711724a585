package org.openbars.router.audit;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import java.util.function.Supplier;
import org.openbars.router.audit.AuditQuestion.Correction;
import org.openbars.router.audit.AuditQuestion.Lift;
import org.openbars.router.audit.AuditQuestion.Restriction;
import org.openbars.router.audit.AuditSearch.Answer;

/**
 * Restriction and correction: rows beside the records, which stay as they are and in their chain.
 * Each change and its look are stored together or not at all.
 */
final class AuditChanges {
  private static final String RESTRICT =
      "INSERT INTO audit.restriction (person, reason, restricted_by) VALUES ("
          + AuditLooks.PERSON.formatted("$1::text")
          + ", $2, $3) ON CONFLICT (person) WHERE lifted_at IS NULL DO NOTHING";
  private static final String LIFT =
      "UPDATE audit.restriction SET lifted_at = clock_timestamp(), lifted_reason = $2,"
          + " lifted_by = $3 WHERE lifted_at IS NULL AND person = "
          + AuditLooks.PERSON.formatted("$1::text");
  private static final String HELD = "SELECT count(*) FROM audit.exchange WHERE nhs_number = $1";
  private static final String CORRECT =
      "INSERT INTO audit.correction (day, id, field, value, reason, corrected_by)"
          + " SELECT day, id, $3, $4, $5, $6 FROM audit.exchange WHERE day = $1 AND id = $2";

  private AuditChanges() {}

  static Future<Answer> make(SqlConnection connection, AuditQuestion question, Asker asker) {
    if (question instanceof Restriction restriction) {
      return together(connection, () -> restrict(connection, restriction, asker));
    }
    if (question instanceof Lift lift) {
      return together(connection, () -> lift(connection, lift, asker));
    }
    if (question instanceof Correction correction) {
      return together(connection, () -> correct(connection, correction, asker));
    }
    throw new IllegalArgumentException("no change: " + question.kind());
  }

  private static Future<Answer> together(
      SqlConnection connection, Supplier<Future<Answer>> change) {
    return connection
        .begin()
        .compose(
            transaction ->
                change
                    .get()
                    .compose(answer -> transaction.commit().map(v -> answer))
                    .recover(e -> undone(transaction, e)));
  }

  private static Future<Answer> undone(Transaction transaction, Throwable e) {
    return transaction.rollback().transform(ended -> Future.failedFuture(e));
  }

  private static Future<Answer> restrict(
      SqlConnection connection, Restriction restriction, Asker asker) {
    String number = restriction.person().digits();
    return connection
        .preparedQuery(RESTRICT)
        .execute(Tuple.of(number, restriction.reason(), asker.who()))
        .compose(done -> held(connection, number))
        .compose(
            held ->
                AuditLooks.write(connection, restriction, asker, held)
                    .map(v -> done(new JsonObject().put("restricted", true).put("records", held))));
  }

  private static Future<Answer> lift(SqlConnection connection, Lift lift, Asker asker) {
    String number = lift.person().digits();
    return connection
        .preparedQuery(LIFT)
        .execute(Tuple.of(number, lift.reason(), asker.who()))
        .compose(
            lifted ->
                AuditLooks.write(connection, lift, asker, lifted.rowCount())
                    .map(
                        v ->
                            lifted.rowCount() == 0
                                ? new AuditSearch.NotFound("this person is not restricted")
                                : done(new JsonObject().put("restricted", false))));
  }

  private static Future<Answer> correct(
      SqlConnection connection, Correction correction, Asker asker) {
    return connection
        .preparedQuery(CORRECT)
        .execute(
            Tuple.of(
                AuditColumns.day(correction.id()),
                correction.id(),
                correction.field(),
                correction.value(),
                correction.reason(),
                asker.who()))
        .compose(
            stored ->
                AuditLooks.write(connection, correction, asker, stored.rowCount())
                    .map(
                        v ->
                            stored.rowCount() == 0
                                ? new AuditSearch.NotFound("no such record is held")
                                : done(new JsonObject().put("corrected", true))));
  }

  private static Future<Long> held(SqlConnection connection, String number) {
    return connection
        .preparedQuery(HELD)
        .execute(Tuple.of(number))
        .map(rows -> rows.iterator().next().getLong(0));
  }

  private static Answer done(JsonObject what) {
    return new AuditSearch.Done(what);
  }
}
