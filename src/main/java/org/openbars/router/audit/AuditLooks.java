package org.openbars.router.audit;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.NhsNumber;

/** Who looked at the audit: written before each answer, and found again. */
final class AuditLooks {
  /** How the tables that outlive records name the person whose NHS number is {@code %s}. */
  static final String PERSON =
      "sha256((SELECT key FROM audit.person_key) || convert_to(%s, 'UTF8'))";

  private static final String INSERT =
      "INSERT INTO audit.look (node, who, address, kind, question, records, person)"
          + " VALUES ($1, $2, $3, $4, $5, $6, "
          + PERSON.formatted("$7::text")
          + ")";

  private static final String INSERT_WHOLE =
      "INSERT INTO audit.look (node, who, address, kind, question, records)"
          + " VALUES (?, ?, ?, ?, ?::jsonb, ?)";

  private static final String SELECT =
      "SELECT look_id, at, node, who, address, kind, question, records FROM audit.look";

  private static final Pattern PLACE = Pattern.compile("[0-9]{1,18}");

  private AuditLooks() {}

  /**
   * Fails when it is not stored: then what was found must not be shown.
   *
   * @param records how many are shown, or changed
   */
  static Future<Void> write(
      SqlClient connection, AuditQuestion question, Asker asker, long records) {
    return write(connection, question.kind(), question.shown(), question.person(), asker, records);
  }

  static Future<Void> write(
      SqlClient connection,
      String kind,
      JsonObject shown,
      @Nullable NhsNumber person,
      Asker asker,
      long records) {
    boolean searchPosted = asker.posted() && kind.equals("search");
    Tuple values =
        Tuple.of(
            AuditText.stored(asker.node(), AuditText.MAX_NAME),
            AuditText.stored(asker.who(), AuditText.MAX_TARGET),
            AuditText.stored(asker.address(), AuditText.MAX_CODE),
            searchPosted ? "search-post" : kind,
            shown,
            records);
    values.addValue(person == null ? null : person.digits());
    return connection.preparedQuery(INSERT).execute(values).mapEmpty();
  }

  /** As the other, for a command that reads whole days and blocks. */
  static void write(Connection connection, String kind, JsonObject shown, Asker asker, long records)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT_WHOLE)) {
      statement.setString(1, AuditText.stored(asker.node(), AuditText.MAX_NAME));
      statement.setString(2, AuditText.stored(asker.who(), AuditText.MAX_TARGET));
      statement.setString(3, AuditText.stored(asker.address(), AuditText.MAX_CODE));
      statement.setString(4, kind);
      statement.setString(5, shown.encode());
      statement.setLong(6, records);
      statement.executeUpdate();
    }
  }

  /** The place a cursor stands for; null when it is not one of ours. */
  static @Nullable Long place(String cursor) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
      return PLACE.matcher(text).matches() ? Long.valueOf(text) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static String cursor(long place) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Long.toString(place).getBytes(StandardCharsets.US_ASCII));
  }

  /** By the order in which they were written, newest first. */
  static Future<AuditSearch.LookPage> find(SqlClient connection, AuditQuestion.Looks looks) {
    AuditSelect.Where where = new AuditSelect.Where();
    where.and("true");
    if (looks.from() != null) {
      where.and("at >= ?", AuditSelect.utc(looks.from()));
    }
    if (looks.to() != null) {
      where.and("at < ?", AuditSelect.utc(looks.to()));
    }
    where.andIf("look_id < ?", looks.cursor() == null ? null : place(looks.cursor()));
    String sql = SELECT + where.text() + " ORDER BY look_id DESC LIMIT " + (looks.limit() + 1);
    return connection
        .preparedQuery(sql)
        .execute(where.values())
        .map(rows -> page(rows, looks.limit()));
  }

  private static AuditSearch.LookPage page(RowSet<Row> rows, int limit) {
    List<JsonObject> looks = new ArrayList<>();
    long last = 0;
    for (Row row : rows) {
      if (looks.size() == limit) {
        return new AuditSearch.LookPage(looks, cursor(last));
      }
      looks.add(json(row));
      last = row.getLong("look_id");
    }
    return new AuditSearch.LookPage(looks, null);
  }

  static JsonObject json(Row row) {
    return new JsonObject()
        .put("id", row.getLong("look_id"))
        .put("at", row.getOffsetDateTime("at").toInstant().toString())
        .put("node", row.getString("node"))
        .put("who", row.getString("who"))
        .put("address", row.getString("address"))
        .put("kind", row.getString("kind"))
        .put("question", row.getJsonObject("question"))
        .put("records", row.getLong("records"));
  }

  /** Everything looked at or changed about one person, oldest first. */
  static String aboutPerson() {
    return SELECT + " WHERE person = " + PERSON.formatted("$1::text") + " ORDER BY look_id";
  }
}
