package org.openbars.router.sandbox.journey;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of Postman as our collection needs: variables, and the few script lines it has. */
final class PostmanRun {
  private static final Pattern VARIABLE = Pattern.compile("\\{\\{([A-Za-z0-9_]+)}}");
  private static final Pattern FRESH =
      Pattern.compile("pm\\.collectionVariables\\.set\\('(\\w+)', pm\\.variables.*");
  private static final Pattern SLOT =
      Pattern.compile("pm\\.collectionVariables\\.set\\('(\\w+)', slot\\);");
  private static final Pattern STATUS = Pattern.compile(".*have\\.status\\((\\d+)\\).*");
  private static final Pattern FOUND = Pattern.compile("urn:uuid:([0-9a-f-]{36})");

  private final JsonNode collection;
  private final Map<String, String> variables = new HashMap<>();
  private final HttpClient client = HttpClient.newHttpClient();

  PostmanRun(String collection, String baseUrl) throws IOException {
    this.collection = new ObjectMapper().readTree(collection);
    variables.put("baseUrl", baseUrl);
  }

  /** One line for each request: its name and whether it was answered as recorded. */
  List<String> all() throws IOException {
    List<String> answered = new ArrayList<>();
    for (JsonNode folder : collection.get("item")) {
      for (JsonNode item : folder.get("item")) {
        answered.add(folder.get("name").asText() + ", " + run(item));
      }
    }
    return answered;
  }

  private String run(JsonNode item) throws IOException {
    before(item);
    JsonNode request = item.get("request");
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(filled(request.get("url").asText())));
    for (JsonNode header : request.get("header")) {
      builder.header(header.get("key").asText(), filled(header.get("value").asText()));
    }
    String body = request.path("body").path("raw").asText("");
    builder.method(
        request.get("method").asText(),
        body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(filled(body)));
    try {
      var response = client.send(builder.build(), BodyHandlers.ofString());
      return item.get("name").asText() + ": " + after(item, response.statusCode(), response.body());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void before(JsonNode item) {
    variables.put("slots_ge", Instant.now().toString());
    variables.put("slots_le", Instant.now().plus(Duration.ofDays(1)).toString());
    for (String line : script(item, "prerequest")) {
      Matcher fresh = FRESH.matcher(line);
      if (fresh.matches()) {
        variables.put(fresh.group(1), UUID.randomUUID().toString());
      }
    }
  }

  private String after(JsonNode item, int status, String body) {
    String told = "no status was recorded";
    for (String line : script(item, "test")) {
      Matcher expected = STATUS.matcher(line);
      Matcher slot = SLOT.matcher(line);
      Matcher found = FOUND.matcher(body);
      if (expected.matches()) {
        boolean same = expected.group(1).equals(Integer.toString(status));
        told = same ? "as recorded" : status + " " + body;
      } else if (slot.matches() && found.find()) {
        variables.put(slot.group(1), found.group(1));
      }
    }
    return told;
  }

  private static List<String> script(JsonNode item, String listen) {
    List<String> lines = new ArrayList<>();
    for (JsonNode event : item.path("event")) {
      if (event.get("listen").asText().equals(listen)) {
        event.get("script").get("exec").forEach(line -> lines.add(line.asText()));
      }
    }
    return lines;
  }

  private String filled(String text) {
    return VARIABLE
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    variables.getOrDefault(found.group(1), "no " + found.group(1))));
  }
}
