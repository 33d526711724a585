package org.openbars.router.sandbox.care;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.hl7.fhir.r4.model.HumanName;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Slot;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.sandbox.care.Shelf.Held;

/** The search parameters of the API, read from a raw query. Unknown ones are passed over. */
final class Searches {
  private static final String ACTOR = "Schedule.actor:HealthcareService";

  private final Map<String, List<String>> parameters;

  Searches(@Nullable String query) {
    this.parameters = new QueryStringDecoder(query == null ? "" : query, false).parameters();
  }

  private List<String> all(String name) {
    return parameters.getOrDefault(name, List.of());
  }

  /** {@code status} and {@code start} are required, {@code start} as {@code ge...} or le. */
  Predicate<Slot> slots(TargetIdentifier service) throws Refusal {
    if (all("status").isEmpty() || all("start").isEmpty()) {
      throw Refusal.required("A search for slots needs status and start.");
    }
    List<String> statuses = List.of(String.join(",", all("status")).split(",", -1));
    Predicate<Slot> wanted = slot -> statuses.contains(slot.getStatus().toCode());
    for (String start : all("start")) {
      wanted = wanted.and(bound(start));
    }
    for (String actor : all(ACTOR)) {
      boolean ours = actor.equals(service.system() + "|" + service.value());
      wanted = wanted.and(slot -> ours);
    }
    return wanted;
  }

  private static Predicate<Slot> bound(String start) throws Refusal {
    if (start.length() > 2) {
      Instant instant = instant(start.substring(2));
      switch (start.substring(0, 2)) {
        case "ge" -> {
          return slot -> !slot.getStart().toInstant().isBefore(instant);
        }
        case "le" -> {
          return slot -> !slot.getStart().toInstant().isAfter(instant);
        }
        default -> {
          // Told below.
        }
      }
    }
    throw Refusal.value("start must be ge or le and an instant.");
  }

  private static Instant instant(String text) throws Refusal {
    try {
      // A plus that was not encoded reads as a blank.
      return OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
    } catch (DateTimeException e) {
      throw Refusal.value("start must be an instant like 2026-11-25T09:00:00Z.");
    }
  }

  /** By whatever of the patient is asked for; nothing asked finds everybody. */
  Predicate<Held<?>> patients() {
    Predicate<Held<?>> wanted = held -> true;
    for (String identifier : all("patient:identifier")) {
      wanted = wanted.and(held -> identified(held.patient(), identifier));
    }
    for (String name : all("patient:name")) {
      wanted = wanted.and(held -> named(held.patient(), name));
    }
    for (String born : all("patient:birthdate")) {
      wanted =
          wanted.and(
              held ->
                  held.patient() != null
                      && born.equals(held.patient().getBirthDateElement().getValueAsString()));
    }
    for (String postcode : all("patient:address-postalcode")) {
      wanted =
          wanted.and(
              held ->
                  held.patient() != null
                      && held.patient().getAddress().stream()
                          .anyMatch(each -> postcode.equalsIgnoreCase(each.getPostalCode())));
    }
    return wanted;
  }

  private static boolean identified(@Nullable Patient patient, String asked) {
    if (patient == null) {
      return false;
    }
    for (Identifier identifier : patient.getIdentifier()) {
      if (asked.equals(identifier.getSystem() + "|" + identifier.getValue())
          || asked.equals(identifier.getValue())) {
        return true;
      }
    }
    return false;
  }

  private static boolean named(@Nullable Patient patient, String asked) {
    if (patient == null) {
      return false;
    }
    String wanted = asked.toLowerCase(Locale.ROOT);
    return patient.getName().stream()
        .map(HumanName::getNameAsSingleString)
        .anyMatch(name -> name.toLowerCase(Locale.ROOT).contains(wanted));
  }

  /** The use case that a search for MessageDefinitions names, if any. */
  @Nullable String useCase(String system) {
    for (String context : all("context")) {
      if (context.startsWith(system + "|")) {
        return context.substring(system.length() + 1);
      }
    }
    return null;
  }
}
