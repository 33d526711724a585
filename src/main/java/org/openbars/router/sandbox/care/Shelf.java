package org.openbars.router.sandbox.care;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.jspecify.annotations.Nullable;

/**
 * Resources of one type by id, the latest thousand: older ones are forgotten. For one thread a
 * time.
 */
final class Shelf<T extends Resource> {
  private static final int LIMIT = 1000;

  private final Map<String, Held<T>> held =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Held<T>> eldest) {
          return size() > LIMIT;
        }
      };

  /**
   * One resource as its sender last wrote it, with the receiver's version number.
   *
   * @param patient whom it is about, as far as the message said
   * @param slot the id of the slot that it takes; null for none
   */
  record Held<T extends Resource>(
      T resource, int version, @Nullable Patient patient, @Nullable String slot) {}

  Held<T> get(String id) throws Refusal {
    Held<T> found = held.get(id);
    if (found == null) {
      throw Refusal.notFound("There is no such resource.");
    }
    return found;
  }

  boolean has(String id) {
    return held.containsKey(id);
  }

  /** Puts it in place of the one with its id, and numbers the version. */
  T put(String id, T resource, @Nullable Patient patient, @Nullable String slot) {
    Held<T> before = held.get(id);
    int version = before == null ? 1 : before.version() + 1;
    resource.setId(id);
    resource.getMeta().setVersionId(Integer.toString(version));
    Patient whom = patient == null && before != null ? before.patient() : patient;
    held.put(id, new Held<>(resource, version, whom, slot));
    return resource;
  }

  void remove(String id) {
    held.remove(id);
  }

  List<T> find(Predicate<Held<T>> wanted) {
    List<T> found = new ArrayList<>();
    for (Held<T> each : held.values()) {
      if (wanted.test(each)) {
        found.add(each.resource());
      }
    }
    return found;
  }
}
