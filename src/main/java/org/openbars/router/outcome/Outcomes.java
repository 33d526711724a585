package org.openbars.router.outcome;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.vertx.core.buffer.Buffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Dialect;
import org.openbars.router.message.LiveRow;

/**
 * The OperationOutcome for each fault, in one dialect and both formats, rendered when this is
 * built. Immutable, for any thread; an answer costs one copy of about 600 bytes. Source: Core 1.5.0
 * Message-Routing for the guide's form, the live proxy's ErrorRepository.js for the other.
 */
public final class Outcomes {
  private static final String GUIDE_PROFILE =
      "https://fhir.hl7.org.uk/StructureDefinition/UKCore-OperationOutcome";
  private static final String GUIDE_SYSTEM = "https://fhir.nhs.uk/CodeSystem/http-error-codes";
  private static final String LIVE_PROFILE =
      "https://simplifier.net/guide/UKCoreDevelopment2/ProfileUKCore-OperationOutcome";
  private static final String LIVE_SYSTEM = "https://fhir.nhs.uk/Codesystem/http-error-codes";

  private final Map<BarsError, Template> json = new EnumMap<>(BarsError.class);
  private final Map<BarsError, Template> xml = new EnumMap<>(BarsError.class);

  public Outcomes(Dialect dialect) {
    for (BarsError error : BarsError.values()) {
      Words words = words(error, dialect);
      json.put(error, json(words));
      xml.put(error, xml(words));
    }
  }

  /**
   * A body of its own for one answer.
   *
   * @param id a fresh one for each answer; the live proxy's own bodies keep the id they always have
   */
  public Buffer body(BarsError error, AnswerFormat format, UUID id) {
    Map<BarsError, Template> templates =
        switch (format) {
          case JSON -> json;
          case XML -> xml;
        };
    Template template = templates.get(error);
    if (template == null) {
      throw new IllegalStateException("no template for " + error);
    }
    return template.with(id);
  }

  private record Words(
      @Nullable String fixedId,
      String profile,
      String issue,
      String system,
      String code,
      @Nullable String display,
      String diagnostics) {}

  private static Words words(BarsError error, Dialect dialect) {
    return switch (dialect) {
      case GUIDE ->
          new Words(
              null,
              GUIDE_PROFILE,
              error.issue(),
              GUIDE_SYSTEM,
              error.code(),
              error.status() + " - " + error.code(),
              error.diagnostics());
      case LIVE -> error.live().map(Outcomes::liveWords).orElseGet(() -> inLiveForm(error));
    };
  }

  private static Words liveWords(LiveRow row) {
    return new Words(
        row.id(), row.profile(), row.issue(), row.system(), row.code(), null, row.diagnostics());
  }

  private static Words inLiveForm(BarsError error) {
    return new Words(
        null, LIVE_PROFILE, error.issue(), LIVE_SYSTEM, error.code(), null, error.diagnostics());
  }

  private static Template json(Words words) {
    String display = words.display() == null ? "" : ",\"display\":" + quoted(words.display());
    return Template.of(
        "{\"resourceType\":\"OperationOutcome\",\"id\":\"",
        words.fixedId(),
        "\",\"meta\":{\"profile\":["
            + quoted(words.profile())
            + "]},\"issue\":[{\"severity\":\"error\",\"code\":"
            + quoted(words.issue())
            + ",\"details\":{\"coding\":[{\"system\":"
            + quoted(words.system())
            + ",\"code\":"
            + quoted(words.code())
            + display
            + "}]},\"diagnostics\":"
            + quoted(words.diagnostics())
            + "}]}");
  }

  private static Template xml(Words words) {
    String display = words.display() == null ? "" : element("display", words.display());
    return Template.of(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
            + "<OperationOutcome xmlns=\"http://hl7.org/fhir\"><id value=\"",
        words.fixedId(),
        "\"/><meta>"
            + element("profile", words.profile())
            + "</meta><issue>"
            + element("severity", "error")
            + element("code", words.issue())
            + "<details><coding>"
            + element("system", words.system())
            + element("code", words.code())
            + display
            + "</coding></details>"
            + element("diagnostics", words.diagnostics())
            + "</issue></OperationOutcome>");
  }

  private static String quoted(String text) {
    return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  private static String element(String name, String value) {
    String escaped =
        value
            .replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace("\"", "&quot;");
    return '<' + name + " value=\"" + escaped + "\"/>";
  }
}
