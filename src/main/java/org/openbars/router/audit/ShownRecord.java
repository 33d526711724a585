package org.openbars.router.audit;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a search reads of a record, and how that is shown. */
final class ShownRecord {
  private static final List<String> INSTANTS =
      List.of("received_at", "connected_at", "request_sent_at", "answer_head_at", "closed_at");
  private static final List<String> TEXTS =
      List.of(
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
          "application",
          "fate",
          "error",
          "inspection",
          "destination_match",
          "bundle_id",
          "bundle_timestamp",
          "message_event",
          "message_reason",
          "definition",
          "source_endpoint",
          "destination_endpoint",
          "response_identifier",
          "message_use_case",
          "message_category",
          "service_request_status",
          "service_request_identifier",
          "appointment_status",
          "appointment_identifier");
  private static final List<String> TARGET = List.of("target_system", "target_value");
  private static final List<String> SOFTWARE =
      List.of("software_system", "software_value", "software_name", "software_version");
  private static final List<String> OTHERS =
      List.of(
          "status",
          "invalid_nhs_number",
          "malformed_header",
          "bytes_from_sender",
          "bytes_to_sender");

  /** The columns that are shown; a test holds the others to a list of its own. */
  static final List<String> COLUMNS =
      Stream.of(List.of("id"), INSTANTS, TEXTS, TARGET, SOFTWARE, OTHERS)
          .flatMap(List::stream)
          .toList();

  private static final String CORRECTIONS =
      "(SELECT jsonb_agg(jsonb_build_object('field', c.field, 'value', c.value, 'reason', c.reason,"
          + " 'at', to_char(c.corrected_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),"
          + " 'who', c.corrected_by) ORDER BY c.correction_id)"
          + " FROM audit.correction c WHERE c.day = exchange.day AND c.id = exchange.id)"
          + " AS corrections";

  // Only for records that hold a number is one hash computed, and only while anyone is restricted.
  private static final String RESTRICTED =
      "(nhs_number IS NOT NULL"
          + " AND EXISTS (SELECT 1 FROM audit.restriction WHERE lifted_at IS NULL)"
          + " AND EXISTS (SELECT 1 FROM audit.restriction r WHERE r.lifted_at IS NULL"
          + " AND r.person = "
          + AuditLooks.PERSON.formatted("exchange.nhs_number")
          + ")) AS restricted";

  /** Reads everything a record shows; nhs_number itself never leaves PostgreSQL. */
  static final String SELECT =
      "SELECT "
          + String.join(", ", COLUMNS)
          + ", nhs_number IS NOT NULL AS nhs_number_held, "
          + CORRECTIONS
          + ", "
          + RESTRICTED
          + " FROM audit.exchange AS exchange";

  /** The members that a correction may be about, besides the NHS number. */
  static final List<String> CORRECTABLE =
      Stream.concat(
              Stream.of(INSTANTS, TEXTS).flatMap(List::stream).map(ShownRecord::camel),
              Stream.of("target", "requestingSoftware", "status"))
          .toList();

  private ShownRecord() {}

  static JsonObject json(Row row) {
    JsonObject json = new JsonObject().put("id", row.getUUID("id").toString());
    for (String column : INSTANTS) {
      OffsetDateTime instant = row.getOffsetDateTime(column);
      put(json, camel(column), instant == null ? null : instant.toInstant().toString());
    }
    for (String column : TEXTS) {
      put(json, camel(column), row.getString(column));
    }
    put(json, "target", group(row, "target_", TARGET));
    put(json, "requestingSoftware", group(row, "software_", SOFTWARE));
    put(json, "status", row.getInteger("status"));
    put(json, "invalidNhsNumber", row.getBoolean("invalid_nhs_number"));
    json.put("malformedHeader", row.getBoolean("malformed_header"))
        .put("nhsNumberHeld", row.getBoolean("nhs_number_held"))
        .put("bytesFromSender", row.getLong("bytes_from_sender"))
        .put("bytesToSender", row.getLong("bytes_to_sender"));
    JsonArray corrections = row.getJsonArray("corrections");
    put(json, "corrections", corrections);
    return json;
  }

  private static @Nullable JsonObject group(Row row, String prefix, List<String> columns) {
    JsonObject group = new JsonObject();
    for (String column : columns) {
      put(group, column.substring(prefix.length()), row.getString(column));
    }
    return group.isEmpty() ? null : group;
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
