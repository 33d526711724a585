package org.openbars.router.perf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A booking request as it was read, and where it says it goes. Every message sent has a Bundle id
 * and a MessageHeader id of its own, as receivers tell bookings apart by them; nothing else
 * changes.
 */
final class BookingRequest {
  private final String text;
  private final String bundleId;
  private final String headerId;
  private final Target target;

  /** A target identifier. */
  record Target(String system, String value) {
    static Target parse(String piped, String where) {
      int bar = piped.indexOf('|');
      if (bar < 1 || bar == piped.length() - 1) {
        throw new RunRefused(where + " must be system|value, is " + piped);
      }
      return new Target(piped.substring(0, bar), piped.substring(bar + 1));
    }

    String piped() {
      return system + "|" + value;
    }
  }

  private BookingRequest(String text, String bundleId, String headerId, Target target) {
    this.text = text;
    this.bundleId = bundleId;
    this.headerId = headerId;
    this.target = target;
  }

  /** From {@code -Dbody}, else from the sandbox that runs beside the router. */
  static BookingRequest read(Settings settings) {
    if (settings.body().isPresent()) {
      Path file = settings.body().get();
      try {
        return parse(Files.readString(file), file.toString(), settings);
      } catch (IOException e) {
        throw new RunRefused("-Dbody: cannot read " + file.toAbsolutePath());
      }
    }
    String url = settings.admin() + "/sandbox/messages/load-booking-request.json";
    String text =
        Http.get(url)
            .orElseThrow(
                () ->
                    new RunRefused(
                        "no booking request at "
                            + url
                            + ", so this router is no sandbox: give one with -Dbody=FILE, or its"
                            + " admin port with -Dadmin=URL"));
    return parse(text, url, settings);
  }

  private static BookingRequest parse(String text, String where, Settings settings) {
    JsonNode bundle;
    try {
      bundle = new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new RunRefused(where + " is not JSON: " + e.getOriginalMessage());
    }
    JsonNode header = bundle.at("/entry/0/resource");
    String bundleId = bundle.path("id").asText();
    String headerId = header.path("id").asText();
    if (!header.path("resourceType").asText().equals("MessageHeader")
        || bundleId.isEmpty()
        || headerId.isEmpty()) {
      throw new RunRefused(
          where
              + " is not a message: a Bundle with an id, its first entry a MessageHeader with one");
    }
    String destination = header.at("/destination/0/endpoint").asText();
    Target target =
        settings
            .target()
            .map(asked -> Target.parse(asked, "-Dtarget"))
            .orElseGet(() -> Target.parse(destination, where + ": destination.endpoint"));
    return new BookingRequest(text, bundleId, headerId, target);
  }

  Target target() {
    return target;
  }

  /** The message once more, as a message of its own. */
  String fresh() {
    return text.replace(bundleId, UUID.randomUUID().toString())
        .replace(headerId, UUID.randomUUID().toString());
  }
}
