package org.openbars.router.sandbox.care;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.hl7.fhir.r4.model.Slot;
import org.hl7.fhir.r4.model.Slot.SlotStatus;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.sandbox.synthetic.Diaries;
import org.openbars.router.sandbox.synthetic.Ids;

/** The slots of one service; one that is booked is free for nobody else. For one thread a time. */
final class Diary {
  private final Map<String, Slot> slots = new LinkedHashMap<>();

  Diary(TargetIdentifier service, Instant opened, int count) {
    Diaries.slots(service, opened, count).forEach(slot -> slots.put(Ids.of(slot), slot));
  }

  /** Slots in their order, each a copy. */
  List<Slot> find(Predicate<Slot> wanted) {
    List<Slot> found = new ArrayList<>();
    for (Slot slot : slots.values()) {
      if (wanted.test(slot)) {
        found.add(slot.copy());
      }
    }
    return found;
  }

  void book(String id) throws Refusal {
    Slot slot = slots.get(id);
    if (slot == null) {
      throw Refusal.notFound("The slot is not one of this service's.");
    }
    if (slot.getStatus() != SlotStatus.FREE) {
      throw Refusal.conflict("The slot is not free any more.");
    }
    slot.setStatus(SlotStatus.BUSY);
  }

  void release(String id) {
    Slot slot = slots.get(id);
    if (slot != null) {
      slot.setStatus(SlotStatus.FREE);
    }
  }
}
