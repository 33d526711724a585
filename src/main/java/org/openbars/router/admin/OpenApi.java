package org.openbars.router.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.fhir.SearchParameters;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Interaction;
import org.openbars.router.message.Interaction.Level;
import org.openbars.router.message.Interaction.Verb;

/**
 * The API that the router serves, as OpenAPI 3.0: the {@link Interaction} table, the search
 * parameters and the {@link BarsError} table written in another form.
 */
final class OpenApi {
  private static final String COMPONENTS = "#/components/";

  private OpenApi() {}

  static JsonObject document() {
    JsonObject paths = new JsonObject();
    for (Interaction interaction : Interaction.values()) {
      String path = interaction.pathTemplate();
      if (!paths.containsKey(path)) {
        paths.put(path, new JsonObject());
      }
      paths
          .getJsonObject(path)
          .put(interaction.method().toLowerCase(Locale.ROOT), operation(interaction));
    }
    return new JsonObject()
        .put("openapi", "3.0.3")
        .put("info", info())
        .put("servers", new JsonArray().add(server()))
        .put("paths", paths)
        .put("components", components());
  }

  private static JsonObject info() {
    return new JsonObject()
        .put("title", "Booking and Referral Standard, as this router serves it")
        .put("version", "1.5.0")
        .put(
            "description",
            "Each request is passed to the receiver that the header NHSD-Target-Identifier names,"
                + " and its answer passed back unchanged. What a success holds is the receiver's"
                + " to say; what the router itself answers with is listed under the errors.");
  }

  private static JsonObject server() {
    return new JsonObject()
        .put("url", "http://127.0.0.1:8080/booking-and-referral/FHIR/R4")
        .put("description", "The sandbox's router; a national one has another base URL");
  }

  private static JsonObject operation(Interaction interaction) {
    JsonArray parameters = new JsonArray();
    for (Header header : Header.values()) {
      if (header.isFor(interaction)) {
        boolean optional = interaction == Interaction.METADATA && header == Header.TARGET;
        parameters.add(ref("parameters/" + (optional ? "OPTIONAL_" : "") + header.name()));
      }
    }
    if (interaction.level() == Level.INSTANCE) {
      parameters.add(ref("parameters/ID"));
    }
    if (interaction.verb() == Verb.SEARCH) {
      searches(interaction).forEach(parameters::add);
    }
    JsonObject operation =
        new JsonObject()
            .put("operationId", interaction.name().toLowerCase(Locale.ROOT))
            .put("tags", new JsonArray().add(tag(interaction)))
            .put("summary", summary(interaction))
            .put("x-bars-since", interaction.since().toString())
            .put("parameters", parameters);
    if (interaction.writes() && interaction.verb() != Verb.DELETE) {
      operation.put("requestBody", body());
    }
    return operation.put("responses", responses());
  }

  private static String tag(Interaction interaction) {
    return interaction.level() == Level.SYSTEM ? "System" : interaction.resource();
  }

  private static String summary(Interaction interaction) {
    String what = interaction.resource();
    return switch (interaction.verb()) {
      case READ ->
          interaction == Interaction.METADATA
              ? "What the receiver, or without a target the router, can do"
              : "Reads one " + what;
      case SEARCH -> "Searches for " + what;
      case CREATE -> "Makes a new " + what;
      case UPDATE -> "Replaces one " + what;
      case PATCH -> "Changes one " + what;
      case DELETE -> "Deletes one " + what;
      case OPERATION -> "Sends a message: a booking, a referral, a response, their changes";
    };
  }

  private static Stream<JsonObject> searches(Interaction interaction) {
    SearchParameters search = SearchParameters.of(interaction.resource());
    Stream<JsonObject> own =
        search.parameters().stream()
            .map(
                each ->
                    parameter(each.name(), "query", each.meaning(), false)
                        .put("schema", repeated(new JsonArray())));
    return search.includes().isEmpty()
        ? own
        : Stream.concat(
            own,
            Stream.of(
                parameter("_include", "query", "What comes with it; may be repeated", false)
                    .put("schema", repeated(new JsonArray(search.includes())))));
  }

  private static JsonObject repeated(JsonArray allowed) {
    JsonObject item = new JsonObject().put("type", "string");
    if (!allowed.isEmpty()) {
      item.put("enum", allowed);
    }
    return new JsonObject().put("type", "array").put("items", item);
  }

  private static JsonObject body() {
    return new JsonObject().put("required", true).put("content", content("Resource"));
  }

  private static JsonObject content(String schema) {
    JsonObject content = new JsonObject();
    for (AnswerFormat format : AnswerFormat.values()) {
      content.put(format.contentType(), new JsonObject().put("schema", ref("schemas/" + schema)));
    }
    return content;
  }

  private static JsonObject responses() {
    JsonObject responses = new JsonObject().put("200", ref("responses/FROM_RECEIVER"));
    for (int status : byStatus().keySet()) {
      responses.put(Integer.toString(status), ref("responses/ERROR_" + status));
    }
    return responses;
  }

  private static Map<Integer, Set<String>> byStatus() {
    Map<Integer, Set<String>> byStatus = new TreeMap<>();
    for (BarsError error : BarsError.values()) {
      byStatus
          .computeIfAbsent(error.status(), status -> new TreeSet<>())
          .add(error.code() + " (" + error.issue() + "): " + error.diagnostics());
    }
    return byStatus;
  }

  private static JsonObject components() {
    JsonObject parameters = new JsonObject();
    for (Header header : Header.values()) {
      parameters.put(header.name(), header.parameter(header.required()));
    }
    parameters.put("OPTIONAL_" + Header.TARGET.name(), Header.TARGET.parameter(false));
    parameters.put(
        "ID",
        parameter("id", "path", "The resource's id at the receiver", true)
            .put("schema", new JsonObject().put("type", "string")));
    JsonObject ids = new JsonObject();
    for (Header header : new Header[] {Header.REQUEST_ID, Header.CORRELATION_ID}) {
      ids.put(header.header(), header.mirrored());
    }
    JsonObject responses =
        new JsonObject()
            .put(
                "FROM_RECEIVER",
                new JsonObject()
                    .put("description", "The receiver's answer, as it came")
                    .put("headers", ids)
                    .put("content", content("Resource")));
    byStatus()
        .forEach(
            (status, codes) ->
                responses.put(
                    "ERROR_" + status,
                    new JsonObject()
                        .put(
                            "description",
                            "From the router, one of these; or from the receiver.\n\n"
                                + codes.stream()
                                    .map(code -> "* " + code)
                                    .collect(Collectors.joining("\n")))
                        .put("headers", ids)
                        .put("content", content("OperationOutcome"))));
    return new JsonObject()
        .put("parameters", parameters)
        .put("responses", responses)
        .put("schemas", schemas());
  }

  private static JsonObject schemas() {
    return new JsonObject()
        .put("Resource", schema("A FHIR R4 resource"))
        .put("OperationOutcome", schema("A FHIR R4 OperationOutcome with one issue"));
  }

  private static JsonObject schema(String description) {
    JsonObject type = new JsonObject().put("type", "string");
    return new JsonObject()
        .put("type", "object")
        .put("description", description)
        .put("required", new JsonArray().add("resourceType"))
        .put("properties", new JsonObject().put("resourceType", type))
        .put("externalDocs", new JsonObject().put("url", "https://hl7.org/fhir/R4/"));
  }

  static JsonObject parameter(String name, String in, String description, boolean required) {
    return new JsonObject()
        .put("name", name)
        .put("in", in)
        .put("description", description)
        .put("required", required);
  }

  private static JsonObject ref(String component) {
    return new JsonObject().put("$ref", COMPONENTS + component);
  }

  /** The headers of the standard (Core 1.5.0, HTTP-Header), as far as the router reads them. */
  private enum Header {
    REQUEST_ID("X-Request-Id", "uuid", true, "This message; a retry has the same"),
    CORRELATION_ID("X-Correlation-Id", "uuid", true, "This conversation"),
    TARGET(
        "NHSD-Target-Identifier",
        "byte",
        true,
        "Base64 of {\"system\": ..., \"value\": ...}, the service that the message is for"),
    ORGANISATION(
        "NHSD-End-User-Organisation", "byte", false, "Base64 of a FHIR Organization: who sends"),
    SOFTWARE("NHSD-Requesting-Software", "byte", false, "Base64 of a FHIR Device: what sends"),
    USE_CONTEXT(
        "use-context",
        "",
        false,
        "usecase|category or status|event|reason, as a1t1|booked|booking-request|new");

    private final String header;
    private final String format;
    private final boolean required;
    private final String meaning;

    Header(String header, String format, boolean required, String meaning) {
      this.header = header;
      this.format = format;
      this.required = required;
      this.meaning = meaning;
    }

    String header() {
      return header;
    }

    boolean required() {
      return required;
    }

    boolean isFor(Interaction interaction) {
      return this != USE_CONTEXT || interaction.writes();
    }

    JsonObject parameter(boolean must) {
      return OpenApi.parameter(header, "header", meaning, must).put("schema", type());
    }

    JsonObject mirrored() {
      return new JsonObject().put("description", "As it was sent").put("schema", type());
    }

    private JsonObject type() {
      JsonObject type = new JsonObject().put("type", "string");
      return format.isEmpty() ? type : type.put("format", format);
    }
  }
}
