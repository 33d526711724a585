package org.openbars.router.sandbox.synthetic;

import java.time.Duration;
import java.time.Instant;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Appointment.AppointmentStatus;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Slot;
import org.openbars.router.sandbox.synthetic.MessageDraft.Envelope;

/** Booking: the request that takes a slot, its update and its cancellation (Core 1.5.0). */
public final class BookingMessages {
  private static final String FHIR = "http://hl7.org/fhir/StructureDefinition/";
  private static final String REQUEST = "bars-message-booking-request";
  private static final String CANCELLED = "bars-message-booking-request-cancelled";

  private final Conversation conversation;
  private final Cast cast;

  public BookingMessages(Conversation conversation) {
    this.conversation = conversation;
    this.cast = new Cast(conversation);
  }

  /**
   * A request for this slot.
   *
   * @param nth of the conversation's bookings, from 1: each has ids of its own
   */
  public Bundle request(Slot slot, int nth) {
    MessageDraft draft = conversation.draft("booking-request " + nth);
    Appointment appointment = appointment(draft, slot);
    appointment.setId(conversation.draft("appointment " + nth).uuid());
    return message(draft, appointment, slot, "new", REQUEST);
  }

  /** Another reason for coming; otherwise what the receiver holds. */
  public Bundle update(Appointment held, Slot slot, Instant now) {
    Appointment appointment = held.copy();
    appointment.setDescription("Synthetic: sore throat for four days, now with a fever");
    return changed("booking-update", appointment, slot, now, REQUEST);
  }

  /** What the receiver holds, cancelled. */
  public Bundle cancellation(Appointment held, Slot slot, Instant now) {
    Appointment appointment = held.copy();
    appointment.setStatus(AppointmentStatus.CANCELLED);
    return changed("booking-cancellation", appointment, slot, now, CANCELLED);
  }

  private Bundle changed(
      String kind, Appointment appointment, Slot slot, Instant now, String definition) {
    MessageDraft draft = conversation.draft(kind + appointment.getIdPart(), now);
    appointment.getMeta().setLastUpdatedElement(draft.instant(Duration.ZERO));
    return message(draft, appointment, slot, "update", definition);
  }

  private Bundle message(
      MessageDraft draft, Appointment appointment, Slot slot, String reason, String definition) {
    String focus = Ids.urn(appointment);
    String slotUrn = Ids.urn(slot);
    appointment.getSlot().clear();
    appointment.addSlot(new Reference(slotUrn));
    draft.put(focus, appointment, FHIR + "Appointment", MessageDraft.UK_CORE + "Appointment");
    cast.putParties(draft);
    cast.putEncounter(draft);
    draft.put(slotUrn, slot.copy().setStatus(Slot.SlotStatus.BUSY));
    Diaries.putCalendar(draft, conversation.receiver(), cast);
    return draft.message(
        draft.header(
            new Envelope(
                "booking-request",
                reason,
                definition,
                conversation.receiver(),
                conversation.sender(),
                focus,
                cast.receiving,
                cast.sending)),
        conversation.useCase().version());
  }

  private Appointment appointment(MessageDraft draft, Slot slot) {
    Appointment appointment = new Appointment();
    appointment.setStatus(AppointmentStatus.BOOKED);
    appointment
        .addServiceCategory()
        .addCoding(new Coding(UseCase.SYSTEM, conversation.useCase().code(), null));
    appointment.setDescription("Synthetic: sore throat for three days, no red flags");
    appointment.setStartElement(slot.getStartElement().copy());
    appointment.setEndElement(slot.getEndElement().copy());
    appointment.setCreatedElement(draft.time(Duration.ZERO));
    appointment
        .addParticipant()
        .setActor(new Reference(cast.patient))
        .setStatus(Appointment.ParticipationStatus.ACCEPTED);
    return appointment;
  }

  /** One appointment by itself, as {@code POST /Appointment} takes it. */
  public Appointment single(Slot slot) {
    MessageDraft draft = conversation.draft("appointment");
    Appointment appointment = appointment(draft, slot);
    appointment.addSlot(new Reference("Slot/" + Ids.of(slot)));
    appointment.getParticipantFirstRep().setActor(namedPatient());
    appointment.setId(draft.uuid());
    appointment.getMeta().addProfile(MessageDraft.UK_CORE + "Appointment").setVersionId("1");
    appointment.getMeta().setLastUpdatedElement(draft.instant(Duration.ZERO));
    return appointment;
  }

  /** The patient by NHS number, for resources that travel without a Patient. */
  private Reference namedPatient() {
    Reference reference = new Reference();
    reference.setIdentifier(
        SyntheticPeople.patient(conversation.draft("patient"), cast.practice)
            .getIdentifierFirstRep()
            .copy());
    return reference;
  }
}
