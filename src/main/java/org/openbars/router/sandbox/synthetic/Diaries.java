package org.openbars.router.sandbox.synthetic;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Schedule;
import org.hl7.fhir.r4.model.Slot;
import org.openbars.router.message.TargetIdentifier;

/**
 * The slots that a service offers: one every quarter of an hour from two hours after it opened. A
 * service has the same schedule and slot ids each time, so that a message written beforehand can
 * name one.
 */
public final class Diaries {
  private static final String FHIR = "http://hl7.org/fhir/StructureDefinition/";
  private static final Duration FIRST = Duration.ofHours(2);
  private static final Duration LENGTH = Duration.ofMinutes(15);

  private Diaries() {}

  /**
   * The slots of a service, all free, earliest first.
   *
   * @param opened from when on
   */
  public static List<Slot> slots(TargetIdentifier service, Instant opened, int count) {
    List<Slot> slots = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      slots.add(slot(service, opened, i));
    }
    return slots;
  }

  /** The slot with this number, from 0. */
  static Slot slot(TargetIdentifier service, Instant opened, int index) {
    Slot slot = new Slot();
    slot.setId(id(service, "slot " + index));
    slot.getMeta().addProfile(FHIR + "Slot").addProfile(MessageDraft.UK_CORE + "Slot");
    slot.addServiceCategory(
        MessageDraft.concept(
            "http://terminology.hl7.org/CodeSystem/service-category",
            "14",
            "Emergency Department"));
    slot.setAppointmentType(
        MessageDraft.concept(
            "http://terminology.hl7.org/CodeSystem/v2-0276", "EMERGENCY", "Emergency appointment"));
    slot.setSchedule(new Reference(scheduleUrn(service)));
    slot.setStatus(Slot.SlotStatus.FREE);
    Instant start = opened.truncatedTo(ChronoUnit.MINUTES);
    start = start.plus(FIRST).plus(LENGTH.multipliedBy(index));
    MessageDraft times = new MessageDraft(0, "times", start);
    slot.setStartElement(times.instant(Duration.ZERO));
    slot.setEndElement(times.instant(LENGTH));
    slot.getMeta().setLastUpdatedElement(new MessageDraft(0, "", opened).instant(Duration.ZERO));
    return slot;
  }

  static String scheduleUrn(TargetIdentifier service) {
    return "urn:uuid:" + id(service, "schedule");
  }

  private static String id(TargetIdentifier service, String what) {
    String name = service.system() + "|" + service.value() + " " + what;
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** What a booking puts beside its slot: schedule, service, staff and rooms. */
  static void putCalendar(MessageDraft draft, TargetIdentifier service, Cast cast) {
    Schedule schedule = new Schedule();
    schedule
        .addIdentifier()
        .setSystem("https://sandbox.example.org/Id/diary")
        .setValue(id(service, "diary"));
    schedule.addActor(new Reference(cast.service));
    schedule.addActor(new Reference(cast.practitioner));
    schedule.addActor(new Reference(cast.role));
    schedule.setPlanningHorizon(draft.period(Duration.ZERO, Duration.ofDays(1)));
    draft.put(scheduleUrn(service), schedule, FHIR + "Schedule", MessageDraft.UK_CORE + "Schedule");
    cast.putService(draft);
    cast.putStaff(draft);
    cast.putRooms(draft);
  }

  /** What {@code GET /Slot} finds: these slots and what they refer to. */
  public static Bundle found(Conversation conversation, List<Slot> slots, Instant now) {
    MessageDraft draft = conversation.draft("slots", now);
    for (Slot slot : slots) {
      draft.put(Ids.urn(slot), slot.copy());
    }
    if (!slots.isEmpty()) {
      putCalendar(draft, conversation.receiver(), new Cast(conversation));
    }
    return draft.searchset("https://sandbox.example.org/FHIR/R4/Slot?status=free", slots.size());
  }
}
