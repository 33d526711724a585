package org.openbars.router.sandbox.care;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Appointment.AppointmentStatus;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.MessageDefinition;
import org.hl7.fhir.r4.model.MessageHeader;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.hl7.fhir.r4.model.ServiceRequest.ServiceRequestStatus;
import org.hl7.fhir.r4.model.Slot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.fhir.FhirR4;
import org.openbars.router.sandbox.synthetic.BookingMessages;
import org.openbars.router.sandbox.synthetic.CareSetting;
import org.openbars.router.sandbox.synthetic.Conversation;
import org.openbars.router.sandbox.synthetic.Diaries;
import org.openbars.router.sandbox.synthetic.Ids;
import org.openbars.router.sandbox.synthetic.ReferralMessages;
import org.openbars.router.sandbox.synthetic.ReferralMessages.Response;
import org.openbars.router.sandbox.synthetic.SyntheticMessages;
import org.openbars.router.sandbox.synthetic.UseCase;
import org.openbars.router.sandbox.synthetic.UseCase.Category;

/** The checks that the standard asks of a receiver, and what is held in memory after them. */
final class CareReceiverTest {
  private static final Instant NOW = SyntheticMessages.BEGAN;
  private static final CareSetting SETTING = CareSetting.EMERGENCY_DEPARTMENT;
  private static final UseCase BOOKING =
      new UseCase("a1t1", "APP1", "2.1.0", Category.REFERRAL, CareSetting.NHS_111, SETTING);
  private static final UseCase VALIDATION =
      new UseCase(
          "a4t1",
          "APP4",
          "2.0.0",
          Category.VALIDATION,
          CareSetting.AMBULANCE_CONTROL_ROOM,
          SETTING);

  private final Correspondence correspondence = new Correspondence();
  private final CareReceiver receiver =
      new CareReceiver(SETTING, List.of(BOOKING, VALIDATION), correspondence, () -> NOW);
  private final Conversation conversation = Conversation.of(BOOKING, 1, NOW);
  private final BookingMessages booking = new BookingMessages(conversation);
  private final ReferralMessages referring = new ReferralMessages(conversation);

  private static Slot slot(int number) {
    return Diaries.slots(SETTING.target(), NOW, CareReceiver.SLOTS).get(number);
  }

  private static String uuid() {
    return UUID.randomUUID().toString();
  }

  private static String json(Resource resource) {
    return FhirR4.strictParser(AnswerFormat.JSON).encodeResourceToString(resource);
  }

  private static CareRequest request(String method, String pathAndQuery, String id, String body) {
    int query = pathAndQuery.indexOf('?');
    return new CareRequest(
        method,
        "/FHIR/R4" + (query < 0 ? pathAndQuery : pathAndQuery.substring(0, query)),
        query < 0 ? null : pathAndQuery.substring(query + 1),
        id,
        uuid(),
        "application/fhir+json; version=1.1.0",
        "application/fhir+json",
        body);
  }

  private CareAnswer ask(String method, String pathAndQuery, String body) {
    CareAnswer answer = receiver.answer(request(method, pathAndQuery, uuid(), body));
    receiver.answered(answer);
    return answer;
  }

  private CareAnswer send(Bundle message) {
    return ask("POST", "/$process-message", json(message));
  }

  private static <T extends Resource> T parsed(CareAnswer answer, Class<T> type) {
    return FhirR4.strictParser(AnswerFormat.JSON).parseResource(type, answer.body());
  }

  private static void refused(CareAnswer answer, int status, String code, String issue) {
    assertThat(answer.status()).isEqualTo(status);
    OperationOutcome.OperationOutcomeIssueComponent told =
        parsed(answer, OperationOutcome.class).getIssueFirstRep();
    assertThat(told.getDetails().getCodingFirstRep().getCode()).isEqualTo(code);
    assertThat(told.getCode().toCode()).isEqualTo(issue);
  }

  private static MessageHeader header(Bundle message) {
    return (MessageHeader) message.getEntryFirstRep().getResource();
  }

  private Bundle slots(String more) {
    CareAnswer answer = ask("GET", "/Slot?start=ge2026-11-24T09:00:00Z&status=" + more, "");
    assertThat(answer.status()).isEqualTo(200);
    return parsed(answer, Bundle.class);
  }

  @Test
  void slotsRunOutWhenTheyAreBooked() {
    for (int i = 0; i < CareReceiver.SLOTS; i++) {
      assertThat(slots("free").getTotal()).isEqualTo(CareReceiver.SLOTS - i);
      assertThat(send(booking.request(slot(i), i + 1)).status()).isEqualTo(200);
    }

    assertThat(slots("free").getTotal()).isZero();
    assertThat(slots("busy,free").getTotal()).isEqualTo(CareReceiver.SLOTS);
    refused(send(booking.request(slot(7), 999)), 409, "REC_CONFLICT", "conflict");
  }

  @Test
  void aCancelledBookingsSlotIsFreeAgain() {
    send(booking.request(slot(0), 1));
    Appointment held = read("/Appointment", Appointment.class);

    CareAnswer cancelled = send(booking.cancellation(held, slot(0), NOW.plusSeconds(1)));

    assertThat(cancelled.status()).isEqualTo(200);
    assertThat(slots("free").getTotal()).isEqualTo(CareReceiver.SLOTS);
    assertThat(read("/Appointment", Appointment.class).getStatus())
        .isEqualTo(AppointmentStatus.CANCELLED);
    refused(
        send(booking.cancellation(held, slot(0), NOW.plusSeconds(2))),
        409,
        "REC_CONFLICT",
        "conflict");
  }

  private <T extends Resource> T read(String path, Class<T> type) {
    Bundle found = parsed(ask("GET", path, ""), Bundle.class);
    assertThat(found.getTotal()).isEqualTo(1);
    String id = Ids.of(found.getEntryFirstRep().getResource());
    CareAnswer answer = ask("GET", path + "/" + id, "");
    assertThat(answer.status()).isEqualTo(200);
    return parsed(answer, type);
  }

  @Test
  void anUpdateToAnotherSlotGivesTheFirstOneBack() {
    send(booking.request(slot(0), 1));
    Appointment held = read("/Appointment", Appointment.class);

    CareAnswer moved = send(booking.update(held, slot(1), NOW.plusSeconds(1)));

    assertThat(moved.status()).isEqualTo(200);
    assertThat(slots("busy").getEntry().stream().map(entry -> Ids.of(entry.getResource())))
        .contains(Ids.of(slot(1)))
        .doesNotContain(Ids.of(slot(0)));
    assertThat(read("/Appointment", Appointment.class).getMeta().getVersionId()).isEqualTo("2");
  }

  @Test
  void whatIsHeldIsNeverOverwrittenByWhatIsOlder() {
    send(referringForValidation().request(1));
    ServiceRequest held = read("/ServiceRequest", ServiceRequest.class);

    CareAnswer older = send(referringForValidation().update(held, NOW.minusSeconds(1)));

    refused(older, 409, "REC_CONFLICT", "conflict");
    CareAnswer newer = send(referringForValidation().update(held, NOW.plusSeconds(1)));
    assertThat(newer.status()).isEqualTo(200);
  }

  private static ReferralMessages referringForValidation() {
    return new ReferralMessages(Conversation.of(VALIDATION, 1, NOW));
  }

  @Test
  void aRetryOfWhatSucceededIsADuplicateAndChangesNothing() {
    CareRequest once =
        request("POST", "/$process-message", uuid(), json(booking.request(slot(0), 1)));
    receiver.answered(receiver.answer(once));

    CareAnswer again = receiver.answer(once);

    refused(again, 409, "REC_CONFLICT", "duplicate");
    assertThat(slots("free").getTotal()).isEqualTo(CareReceiver.SLOTS - 1);
  }

  @Test
  void aRetryComesTooEarlyUntilTheFirstIsAnswered() {
    CareRequest once =
        request("POST", "/$process-message", uuid(), json(booking.request(slot(0), 1)));
    CareAnswer first = receiver.answer(once);

    refused(receiver.answer(once), 425, "REC_TOO_EARLY", "transient");
    receiver.answered(first);
    refused(receiver.answer(once), 409, "REC_CONFLICT", "duplicate");
  }

  @Test
  void aRetryOfWhatFailedIsAnsweredAsTheFirst() {
    Bundle message = booking.request(slot(0), 1);
    message.getMeta().setVersionId(null);
    CareRequest once = request("POST", "/$process-message", uuid(), json(message));
    CareAnswer first = receiver.answer(once);
    receiver.answered(first);

    assertThat(receiver.answer(once)).isEqualTo(first);
    refused(first, 400, "REC_BAD_REQUEST", "invariant");
  }

  private void refusedWhen(Consumer<Bundle> spoilt, int status, String code, String issue) {
    Bundle message = booking.request(slot(0), 1);
    spoilt.accept(message);
    refused(send(message), status, code, issue);
    assertThat(slots("free").getTotal()).isEqualTo(CareReceiver.SLOTS);
  }

  @Test
  void aMessageForAnotherServiceIsRefused() {
    refusedWhen(
        message ->
            header(message)
                .getDestinationFirstRep()
                .setEndpoint("https://fhir.nhs.uk/Id/dos-service-id|2000011148"),
        400,
        "REC_BAD_REQUEST",
        "invalid");
    refusedWhen(
        message ->
            header(message).getDestinationFirstRep().setReceiver(header(message).getSender()),
        400,
        "REC_BAD_REQUEST",
        "invalid");
  }

  @Test
  void aVersionOfTheApplicationThatIsNotHeldIsRefused() {
    refusedWhen(
        message -> message.getMeta().setVersionId("9.0.0"),
        422,
        "REC_UNPROCESSABLE_ENTITY",
        "not-supported");
  }

  @Test
  void aUseCaseThatIsNotHeldIsRefused() {
    refusedWhen(
        message ->
            first(message, Appointment.class)
                .getServiceCategoryFirstRep()
                .getCodingFirstRep()
                .setCode("a5t1"),
        422,
        "REC_UNPROCESSABLE_ENTITY",
        "not-supported");
  }

  @ParameterizedTest
  @CsvSource({"booking-response", "servicerequest-sonnet"})
  void anEventThatNoReceiverTakesIsRefused(String event) {
    refusedWhen(
        message -> header(message).getEventCoding().setCode(event),
        400,
        "REC_BAD_REQUEST",
        "invariant");
  }

  private static <T extends Resource> T first(Bundle message, Class<T> type) {
    return message.getEntry().stream()
        .map(Bundle.BundleEntryComponent::getResource)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void reasonAndStatusMustAgree() {
    refusedWhen(
        message -> first(message, Appointment.class).setStatus(AppointmentStatus.NOSHOW),
        400,
        "REC_BAD_REQUEST",
        "invariant");
    Bundle referral = referring.request(1);
    first(referral, ServiceRequest.class).setStatus(ServiceRequestStatus.DRAFT);
    refused(send(referral), 400, "REC_BAD_REQUEST", "invariant");
  }

  @Test
  void aReferralIsHeldUntilItIsRevoked() {
    assertThat(send(referring.request(1)).status()).isEqualTo(200);
    ServiceRequest held = read("/ServiceRequest", ServiceRequest.class);

    CareAnswer cancelled = send(referring.cancellation(held, NOW.plusSeconds(1)));

    assertThat(cancelled.status()).isEqualTo(200);
    assertThat(read("/ServiceRequest", ServiceRequest.class).getStatus())
        .isEqualTo(ServiceRequestStatus.REVOKED);
    refused(
        send(referring.cancellation(held, NOW.plusSeconds(2))), 409, "REC_CONFLICT", "conflict");
  }

  @Test
  void whatIsNotHeldCannotBeChanged() {
    ServiceRequest unknown = first(referring.request(1), ServiceRequest.class);

    refused(send(referring.cancellation(unknown, NOW)), 404, "REC_NOT_FOUND", "not-found");
    refused(ask("GET", "/Appointment/" + uuid(), ""), 404, "REC_NOT_FOUND", "not-found");
  }

  @Test
  void aResponseMustNameAMessageOfThisService() {
    Conversation asked =
        Conversation.of(
            new UseCase(
                "a4t1",
                "APP4",
                "2.0.0",
                Category.VALIDATION,
                SETTING,
                CareSetting.CLINICAL_ASSESSMENT_SERVICE),
            1,
            NOW);
    ReferralMessages messages = new ReferralMessages(asked);
    CareReceiver sender =
        new CareReceiver(SETTING, List.of(asked.useCase()), correspondence, () -> NOW);
    Bundle request = messages.request(1);
    Bundle response = messages.response(request, Response.VALIDATION_FULL, NOW.plusSeconds(60));

    refused(
        sender.answer(request("POST", "/$process-message", uuid(), json(response))),
        404,
        "REC_NOT_FOUND",
        "not-found");
    correspondence.sent(SETTING.target(), request.getIdPart());
    assertThat(sender.answer(request("POST", "/$process-message", uuid(), json(response))).status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"3.0.0, 406", "1.9.0, 200", "1.0.0, 200"})
  void onlyMajorVersionOneIsHeld(String version, int status) {
    CareRequest asked =
        new CareRequest(
            "GET",
            "/metadata",
            null,
            uuid(),
            uuid(),
            "application/fhir+json; version=" + version,
            null,
            "");

    assertThat(receiver.answer(asked).status()).isEqualTo(status);
  }

  @Test
  void idsMustBeThereAndUuids() {
    CareRequest none = new CareRequest("GET", "/metadata", null, null, uuid(), null, null, "");
    CareRequest odd = new CareRequest("GET", "/metadata", null, uuid(), "42", null, null, "");

    refused(receiver.answer(none), 400, "REC_BAD_REQUEST", "required");
    refused(receiver.answer(odd), 400, "REC_BAD_REQUEST", "invalid");
  }

  @Test
  void whatIsNotFhirIsRefusedWithoutQuotingIt() {
    CareAnswer answer = ask("POST", "/$process-message", "{\"resourceType\":\"Zztest\"}");

    refused(answer, 400, "REC_BAD_REQUEST", "invalid");
    assertThat(answer.body()).doesNotContain("Zztest");
  }

  @Test
  void aSearchForSlotsNeedsStatusAndStart() {
    refused(ask("GET", "/Slot?status=free", ""), 400, "REC_BAD_REQUEST", "required");
    refused(ask("GET", "/Slot?status=free&start=soon", ""), 400, "REC_BAD_REQUEST", "value");
    assertThat(slots("free&start=le2026-11-24T12:00:00Z").getTotal()).isEqualTo(3);
    assertThat(slots("free&Schedule.actor:HealthcareService=a|b").getTotal()).isZero();
  }

  @Test
  void definitionsAreThoseOfTheUseCase() {
    Bundle all = parsed(ask("GET", "/MessageDefinition?context=x", ""), Bundle.class);
    Bundle one =
        parsed(
            ask("GET", "/MessageDefinition?context=" + UseCase.SYSTEM + "%7Ca4t1", ""),
            Bundle.class);

    assertThat(one.getEntry()).hasSizeLessThan(all.getEntry().size());
    assertThat(one.getEntry())
        .extracting(entry -> ((MessageDefinition) entry.getResource()).getTitle())
        .contains("bars-message-servicerequest-request-validation")
        .doesNotContain("bars-message-booking-request");
  }

  @Test
  void aSearchFindsThePatientAskedForAndNobodyElse() {
    Bundle first = booking.request(slot(0), 1);
    send(first);
    send(new BookingMessages(Conversation.of(BOOKING, 2, NOW)).request(slot(1), 1));
    Patient patient = first(first, Patient.class);
    String number = patient.getIdentifierFirstRep().getValue();
    String system = patient.getIdentifierFirstRep().getSystem();

    Bundle found =
        parsed(
            ask("GET", "/Appointment?patient:identifier=" + system + "%7C" + number, ""),
            Bundle.class);

    assertThat(found.getTotal()).isEqualTo(1);
    assertThat(Ids.of(found.getEntryFirstRep().getResource()))
        .isEqualTo(Ids.of(first(first, Appointment.class)));
    assertThat(parsed(ask("GET", "/Appointment", ""), Bundle.class).getTotal()).isEqualTo(2);
  }

  @Test
  void appointmentsCanBeMadeChangedAndDeletedByThemselves() {
    Appointment appointment = booking.single(slot(3));
    String path = "/Appointment/" + Ids.of(appointment);

    assertThat(ask("POST", "/Appointment", json(appointment)).status()).isEqualTo(200);
    refused(ask("POST", "/Appointment", json(appointment)), 409, "REC_CONFLICT", "conflict");
    assertThat(slots("busy").getTotal()).isEqualTo(1);
    String patch = "[{\"op\":\"replace\",\"path\":\"/description\",\"value\":\"later\"}]";
    CareAnswer patched = ask("PATCH", path, patch);
    assertThat(parsed(patched, Appointment.class).getDescription()).isEqualTo("later");
    appointment.setStatus(AppointmentStatus.CANCELLED);
    appointment.getMeta().setLastUpdated(java.util.Date.from(NOW.plus(Duration.ofHours(1))));
    assertThat(ask("PUT", path, json(appointment)).status()).isEqualTo(200);
    assertThat(slots("busy").getTotal()).isZero();
    refused(ask("PUT", "/Appointment/x", json(appointment)), 400, "REC_BAD_REQUEST", "invariant");
    assertThat(ask("DELETE", path, "").status()).isEqualTo(200);
    refused(ask("GET", path, ""), 404, "REC_NOT_FOUND", "not-found");
  }

  @Test
  void unknownPathsAndMethodsAreTold() {
    refused(ask("GET", "/Unknown", ""), 404, "REC_NOT_FOUND", "not-found");
    CareAnswer wrong = ask("DELETE", "/Slot", "");
    refused(wrong, 405, "REC_METHOD_NOT_ALLOWED", "not-supported");
    assertThat(wrong.headers()).containsEntry("Allow", "GET, HEAD");
  }
}
