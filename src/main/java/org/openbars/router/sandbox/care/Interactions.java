package org.openbars.router.sandbox.care;

import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.hl7.fhir.r4.model.Slot;
import org.jspecify.annotations.Nullable;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.fhir.FhirR4;
import org.openbars.router.message.Interaction;
import org.openbars.router.sandbox.care.Shelf.Held;
import org.openbars.router.sandbox.synthetic.CareSetting;
import org.openbars.router.sandbox.synthetic.Conversation;
import org.openbars.router.sandbox.synthetic.Diaries;
import org.openbars.router.sandbox.synthetic.ReceiverOutcome;
import org.openbars.router.sandbox.synthetic.ServiceDescriptions;
import org.openbars.router.sandbox.synthetic.SyntheticMessages;
import org.openbars.router.sandbox.synthetic.UseCase;

/** Every interaction but {@code $process-message}, on one service's records. */
final class Interactions {
  private final CareSetting setting;
  private final List<UseCase> held;
  private final CareRecords records;

  Interactions(CareSetting setting, List<UseCase> held, CareRecords records) {
    this.setting = setting;
    this.held = held;
    this.records = records;
  }

  /**
   * @param id at the path's end
   * @param sent the body of a creation or an update
   */
  Resource act(
      Interaction interaction, String id, CareRequest request, @Nullable Resource sent, Instant now)
      throws Refusal {
    Searches searches = new Searches(request.query());
    return switch (interaction) {
      case METADATA -> ServiceDescriptions.capabilityStatement(setting.target(), now);
      case MESSAGE_DEFINITION_SEARCH -> definitions(searches, now);
      case SLOT_SEARCH -> slots(searches, now);
      case APPOINTMENT_SEARCH ->
          SyntheticMessages.found(
              "Appointment", records.appointments.find(searches.patients()::test), now);
      case SERVICE_REQUEST_SEARCH ->
          SyntheticMessages.found(
              "ServiceRequest", records.referrals.find(searches.patients()::test), now);
      case APPOINTMENT_READ -> records.appointments.get(id).resource();
      case SERVICE_REQUEST_READ -> records.referrals.get(id).resource();
      case APPOINTMENT_CREATE -> records.book(of(sent, Appointment.class), null);
      case SERVICE_REQUEST_CREATE -> records.create(of(sent, ServiceRequest.class), null);
      case APPOINTMENT_UPDATE -> records.change(of(sent, Appointment.class, id), null);
      case SERVICE_REQUEST_UPDATE -> records.change(of(sent, ServiceRequest.class, id), null);
      case APPOINTMENT_PATCH ->
          records.change(patched(records.appointments.get(id), request, Appointment.class), null);
      case SERVICE_REQUEST_PATCH ->
          records.change(patched(records.referrals.get(id), request, ServiceRequest.class), null);
      case APPOINTMENT_DELETE -> {
        records.cancelForGood(id);
        yield ReceiverOutcome.done();
      }
      case SERVICE_REQUEST_DELETE -> {
        records.referrals.get(id);
        records.referrals.remove(id);
        yield ReceiverOutcome.done();
      }
      case PROCESS_MESSAGE -> throw new IllegalArgumentException("messages go another way");
    };
  }

  private Resource definitions(Searches searches, Instant now) {
    String asked = searches.useCase(UseCase.SYSTEM);
    List<UseCase> named =
        held.stream().filter(each -> asked == null || each.code().equals(asked)).toList();
    return ServiceDescriptions.messageDefinitions(setting.target(), named, now);
  }

  private Resource slots(Searches searches, Instant now) throws Refusal {
    Predicate<Slot> wanted = searches.slots(setting.target());
    List<Slot> found =
        records.diary.find(wanted.and(slot -> slot.getStart().toInstant().isAfter(now)));
    UseCase any =
        new UseCase(
            "a1t1", "APP1", "1.0.0", UseCase.Category.REFERRAL, CareSetting.NHS_111, setting);
    return Diaries.found(Conversation.of(any, 1, now), found, now);
  }

  private static <T extends Resource> T of(@Nullable Resource sent, Class<T> type) throws Refusal {
    if (!type.isInstance(sent)) {
      throw Refusal.invalid("The body must be a " + type.getSimpleName() + ".");
    }
    return type.cast(sent);
  }

  private static <T extends Resource> T of(@Nullable Resource sent, Class<T> type, String id)
      throws Refusal {
    T resource = of(sent, type);
    if (!id.equals(ReceivedMessage.idOf(resource))) {
      throw Refusal.invariant("The id in the body is not that of the path.");
    }
    return resource;
  }

  private static <T extends Resource> T patched(Held<T> held, CareRequest request, Class<T> type)
      throws Refusal {
    String before = FhirR4.strictParser(AnswerFormat.JSON).encodeResourceToString(held.resource());
    CareRequest asJson =
        new CareRequest(
            request.method(),
            request.path(),
            null,
            request.requestId(),
            request.correlationId(),
            null,
            "application/fhir+json",
            "");
    return CareReceiver.parse(asJson, JsonPatch.apply(before, request.body()), type);
  }
}
