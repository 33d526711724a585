package org.openbars.router.admin;

import io.vertx.core.MultiMap;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openbars.router.audit.AuditQuestion;
import org.openbars.router.audit.AuditSearch;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.message.Uuids;

/** Reads a question's parts, from a URL's query or from the members of a JSON body. */
final class AuditParameters {
  private static final List<String> KNOWN =
      List.of(
          "correlation-id",
          "request-id",
          "target",
          "organisation",
          "use-case",
          "status",
          "error",
          "from",
          "to",
          "limit",
          "cursor");
  private static final String NHS_NUMBER = "nhs-number";
  private static final Pattern STATUS = Pattern.compile("[1-5][0-9]{2}");
  private static final int MAX_PROSE = 500;
  private static final Pattern PROSE = Pattern.compile("[\\P{C}]+");
  private static final Pattern LIMIT = Pattern.compile("[0-9]{1,4}");

  /** A parameter that cannot be taken; the message names it and holds no value. */
  static final class BadParameter extends Exception {
    private static final long serialVersionUID = 1;

    BadParameter(String parameter, String problem) {
      super(parameter + ": " + problem, null, false, false);
    }
  }

  private final MultiMap parameters;

  private AuditParameters(MultiMap parameters) {
    this.parameters = parameters;
  }

  /** A question from a URL, where an NHS number may never stand. */
  static AuditSearch.Query read(MultiMap parameters) throws BadParameter {
    if (parameters.contains(NHS_NUMBER)) {
      throw new BadParameter(NHS_NUMBER, "only in the body of POST /api/audit/search");
    }
    known(parameters, KNOWN);
    return new AuditParameters(parameters).query();
  }

  /** A question from a body. */
  static AuditSearch.Query posted(MultiMap members) throws BadParameter {
    known(members, Stream.concat(KNOWN.stream(), Stream.of(NHS_NUMBER)).toList());
    return new AuditParameters(members).query();
  }

  static AuditQuestion.Looks looks(MultiMap parameters) throws BadParameter {
    known(parameters, List.of("from", "to", "limit", "cursor"));
    AuditParameters read = new AuditParameters(parameters);
    return new AuditQuestion.Looks(
        read.instant("from"), read.instant("to"), read.limit(), read.text("cursor"));
  }

  static AuditQuestion restriction(MultiMap members) throws BadParameter {
    known(members, List.of(NHS_NUMBER, "reason"));
    AuditParameters read = new AuditParameters(members);
    return new AuditQuestion.Restriction(read.person(), read.prose("reason"));
  }

  static AuditQuestion lift(MultiMap members) throws BadParameter {
    known(members, List.of(NHS_NUMBER, "reason"));
    AuditParameters read = new AuditParameters(members);
    return new AuditQuestion.Lift(read.person(), read.prose("reason"));
  }

  static AuditQuestion correction(MultiMap members) throws BadParameter {
    known(members, List.of("id", "day", "field", "value", "reason"));
    AuditParameters read = new AuditParameters(members);
    String id = read.needed("id");
    if (!Uuids.isUuid(id)) {
      throw new BadParameter("id", "must be a record's id");
    }
    UUID record = UUID.fromString(id);
    String day = read.text("day");
    if (day != null && !day.equals(AuditQuestion.Correction.day(record).toString())) {
      throw new BadParameter("day", "must be the id's own, or left out");
    }
    String field = read.needed("field");
    if (!AuditQuestion.Correction.fields().contains(field)) {
      throw new BadParameter(
          "field", "must be one of " + String.join(", ", AuditQuestion.Correction.fields()));
    }
    String value = read.prose("value");
    if (field.equals(AuditQuestion.Correction.NHS_NUMBER)
        && !value.equals(AuditQuestion.Correction.WRONG)) {
      throw new BadParameter("value", "of " + field + " must be " + AuditQuestion.Correction.WRONG);
    }
    return new AuditQuestion.Correction(record, field, value, read.prose("reason"));
  }

  private static void known(MultiMap parameters, List<String> known) throws BadParameter {
    for (String name : parameters.names()) {
      if (!known.contains(name)) {
        // The name is the asker's own text: a misspelt one may carry what must not be repeated.
        throw new BadParameter("unknown parameter", "known are " + String.join(", ", known));
      }
    }
  }

  private AuditSearch.Query query() throws BadParameter {
    return new AuditSearch.Query(
        text("correlation-id"),
        text("request-id"),
        target(),
        text("organisation"),
        text("use-case"),
        status(),
        text("error"),
        instant("from"),
        instant("to"),
        limit(),
        text("cursor"),
        parameters.contains(NHS_NUMBER) ? person() : null);
  }

  // People write it in groups.
  private NhsNumber person() throws BadParameter {
    return NhsNumber.parse(needed(NHS_NUMBER).replace(" ", ""))
        .orElseThrow(
            () -> new BadParameter(NHS_NUMBER, "must be ten digits with a valid check digit"));
  }

  private String needed(String name) throws BadParameter {
    String text = text(name);
    if (text == null) {
      throw new BadParameter(name, "is required");
    }
    return text;
  }

  /** Free text, which is stored and shown: short, clean, and without an NHS number. */
  private String prose(String name) throws BadParameter {
    String text = needed(name);
    if (text.length() > MAX_PROSE || !PROSE.matcher(text).matches()) {
      throw new BadParameter(name, "must be 1 to " + MAX_PROSE + " printable characters");
    }
    if (NhsNumber.standsIn(text.replace(" ", ""))) {
      throw new BadParameter(name, "must hold no NHS number");
    }
    return text;
  }

  private @Nullable String text(String name) throws BadParameter {
    List<String> values = parameters.getAll(name);
    if (values.isEmpty()) {
      return null;
    }
    if (values.size() > 1) {
      throw new BadParameter(name, "given more than once");
    }
    // An empty one would quietly ask for everything.
    if (values.get(0).isEmpty()) {
      throw new BadParameter(name, "has no value");
    }
    return values.get(0);
  }

  private @Nullable TargetIdentifier target() throws BadParameter {
    String text = text("target");
    if (text == null) {
      return null;
    }
    int bar = text.indexOf('|');
    if (bar <= 0 || bar == text.length() - 1) {
      throw new BadParameter("target", "must be system|value");
    }
    return new TargetIdentifier(text.substring(0, bar), text.substring(bar + 1));
  }

  private @Nullable Integer status() throws BadParameter {
    String text = text("status");
    if (text != null && !STATUS.matcher(text).matches()) {
      throw new BadParameter("status", "must be 100 to 599");
    }
    return text == null ? null : Integer.valueOf(text);
  }

  private int limit() throws BadParameter {
    String text = text("limit");
    if (text == null) {
      return AuditSearch.DEFAULT_LIMIT;
    }
    int limit = LIMIT.matcher(text).matches() ? Integer.parseInt(text) : 0;
    if (limit < 1 || limit > AuditSearch.MAX_LIMIT) {
      throw new BadParameter("limit", "must be 1 to " + AuditSearch.MAX_LIMIT);
    }
    return limit;
  }

  private @Nullable Instant instant(String name) throws BadParameter {
    String text = text(name);
    try {
      return text == null ? null : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new BadParameter(
          name, "must be like 2026-11-24T09:30:00Z (a + in an offset is percent-encoded)");
    }
  }
}
