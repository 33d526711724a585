package org.openbars.router.admin;

import io.vertx.core.MultiMap;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openbars.router.audit.AuditSearch;
import org.openbars.router.message.TargetIdentifier;

/** Reads the query parameters of {@code /api/audit}. */
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
  private static final Pattern STATUS = Pattern.compile("[1-5][0-9]{2}");
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

  static AuditSearch.Query read(MultiMap parameters) throws BadParameter {
    for (String name : parameters.names()) {
      if (!KNOWN.contains(name)) {
        // The name is the asker's own text: a misspelt one may carry what must not be repeated.
        throw new BadParameter("unknown parameter", "known are " + String.join(", ", KNOWN));
      }
    }
    return new AuditParameters(parameters).query();
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
        text("cursor"));
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
