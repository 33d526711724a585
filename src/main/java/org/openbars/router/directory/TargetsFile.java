package org.openbars.router.directory;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.message.Target;

/**
 * Reads a targets file in the live format {@code {"NHSD-Target-Identifier": {"<system>":
 * {"<value>": "<base URL>"}}}}. A file that is wrong as a whole is refused; one bad entry is left
 * out and named. Blocking: on a worker.
 */
final class TargetsFile {
  static final String ROOT = "NHSD-Target-Identifier";

  private static final int MAX_DEPTH = 8;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  /**
   * A file that was read.
   *
   * @param faults one line an entry left out: its identifier and what is wrong
   */
  record Read(RoutingTable table, List<String> faults) {
    Read {
      faults = List.copyOf(faults);
    }
  }

  /** The file is wrong as a whole; the message says how, for an operator. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  private final Predicate<ReceiverHost> insecure;
  private final RoutingTable.Builder table = new RoutingTable.Builder();
  private final List<String> faults = new ArrayList<>();
  private final Map<String, Object> parsed = new HashMap<>();

  private TargetsFile(Predicate<ReceiverHost> insecure) {
    this.insecure = insecure;
  }

  /**
   * Reads a file's content.
   *
   * @param insecure which receivers may be reached over plain http
   */
  static Read read(byte[] content, Predicate<ReceiverHost> insecure) throws RefusedException {
    TargetsFile file = new TargetsFile(insecure);
    try (JsonParser parser = JSON.createParser(content)) {
      file.root(parser);
    } catch (JsonParseException e) {
      throw new RefusedException(
          "line " + e.getLocation().getLineNr() + ": not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new RefusedException("not JSON: " + e.getClass().getSimpleName());
    }
    RoutingTable table = file.table.build();
    if (table.size() == 0) {
      throw new RefusedException("no usable target");
    }
    return new Read(table, file.faults);
  }

  private void root(JsonParser parser) throws IOException, RefusedException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new RefusedException("the root must be an object with the member " + ROOT);
    }
    boolean seen = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      if (!name.equals(ROOT)) {
        parser.skipChildren();
      } else if (seen) {
        throw duplicate(parser, ROOT);
      } else if (token != JsonToken.START_OBJECT) {
        throw new RefusedException(ROOT + " must be an object of systems");
      } else {
        seen = true;
        systems(parser);
      }
    }
    if (!seen) {
      throw new RefusedException("the root must be an object with the member " + ROOT);
    }
    if (parser.nextToken() != null) {
      throw new RefusedException(
          "line " + parser.currentLocation().getLineNr() + ": more after the root object");
    }
  }

  private void systems(JsonParser parser) throws IOException, RefusedException {
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String system = parser.currentName();
      if (!seen.add(system)) {
        throw duplicate(parser, system);
      }
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        faults.add(system + ": must be an object of values");
        parser.skipChildren();
      } else {
        values(parser, system);
      }
    }
  }

  private void values(JsonParser parser, String system) throws IOException, RefusedException {
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String value = parser.currentName();
      if (!seen.add(value)) {
        throw duplicate(parser, system + "|" + value);
      }
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        faults.add(system + "|" + value + ": the base URL must be text");
        parser.skipChildren();
      } else if (system.isEmpty() || value.isEmpty()) {
        faults.add(system + "|" + value + ": system and value must not be empty");
      } else {
        entry(system, value, parser.getText());
      }
    }
  }

  private void entry(String system, String value, String baseUrl) {
    Object target = parsed.computeIfAbsent(baseUrl, this::target);
    if (target instanceof Target good) {
      table.add(system, value, baseUrl, good);
    } else {
      faults.add(system + "|" + value + ": " + target);
    }
  }

  /** A {@link Target}, or the text of what is wrong with the URL. */
  private Object target(String baseUrl) {
    try {
      Target target = Target.parse(baseUrl);
      if (!target.secure() && !insecure.test(target.receiver())) {
        return "http is allowed only to a receiver marked insecure, and "
            + target.receiver()
            + " is not";
      }
      return target;
    } catch (IllegalArgumentException e) {
      return "base URL: " + e.getMessage();
    }
  }

  private static RefusedException duplicate(JsonParser parser, String what) {
    return new RefusedException(
        "line " + parser.currentLocation().getLineNr() + ": duplicate key " + what);
  }
}
