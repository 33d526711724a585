package org.openbars.router.sandbox.journey;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Slot;
import org.openbars.router.fhir.FhirR4;
import org.openbars.router.sandbox.journey.JourneyPlayer.Result;
import org.openbars.router.sandbox.synthetic.Ids;

/**
 * What was played, as a Postman collection (format 2.1): a folder for each journey, to be run from
 * its first request to its last. Slots are those that a run finds, ids new ones each time.
 */
public final class PostmanCollection {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SCHEMA =
      "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Pattern START = Pattern.compile("start=(ge|le)[^&]*");

  private PostmanCollection() {}

  /** Journeys without a fault; others would be of no use to anybody. */
  public static String of(List<Result> results) {
    ObjectNode collection = JSON.createObjectNode();
    ObjectNode info = collection.putObject("info");
    info.put("name", "BaRS care journeys");
    info.put(
        "description",
        "Synthetic data only. Set baseUrl to the router's base URL; run a folder as a whole.");
    info.put("schema", SCHEMA);
    ArrayNode variables = collection.putArray("variable");
    variables
        .addObject()
        .put("key", "baseUrl")
        .put("value", "http://127.0.0.1:8080/booking-and-referral/FHIR/R4");
    ArrayNode folders = collection.putArray("item");
    for (Result result : results) {
      if (result.faults() == 0) {
        new Folder(result).put(folders.addObject());
      }
    }
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(collection) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts can be written", e);
    }
  }

  /** One journey: its ids become variables, each new when the folder begins. */
  private static final class Folder {
    private final Result result;

    /** What each recorded text is replaced by. */
    private final Map<String, String> names = new LinkedHashMap<>();

    private final Map<String, String> fresh = new LinkedHashMap<>();
    private int slots;

    Folder(Result result) {
      this.result = result;
    }

    void put(ObjectNode folder) {
      folder.put("name", result.journey().code() + " " + result.journey().title());
      ArrayNode items = folder.putArray("item");
      int step = 0;
      for (Played played : result.exchanges()) {
        put(items.addObject(), ++step, played);
      }
      ObjectNode begins = (ObjectNode) items.get(0);
      ArrayNode script = script(begins, "prerequest");
      fresh.forEach(
          (name, value) ->
              script.add(
                  "pm.collectionVariables.set('"
                      + name
                      + "', pm.variables.replaceIn('{{$guid}}'));"));
    }

    private void put(ObjectNode item, int step, Played played) {
      Sent sent = played.sent();
      item.put("name", step + " " + sent.act().word());
      ObjectNode request = item.putObject("request");
      request.put("method", sent.method());
      ArrayNode headers = request.putArray("header");
      sent.headers()
          .forEach(
              (name, value) -> headers.addObject().put("key", name).put("value", named(value)));
      request.put("url", "{{baseUrl}}" + named(times(sent.pathAndQuery())));
      if (!sent.body().isEmpty()) {
        request.putObject("body").put("mode", "raw").put("raw", named(sent.body()));
      }
      ArrayNode script = script(item, "test");
      script.add(
          "pm.test('answered "
              + played.status()
              + "', () => pm.response.to.have.status("
              + played.status()
              + "));");
      if (sent.act() == Act.SLOTS) {
        takeSlot(script, played);
      }
    }

    /** Slots of today, whenever the collection is run. */
    private static String times(String pathAndQuery) {
      Matcher start = START.matcher(pathAndQuery);
      return start.replaceAll(
          found -> "start=" + found.group(1) + "{{slots_" + found.group(1) + "}}");
    }

    private void takeSlot(ArrayNode script, Played played) {
      Bundle found =
          FhirR4.strictParser(result.journey().format())
              .parseResource(Bundle.class, played.answer());
      Slot slot = Moves.first(found, Slot.class);
      if (slot == null) {
        return;
      }
      String name = result.journey().code() + "_slot" + ++slots;
      names.put(Ids.of(slot), "{{" + name + "}}");
      // The same in JSON and in XML: the id of the first Slot.
      script.add("const slot = pm.response.text().match(/urn:uuid:([0-9a-f-]{36})/)[1];");
      script.add("pm.collectionVariables.set('" + name + "', slot);");
    }

    private static ArrayNode script(ObjectNode item, String listen) {
      ArrayNode events = item.has("event") ? (ArrayNode) item.get("event") : item.putArray("event");
      ObjectNode event = events.addObject().put("listen", listen);
      ArrayNode lines = event.putObject("script").put("type", "text/javascript").putArray("exec");
      if (listen.equals("prerequest")) {
        lines.add("const now = Date.now();");
        lines.add("const at = (ms) => new Date(ms).toISOString();");
        lines.add("pm.collectionVariables.set('slots_ge', at(now));");
        lines.add("pm.collectionVariables.set('slots_le', at(now + 24 * 3600 * 1000));");
      }
      return lines;
    }

    private String named(String text) {
      return UUID.matcher(text).replaceAll(found -> Matcher.quoteReplacement(name(found.group())));
    }

    private String name(String uuid) {
      return names.computeIfAbsent(
          uuid,
          unknown -> {
            String name = result.journey().code() + "_id" + (fresh.size() + 1);
            fresh.put(name, unknown);
            return "{{" + name + "}}";
          });
    }
  }
}
