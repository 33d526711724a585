package org.openbars.router.audit;

import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.StringJoiner;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.BarsError;

/**
 * A search as SQL, and its rows as JSON. Only the predicates asked for are in the statement, each
 * from a constant: a statement with "or is null" for every part would be planned without its
 * indexes.
 */
record AuditSelect(String sql, Tuple values) {
  // nhs_number itself is not read at all.
  private static final String SELECT =
      "SELECT id, node, received_at, connected_at,"
          + " request_sent_at, answer_head_at, closed_at, sender_address, method, interaction,"
          + " request_id, correlation_id, target_system, target_value, receiver, api_version,"
          + " use_case, category, event, reason, end_user_organisation, software_system,"
          + " software_value, software_name, software_version, malformed_header,"
          + " nhs_number IS NOT NULL AS nhs_number_held, fate, status, error, bytes_from_sender,"
          + " bytes_to_sender FROM audit.exchange";

  private static final String[] INSTANTS = {
    "received_at", "connected_at", "request_sent_at", "answer_head_at", "closed_at"
  };
  private static final String[] TEXTS = {
    "node",
    "sender_address",
    "method",
    "interaction",
    "request_id",
    "correlation_id",
    "receiver",
    "api_version",
    "use_case",
    "category",
    "event",
    "reason",
    "end_user_organisation",
    "fate",
    "error"
  };

  /** A record's place in the order of pages: the order is by arrival, then id, both falling. */
  record Cursor(Instant receivedAt, UUID id) {
    private static final int BYTES = 24;

    static @Nullable Cursor parse(String text) {
      try {
        byte[] bytes = Base64.getUrlDecoder().decode(text);
        if (bytes.length != BYTES) {
          return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        Instant receivedAt = Instant.EPOCH.plus(buffer.getLong(), ChronoUnit.MICROS);
        return new Cursor(receivedAt, new UUID(buffer.getLong(), buffer.getLong()));
      } catch (IllegalArgumentException e) {
        return null;
      }
    }

    static Cursor of(Row row) {
      return new Cursor(row.getOffsetDateTime("received_at").toInstant(), row.getUUID("id"));
    }

    /** Opaque to its users. */
    String text() {
      ByteBuffer buffer = ByteBuffer.allocate(BYTES);
      buffer.putLong(ChronoUnit.MICROS.between(Instant.EPOCH, receivedAt));
      buffer.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
      return Base64.getUrlEncoder().withoutPadding().encodeToString(buffer.array());
    }
  }

  private static final class Where {
    private final StringJoiner predicates = new StringJoiner(" AND ", " WHERE ", "");
    private final Tuple values = Tuple.tuple();

    /** Adds {@code predicate}, its {@code ?} in turn standing for the values. */
    void and(String predicate, Object... operands) {
      String numbered = predicate;
      for (Object operand : operands) {
        values.addValue(operand);
        numbered = numbered.replaceFirst("\\?", "\\$" + values.size());
      }
      predicates.add(numbered);
    }

    void andIf(String predicate, @Nullable Object operand) {
      if (operand != null) {
        and(predicate, operand);
      }
    }
  }

  static AuditSelect of(AuditSearch.Query query, @Nullable Cursor after) {
    Where where = new Where();
    where.andIf(
        "lower(correlation_id) = lower(?)",
        AuditText.storable(query.correlationId(), AuditText.MAX_ID));
    where.andIf(
        "lower(request_id) = lower(?)", AuditText.storable(query.requestId(), AuditText.MAX_ID));
    if (query.target() != null) {
      where.and(
          "target_system = ? AND target_value = ?",
          AuditText.stored(query.target().system(), AuditText.MAX_TARGET),
          AuditText.stored(query.target().value(), AuditText.MAX_TARGET));
    }
    where.andIf("end_user_organisation = ?", storable(query.organisation()));
    where.andIf("use_case = ?", storable(query.useCase()));
    where.andIf("status = ?", query.status());
    where.andIf("error = ANY(?)", query.error() == null ? null : errors(query.error()));
    between(where, query);
    if (after != null) {
      where.and("(received_at, id) < (?, ?)", utc(after.receivedAt()), after.id());
    }
    where.values.addValue(query.limit() + 1);
    String sql =
        SELECT
            + where.predicates
            + " ORDER BY received_at DESC, id DESC LIMIT $"
            + where.values.size();
    return new AuditSelect(sql, where.values);
  }

  // The day is the id's and may differ from the arrival's by the moment between them. It only
  // spares the other days' partitions.
  private static void between(Where where, AuditSearch.Query query) {
    if (query.from() != null) {
      OffsetDateTime from = utc(query.from());
      where.and("received_at >= ? AND day >= ?", from, from.toLocalDate().minusDays(1));
    }
    if (query.to() != null) {
      OffsetDateTime to = utc(query.to());
      where.and("received_at < ? AND day <= ?", to, to.toLocalDate().plusDays(1));
    }
  }

  private static @Nullable String storable(@Nullable String text) {
    return AuditText.storable(text, AuditText.MAX_CODE);
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  /** The errors meant by {@code text}: one by its name, or all that are answered with that code. */
  static String[] errors(String text) {
    return Arrays.stream(BarsError.values())
        .filter(error -> error.name().equals(text) || error.code().equals(text))
        .map(Enum::name)
        .toArray(String[]::new);
  }

  /** The first {@code limit} rows; one more row than that means that another page follows. */
  static AuditSearch.Page page(RowSet<Row> rows, int limit) {
    List<JsonObject> records = new ArrayList<>();
    Cursor last = null;
    for (Row row : rows) {
      if (records.size() == limit) {
        return new AuditSearch.Page(records, last == null ? null : last.text());
      }
      records.add(json(row));
      last = Cursor.of(row);
    }
    return new AuditSearch.Page(records, null);
  }

  private static JsonObject json(Row row) {
    JsonObject json = new JsonObject().put("id", row.getUUID("id").toString());
    for (String column : INSTANTS) {
      OffsetDateTime instant = row.getOffsetDateTime(column);
      put(json, camel(column), instant == null ? null : instant.toInstant().toString());
    }
    for (String column : TEXTS) {
      put(json, camel(column), row.getString(column));
    }
    if (row.getString("target_system") != null) {
      json.put(
          "target",
          new JsonObject()
              .put("system", row.getString("target_system"))
              .put("value", row.getString("target_value")));
    }
    JsonObject software = new JsonObject();
    put(software, "system", row.getString("software_system"));
    put(software, "value", row.getString("software_value"));
    put(software, "name", row.getString("software_name"));
    put(software, "version", row.getString("software_version"));
    put(json, "requestingSoftware", software.isEmpty() ? null : software);
    put(json, "status", row.getInteger("status"));
    return json.put("malformedHeader", row.getBoolean("malformed_header"))
        .put("nhsNumberHeld", row.getBoolean("nhs_number_held"))
        .put("bytesFromSender", row.getLong("bytes_from_sender"))
        .put("bytesToSender", row.getLong("bytes_to_sender"));
  }

  private static void put(JsonObject json, String name, @Nullable Object value) {
    if (value != null) {
      json.put(name, value);
    }
  }

  private static String camel(String column) {
    StringBuilder name = new StringBuilder();
    for (String part : column.split("_", -1)) {
      name.append(
          name.isEmpty() ? part : Character.toUpperCase(part.charAt(0)) + part.substring(1));
    }
    return name.toString();
  }
}
