package org.openbars.router.audit;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.Uuids;

/**
 * What may be asked of the audit. None of them alters or removes a record; each that is answered
 * leaves a row in {@code audit.look}.
 */
public sealed interface AuditQuestion
    permits AuditSearch.Query,
        AuditQuestion.Looks,
        AuditQuestion.Restriction,
        AuditQuestion.Lift,
        AuditQuestion.Correction {

  /** As {@code audit.look} tells it apart. */
  String kind();

  /** The person it is about, if it is about one. */
  @Nullable NhsNumber person();

  /** Its parts, as {@code audit.look} keeps them: no NHS number among them. */
  JsonObject shown();

  /**
   * Who looked at the audit.
   *
   * @param from the look was then or later
   * @param to the look was before then
   * @param limit looks on a page, 1 to 1000
   * @param cursor where the page before ended
   */
  record Looks(@Nullable Instant from, @Nullable Instant to, int limit, @Nullable String cursor)
      implements AuditQuestion {
    @Override
    public String kind() {
      return "looks";
    }

    @Override
    public @Nullable NhsNumber person() {
      return null;
    }

    @Override
    public JsonObject shown() {
      return new Shown()
          .part("from", from)
          .part("to", to)
          .part("limit", limit)
          .part("cursor", cursor == null ? null : "given")
          .json();
    }
  }

  /** Keeps a person's records from every search (right to restriction), later ones as well. */
  record Restriction(NhsNumber person, String reason) implements AuditQuestion {
    @Override
    public String kind() {
      return "restriction";
    }

    @Override
    public JsonObject shown() {
      return new Shown().person(person).part("reason", reason).json();
    }
  }

  /** Ends a restriction. */
  record Lift(NhsNumber person, String reason) implements AuditQuestion {
    @Override
    public String kind() {
      return "restriction-lift";
    }

    @Override
    public JsonObject shown() {
      return new Shown().person(person).part("reason", reason).json();
    }
  }

  /**
   * Says what is wrong in a record (right to rectification); the record itself stays.
   *
   * @param id of the record
   * @param field a member of the record as searches show it, or {@value #NHS_NUMBER}
   * @param value what should stand there; for {@value #NHS_NUMBER} only {@value #WRONG}
   */
  record Correction(UUID id, String field, String value, String reason) implements AuditQuestion {
    /** The number itself may stand in its one column only, so it can be disowned, not replaced. */
    public static final String NHS_NUMBER = "nhsNumber";

    public static final String WRONG = "wrong";

    /** What {@code field} may be. */
    public static List<String> fields() {
      return Stream.concat(ShownRecord.CORRECTABLE.stream(), Stream.of(NHS_NUMBER)).toList();
    }

    /** The UTC day of a record's id. */
    public static LocalDate day(UUID id) {
      return AuditColumns.day(id);
    }

    @Override
    public String kind() {
      return "correction";
    }

    @Override
    public @Nullable NhsNumber person() {
      return null;
    }

    @Override
    public JsonObject shown() {
      return new Shown()
          .part("id", id)
          .part("field", field)
          .part("value", value)
          .part("reason", reason)
          .json();
    }
  }

  /** Builds what a look shows; a text in which an NHS number stands is shown as masked. */
  final class Shown {
    private static final int MAX_TEXT = 512;
    private final JsonObject json = new JsonObject();

    Shown part(String name, @Nullable Object value) {
      if (value != null) {
        json.put(name, value instanceof Integer ? value : masked(value.toString()));
      }
      return this;
    }

    Shown person(@Nullable NhsNumber person) {
      if (person != null) {
        json.put("nhs-number", "asked");
      }
      return this;
    }

    JsonObject json() {
      return json;
    }

    private static String masked(String text) {
      String clean = AuditText.withoutNhsNumber(text, MAX_TEXT);
      return clean == null && !Uuids.isUuid(text) ? "masked" : AuditText.stored(text, MAX_TEXT);
    }
  }
}
