package org.openbars.router.sandbox;

import java.time.Duration;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.HealthcareService;
import org.hl7.fhir.r4.model.MessageHeader;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Schedule;
import org.hl7.fhir.r4.model.Slot;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.sandbox.MessageDraft.Envelope;

/** Booking: the slots a receiver offers, the request that takes one, and its response. */
final class BookingMessages {
  private static final String FHIR = "http://hl7.org/fhir/StructureDefinition/";
  private static final Duration FIRST_SLOT = Duration.ofHours(2);

  private final TargetIdentifier receiver;
  private final TargetIdentifier sender;
  private final String journey;
  private final long seed;

  BookingMessages(TargetIdentifier receiver, TargetIdentifier sender, String journey, long seed) {
    this.receiver = receiver;
    this.sender = sender;
    this.journey = journey;
    this.seed = seed;
  }

  /** The entries that a booking's message refers to. */
  private record Urns(
      String appointment,
      String patient,
      String encounter,
      String practice,
      String slot,
      String schedule,
      String service,
      String practitioner,
      String role,
      String location,
      String receiving,
      String sending) {
    static Urns of(MessageDraft draft) {
      return new Urns(
          draft.urn(),
          draft.urn(),
          draft.urn(),
          draft.urn(),
          draft.urn(),
          draft.urn(),
          draft.urn(),
          draft.urn(),
          draft.urn(),
          draft.urn(),
          draft.urn(),
          draft.urn());
    }
  }

  Bundle request() {
    MessageDraft draft = new MessageDraft(seed, "booking-request");
    Urns urns = Urns.of(draft);
    entries(draft, urns);
    return draft.message(
        draft.header(
            new Envelope(
                "booking-request",
                "new",
                "bars-message-booking-request",
                receiver,
                sender,
                urns.appointment,
                urns.receiving,
                urns.sending)));
  }

  /** The receiver's synchronous answer, naming the request it answers. */
  Bundle response(Bundle request) {
    MessageDraft draft = new MessageDraft(seed, "booking-response");
    Urns urns = Urns.of(draft);
    entries(draft, urns);
    MessageHeader header =
        draft.header(
            new Envelope(
                "booking-response",
                "new",
                "",
                sender,
                receiver,
                urns.appointment,
                urns.sending,
                urns.receiving));
    header
        .getResponse()
        .setIdentifier(request.getIdElement().getIdPart())
        .setCode(MessageHeader.ResponseType.OK);
    return draft.message(header);
  }

  private void entries(MessageDraft draft, Urns urns) {
    draft.put(
        urns.appointment,
        appointment(urns.slot, urns.patient),
        FHIR + "Appointment",
        MessageDraft.UK_CORE + "Appointment");
    draft.put(urns.patient, SyntheticPeople.patient(draft, urns.practice));
    draft.put(urns.encounter, encounter(draft, urns.patient, journey));
    draft.put(urns.practice, SyntheticPeople.organization("ZZ9001", "Sandbox Surgery"));
    draft.put(
        urns.slot,
        slot(urns.schedule, 0, Slot.SlotStatus.BUSY),
        FHIR + "Slot",
        MessageDraft.UK_CORE + "Slot");
    calendar(draft, urns);
    draft.put(urns.receiving, SyntheticPeople.organization("ZZ9002", "Sandbox Receiving Trust"));
    draft.put(urns.sending, SyntheticPeople.organization("ZZ9003", "Sandbox Sending Service"));
  }

  private void calendar(MessageDraft draft, Urns urns) {
    Schedule schedule = new Schedule();
    schedule
        .addIdentifier()
        .setSystem("https://sandbox.example.org/Id/diary")
        .setValue(draft.uuid());
    schedule.addActor(new Reference(urns.service));
    schedule.addActor(new Reference(urns.practitioner));
    schedule.addActor(new Reference(urns.role));
    schedule.setPlanningHorizon(MessageDraft.period(Duration.ZERO, Duration.ofDays(1)));
    draft.put(urns.schedule, schedule, FHIR + "Schedule", MessageDraft.UK_CORE + "Schedule");
    HealthcareService service = new HealthcareService();
    service.addIdentifier().setSystem(receiver.system()).setValue(receiver.value());
    service.setActive(true).setName("Sandbox service " + receiver.value());
    service.setProvidedBy(new Reference(urns.receiving));
    service.addLocation(new Reference(urns.location));
    draft.put(
        urns.service,
        service,
        FHIR + "HealthcareService",
        MessageDraft.UK_CORE + "HealthcareService");
    draft.put(urns.practitioner, SyntheticPeople.practitioner(draft));
    draft.put(urns.role, SyntheticPeople.role(urns.practitioner, urns.receiving));
    draft.put(urns.location, SyntheticPeople.location("Sandbox consulting rooms"));
  }

  private static Appointment appointment(String slot, String patient) {
    Appointment appointment = new Appointment();
    appointment.setStatus(Appointment.AppointmentStatus.BOOKED);
    appointment.setDescription("Synthetic: sore throat for three days, no red flags");
    appointment.setStartElement(MessageDraft.instant(FIRST_SLOT));
    appointment.setEndElement(MessageDraft.instant(FIRST_SLOT.plusMinutes(15)));
    appointment.setCreatedElement(MessageDraft.time(Duration.ZERO));
    appointment.addSlot(new Reference(slot));
    appointment
        .addParticipant()
        .setActor(new Reference(patient))
        .setStatus(Appointment.ParticipationStatus.ACCEPTED);
    return appointment;
  }

  /**
   * The encounter carries the care journey's id (EpisodeOfCare.id) from one service to the next.
   */
  static Encounter encounter(MessageDraft draft, String patient, String journey) {
    Encounter encounter = new Encounter();
    encounter
        .addIdentifier()
        .setSystem("https://sandbox.example.org/Id/case-number")
        .setValue("case-" + draft.upTo(1_000_000));
    encounter.setStatus(Encounter.EncounterStatus.TRIAGED);
    encounter.setClass_(
        new Coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "EMER", "emergency"));
    encounter.setSubject(new Reference(patient));
    encounter.addEpisodeOfCare(new Reference("EpisodeOfCare/" + journey));
    encounter.setPeriod(MessageDraft.period(Duration.ofMinutes(-30), Duration.ZERO));
    return encounter;
  }

  private static Slot slot(String schedule, int index, Slot.SlotStatus status) {
    Slot slot = new Slot();
    slot.addServiceCategory(
        MessageDraft.concept(
            "http://terminology.hl7.org/CodeSystem/service-category",
            "14",
            "Emergency Department"));
    slot.setAppointmentType(
        MessageDraft.concept(
            "http://terminology.hl7.org/CodeSystem/v2-0276", "EMERGENCY", "Emergency appointment"));
    slot.setSchedule(new Reference(schedule));
    slot.setStatus(status);
    Duration start = FIRST_SLOT.plusMinutes(15L * index);
    slot.setStartElement(MessageDraft.instant(start));
    slot.setEndElement(MessageDraft.instant(start.plusMinutes(15)));
    return slot;
  }

  /** What GET /Slot finds: free slots and what they refer to. */
  Bundle slots(int count) {
    MessageDraft draft = new MessageDraft(seed, "slots");
    Urns urns = Urns.of(draft);
    for (int i = 0; i < count; i++) {
      draft.put(
          draft.urn(),
          slot(urns.schedule, i, Slot.SlotStatus.FREE),
          FHIR + "Slot",
          MessageDraft.UK_CORE + "Slot");
    }
    calendar(draft, urns);
    return draft.searchset("https://sandbox.example.org/FHIR/R4/Slot?status=free", count);
  }

  /** One appointment by itself, as GET /Appointment/{id} finds it. */
  Appointment single() {
    MessageDraft draft = new MessageDraft(seed, "appointment");
    Appointment appointment = appointment(draft.urn(), draft.urn());
    appointment.setId(draft.uuid());
    appointment.getMeta().addProfile(MessageDraft.UK_CORE + "Appointment").setVersionId("1");
    appointment.getMeta().setLastUpdatedElement(MessageDraft.instant(Duration.ZERO));
    return appointment;
  }
}
