package org.openbars.router.message;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a sender may ask of a receiver: the union of API versions 1.0.0 to 1.5.0. This one table
 * drives path matching, 405, shedding, metrics, audit and the CapabilityStatement.
 */
public enum Interaction {
  METADATA("GET", "metadata", Level.SYSTEM, Verb.READ),
  PROCESS_MESSAGE("POST", "$process-message", Level.SYSTEM, Verb.OPERATION),
  MESSAGE_DEFINITION_SEARCH("GET", "MessageDefinition", Level.TYPE, Verb.SEARCH),
  SLOT_SEARCH("GET", "Slot", Level.TYPE, Verb.SEARCH),
  APPOINTMENT_SEARCH("GET", "Appointment", Level.TYPE, Verb.SEARCH),
  APPOINTMENT_CREATE("POST", "Appointment", Level.TYPE, Verb.CREATE),
  APPOINTMENT_READ("GET", "Appointment", Level.INSTANCE, Verb.READ),
  APPOINTMENT_UPDATE("PUT", "Appointment", Level.INSTANCE, Verb.UPDATE),
  APPOINTMENT_PATCH("PATCH", "Appointment", Level.INSTANCE, Verb.PATCH),
  APPOINTMENT_DELETE("DELETE", "Appointment", Level.INSTANCE, Verb.DELETE),
  SERVICE_REQUEST_SEARCH("GET", "ServiceRequest", Level.TYPE, Verb.SEARCH),
  SERVICE_REQUEST_CREATE("POST", "ServiceRequest", Level.TYPE, Verb.CREATE),
  SERVICE_REQUEST_READ("GET", "ServiceRequest", Level.INSTANCE, Verb.READ),
  SERVICE_REQUEST_UPDATE("PUT", "ServiceRequest", Level.INSTANCE, Verb.UPDATE),
  SERVICE_REQUEST_PATCH("PATCH", "ServiceRequest", Level.INSTANCE, Verb.PATCH),
  SERVICE_REQUEST_DELETE("DELETE", "ServiceRequest", Level.INSTANCE, Verb.DELETE);

  /**
   * Whether an interaction is about the whole server, a resource type, or one resource by its id.
   */
  public enum Level {
    SYSTEM,
    TYPE,
    INSTANCE
  }

  /** What an interaction does to the receiver's data. */
  public enum Verb {
    READ,
    SEARCH,
    CREATE,
    UPDATE,
    PATCH,
    DELETE,
    OPERATION
  }

  /** Where a method and path lead. */
  public sealed interface Match {
    /** One interaction. */
    record Found(Interaction interaction) implements Match {}

    /**
     * The path exists, not with this method; {@code allow} is the value of an {@code Allow} header.
     */
    record WrongMethod(String allow) implements Match {}

    /** No such path. */
    record UnknownPath() implements Match {}
  }

  private static final ApiVersion FIRST = new ApiVersion(1, 0, 0);
  private static final ApiVersion WRITES_SINCE = new ApiVersion(1, 1, 0);
  private static final Match UNKNOWN = new Match.UnknownPath();
  private static final Map<String, Row> COLLECTION = rows(false);
  private static final Map<String, Row> INSTANCE = rows(true);

  private final String method;
  private final String name;
  private final Level level;
  private final Verb verb;

  Interaction(String method, String name, Level level, Verb verb) {
    this.method = method;
    this.name = name;
    this.level = level;
    this.verb = verb;
  }

  public String method() {
    return method;
  }

  /** The resource type, or the last part of the path at {@link Level#SYSTEM}. */
  public String resource() {
    return name;
  }

  public Level level() {
    return level;
  }

  public Verb verb() {
    return verb;
  }

  /**
   * Whether the receiver's data may change: such a message must never be sent twice by the router.
   */
  public boolean writes() {
    return verb != Verb.READ && verb != Verb.SEARCH;
  }

  /**
   * The first version of the API that has it. The router forwards it in every version of its major
   * all the same: which versions a receiver holds is the receiver's to say.
   */
  public ApiVersion since() {
    return switch (verb) {
      case READ, SEARCH, OPERATION -> FIRST;
      case CREATE, UPDATE, PATCH, DELETE -> WRITES_SINCE;
    };
  }

  /** How long an overloaded node goes on taking it. */
  public Urgency urgency() {
    return switch (verb) {
      case READ, SEARCH -> Urgency.READ;
      case CREATE, OPERATION -> Urgency.NEW;
      case UPDATE, PATCH, DELETE -> Urgency.CHANGE;
    };
  }

  /** The path below the base path, with {@code {id}} at {@link Level#INSTANCE}. */
  public String pathTemplate() {
    return level == Level.INSTANCE ? "/" + name + "/{id}" : "/" + name;
  }

  /**
   * Finds the interaction of a path below the base path, already percent-decoded once. {@code HEAD}
   * matches wherever {@code GET} does. Path parts match exactly, case included; an empty id matches
   * nothing.
   */
  public static Match find(String method, String path) {
    if (path.length() < 2 || path.charAt(0) != '/') {
      return UNKNOWN;
    }
    int slash = path.indexOf('/', 1);
    Row row;
    if (slash < 0) {
      row = COLLECTION.get(path.substring(1));
    } else if (slash == path.length() - 1 || path.indexOf('/', slash + 1) >= 0) {
      row = null;
    } else {
      row = INSTANCE.get(path.substring(1, slash));
    }
    if (row == null) {
      return UNKNOWN;
    }
    Match match = row.byMethod.get(method);
    return match != null ? match : row.wrongMethod;
  }

  private record Row(Map<String, Match> byMethod, Match wrongMethod) {}

  private static Map<String, Row> rows(boolean instance) {
    Map<String, Set<Interaction>> byName = new HashMap<>();
    for (Interaction interaction : values()) {
      if ((interaction.level == Level.INSTANCE) == instance) {
        byName
            .computeIfAbsent(interaction.name, n -> EnumSet.noneOf(Interaction.class))
            .add(interaction);
      }
    }
    Map<String, Row> rows = new HashMap<>();
    byName.forEach(
        (name, interactions) -> {
          Map<String, Match> byMethod = new HashMap<>();
          for (Interaction interaction : interactions) {
            byMethod.put(interaction.method, new Match.Found(interaction));
            if (interaction.method.equals("GET")) {
              byMethod.put("HEAD", new Match.Found(interaction));
            }
          }
          String allow = String.join(", ", new TreeSet<>(byMethod.keySet()));
          rows.put(name, new Row(Map.copyOf(byMethod), new Match.WrongMethod(allow)));
        });
    return Map.copyOf(rows);
  }
}
