package org.openbars.router.audit;

import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.StringJoiner;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.NhsNumber;

/**
 * A search as SQL, and its rows as a page. Only the predicates asked for are in the statement, each
 * from a constant: a statement with "or is null" for every part would be planned without its
 * indexes. The order is by (day, id): ids are of the arrival's millisecond, and PostgreSQL then
 * reads the partitions one after the other, newest first, and no further than the page needs.
 */
record AuditSelect(String sql, Tuple values) {
  /** Between an id's millisecond and its record's arrival: both are of one reading of the clock. */
  private static final Duration SLACK = Duration.ofSeconds(1);

  private static final Instant FIRST = Instant.EPOCH;
  private static final Instant LAST = Instant.parse("9999-12-30T00:00:00Z");
  private static final String ORDER = " ORDER BY day DESC, id DESC";

  /** Two sizes, so that statements stay few and prepared; what is too much is left unread. */
  private static final int SMALL_PAGE = AuditSearch.DEFAULT_LIMIT + 1;

  private static final int LARGE_PAGE = AuditSearch.MAX_LIMIT + 1;

  /** Collects predicates and their values. */
  static final class Where {
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

    String text() {
      return predicates.toString();
    }

    Tuple values() {
      return values;
    }
  }

  static AuditSelect of(AuditSearch.Query query) {
    int rows = query.limit() < SMALL_PAGE ? SMALL_PAGE : LARGE_PAGE;
    String useCase = AuditText.storable(query.useCase(), AuditText.MAX_CODE);
    if (useCase == null) {
      Where where = where(query);
      return new AuditSelect(page(where, rows), where.values);
    }
    // Two statements, as "or" has no index with an order; no record is in both. The values are the
    // same in number and order.
    Where header = where(query);
    header.and("use_case = ?", useCase);
    Where message = where(query);
    message.and(
        "message_use_case = ? AND message_use_case <> coalesce(use_case, '')"
            + " AND day >= audit.message_use_case_since()",
        useCase);
    // An id says its day, which is not shown.
    String sql =
        "(%s) UNION ALL (%s) ORDER BY id DESC LIMIT %d"
            .formatted(page(header, rows), page(message, rows), rows);
    return new AuditSelect(sql, header.values);
  }

  private static String page(Where where, int rows) {
    return ShownRecord.SELECT + where.text() + ORDER + " LIMIT " + rows;
  }

  private static Where where(AuditSearch.Query query) {
    Where where = new Where();
    where.andIf(
        "lower(correlation_id) = lower(?)",
        AuditText.storable(query.correlationId(), AuditText.MAX_ID));
    where.andIf(
        "lower(request_id) = lower(?)", AuditText.storable(query.requestId(), AuditText.MAX_ID));
    if (query.nhsNumber() != null) {
      where.and("nhs_number = ?", query.nhsNumber().digits());
    }
    if (query.target() != null) {
      where.and(
          "target_system = ? AND target_value = ?",
          AuditText.stored(query.target().system(), AuditText.MAX_TARGET),
          AuditText.stored(query.target().value(), AuditText.MAX_TARGET));
    }
    where.andIf(
        "end_user_organisation = ?", AuditText.storable(query.organisation(), AuditText.MAX_CODE));
    if (query.status() != null) {
      // Said twice when it is so: a prepared statement's plan must see that the index has it.
      where.and(
          query.status() >= 400 ? "status = ? AND status >= 400" : "status = ?", query.status());
    }
    if (query.error() != null) {
      error(where, errors(query.error()));
    }
    between(where, query);
    return where;
  }

  /** All records about one person, restricted ones too. */
  static AuditSelect person(NhsNumber person) {
    Where where = new Where();
    where.and("nhs_number = ?", person.digits());
    return new AuditSelect(ShownRecord.SELECT + where.text() + ORDER, where.values);
  }

  // One name gives its records in the order of the index, several must be sorted.
  private static void error(Where where, String[] names) {
    if (names.length == 1) {
      where.and("error = ?", names[0]);
    } else {
      where.and("error = ANY(?)", (Object) names);
    }
  }

  // The day and id only spare partitions and index entries; the arrival decides.
  private static void between(Where where, AuditSearch.Query query) {
    if (query.from() != null) {
      UUID first = idAt(clamped(query.from()).minus(SLACK));
      where.and("received_at >= ?", utc(query.from()));
      where.and(
          "day >= ? AND (day, id) >= (?, ?)",
          AuditColumns.day(first),
          AuditColumns.day(first),
          first);
    }
    UUID last = query.to() == null ? null : idAt(clamped(query.to()).plus(SLACK));
    if (query.to() != null) {
      where.and("received_at < ?", utc(query.to()));
    }
    UUID after = query.cursor() == null ? null : place(query.cursor());
    UUID upper = after != null ? after : last;
    if (upper != null) {
      where.and(
          "day <= ? AND (day, id) < (?, ?)",
          AuditColumns.day(upper),
          AuditColumns.day(upper),
          upper);
    }
  }

  private static UUID idAt(Instant instant) {
    return new UUID(Math.max(0, instant.toEpochMilli()) << 16, 0);
  }

  private static Instant clamped(Instant instant) {
    return instant.isBefore(FIRST) ? FIRST : instant.isAfter(LAST) ? LAST : instant;
  }

  /** What PostgreSQL can take; the ends of time stand for what lies beyond. */
  static OffsetDateTime utc(Instant instant) {
    return clamped(instant).atOffset(ZoneOffset.UTC);
  }

  /** The errors meant by {@code text}: one by its name, or all that are answered with that code. */
  static String[] errors(String text) {
    return Arrays.stream(BarsError.values())
        .filter(error -> error.name().equals(text) || error.code().equals(text))
        .map(Enum::name)
        .toArray(String[]::new);
  }

  /** The id a cursor stands for; null when it is not one of ours. Opaque to its users. */
  static @Nullable UUID place(String cursor) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(cursor);
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      UUID id = bytes.length == 16 ? new UUID(buffer.getLong(), buffer.getLong()) : null;
      return id != null && id.version() == 7 ? id : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static String cursor(UUID id) {
    ByteBuffer buffer = ByteBuffer.allocate(16);
    buffer.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(buffer.array());
  }

  /** The first {@code limit} rows; one more row than that means that another page follows. */
  static AuditSearch.Page page(RowSet<Row> rows, int limit) {
    List<JsonObject> records = new ArrayList<>();
    int withheld = 0;
    UUID last = null;
    for (Row row : rows) {
      if (records.size() + withheld == limit) {
        return new AuditSearch.Page(records, withheld, last == null ? null : cursor(last));
      }
      if (row.getBoolean("restricted")) {
        withheld++;
      } else {
        records.add(ShownRecord.json(row));
      }
      last = row.getUUID("id");
    }
    return new AuditSearch.Page(records, withheld, null);
  }
}
