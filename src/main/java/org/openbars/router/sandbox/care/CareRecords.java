package org.openbars.router.sandbox.care;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Appointment.AppointmentStatus;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.hl7.fhir.r4.model.ServiceRequest.ServiceRequestStatus;
import org.jspecify.annotations.Nullable;
import org.openbars.router.sandbox.care.Shelf.Held;
import org.openbars.router.sandbox.synthetic.Ids;
import org.openbars.router.sandbox.synthetic.SynchronousAnswer;

/** What one service holds: its diary, its bookings, its referrals. For one thread a time. */
final class CareRecords {
  final Diary diary;
  final Shelf<Appointment> appointments = new Shelf<>();
  final Shelf<ServiceRequest> referrals = new Shelf<>();

  CareRecords(Diary diary) {
    this.diary = diary;
  }

  /** Does what a message asks for, or nothing at all. */
  Bundle act(ReceivedMessage message, RequestType type, Instant now) throws Refusal {
    return switch (type) {
      case NEW_REFERRAL -> newReferral(message, now);
      case REFERRAL_UPDATE, REFERRAL_CANCELLED -> changeReferral(message, now);
      case RESPONSE -> SynchronousAnswer.to(message.bundle(), now);
      case NEW_BOOKING -> {
        Appointment asked = message.only(Appointment.class);
        Appointment booked = book(asked, message.patient());
        yield SynchronousAnswer.to(message.bundle(), now, booked);
      }
      case BOOKING_UPDATE, BOOKING_CANCELLED -> {
        Appointment changed = change(message.only(Appointment.class), message.patient());
        yield SynchronousAnswer.to(message.bundle(), now, changed);
      }
    };
  }

  private Bundle newReferral(ReceivedMessage message, Instant now) throws Refusal {
    ServiceRequest request = create(message.only(ServiceRequest.class), message.patient());
    // The receiver's own encounter, which its later responses are about.
    Encounter planned = message.only(Encounter.class).copy();
    String name = "planned for " + Ids.of(request);
    planned.setId(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString());
    planned.setStatus(Encounter.EncounterStatus.PLANNED);
    return SynchronousAnswer.to(message.bundle(), now, request, planned);
  }

  ServiceRequest create(ServiceRequest request, @Nullable Patient patient) throws Refusal {
    String id = ReceivedMessage.idOf(request);
    if (referrals.has(id)) {
      throw Refusal.conflict("A referral with this id is held already.");
    }
    return referrals.put(id, request.copy(), patient, null);
  }

  private Bundle changeReferral(ReceivedMessage message, Instant now) throws Refusal {
    ServiceRequest request = change(message.only(ServiceRequest.class), message.patient());
    return SynchronousAnswer.to(message.bundle(), now, request);
  }

  ServiceRequest change(ServiceRequest request, @Nullable Patient patient) throws Refusal {
    String id = ReceivedMessage.idOf(request);
    Held<ServiceRequest> held = referrals.get(id);
    if (held.resource().getStatus() == ServiceRequestStatus.REVOKED
        || held.resource().getStatus() == ServiceRequestStatus.COMPLETED) {
      throw Refusal.conflict("The referral is revoked or completed.");
    }
    newer(request, held.resource());
    return referrals.put(id, request.copy(), patient, null);
  }

  Appointment book(Appointment asked, @Nullable Patient patient) throws Refusal {
    String id = ReceivedMessage.idOf(asked);
    if (appointments.has(id)) {
      throw Refusal.conflict("A booking with this id is held already.");
    }
    if (!asked.hasSlot()) {
      throw Refusal.required("Appointment.slot is missing.");
    }
    String slot = ReceivedMessage.idOf(asked.getSlotFirstRep());
    diary.book(slot);
    return appointments.put(id, asked.copy(), patient, slot);
  }

  /** Changes or cancels; another slot is taken before the old one is given back. */
  Appointment change(Appointment asked, @Nullable Patient patient) throws Refusal {
    String id = ReceivedMessage.idOf(asked);
    Held<Appointment> held = appointments.get(id);
    if (ended(held.resource())) {
      throw Refusal.conflict("The booking is cancelled.");
    }
    newer(asked, held.resource());
    String slot = asked.hasSlot() ? ReceivedMessage.idOf(asked.getSlotFirstRep()) : held.slot();
    if (ended(asked)) {
      slot = null;
    } else if (slot != null && !slot.equals(held.slot())) {
      diary.book(slot);
    }
    if (held.slot() != null && !held.slot().equals(slot)) {
      diary.release(held.slot());
    }
    return appointments.put(id, asked.copy(), patient, slot);
  }

  private static boolean ended(Appointment appointment) {
    return appointment.getStatus() == AppointmentStatus.CANCELLED
        || appointment.getStatus() == AppointmentStatus.ENTEREDINERROR;
  }

  /** Nothing newer is overwritten by something older. */
  private static void newer(Resource asked, Resource held) throws Refusal {
    if (!asked.getMeta().hasLastUpdated()) {
      throw Refusal.invariant(asked.fhirType() + ".meta.lastUpdated is missing.");
    }
    if (held.getMeta().hasLastUpdated() && updated(asked).isBefore(updated(held))) {
      throw Refusal.conflict("What is held is newer than what was sent.");
    }
  }

  private static Instant updated(Resource resource) {
    return resource.getMeta().getLastUpdated().toInstant();
  }

  void cancelForGood(String id) throws Refusal {
    Held<Appointment> held = appointments.get(id);
    if (held.slot() != null) {
      diary.release(held.slot());
    }
    appointments.remove(id);
  }
}
