package org.openbars.router.sandbox.synthetic;

import java.time.Duration;
import java.time.Instant;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Encounter.EncounterStatus;
import org.hl7.fhir.r4.model.MessageHeader;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.hl7.fhir.r4.model.ServiceRequest.ServiceRequestStatus;
import org.hl7.fhir.r4.model.Task;
import org.openbars.router.sandbox.synthetic.MessageDraft.Envelope;
import org.openbars.router.sandbox.synthetic.UseCase.Category;

/**
 * Referral and validation: the request, its update and cancellation, and the responses that the
 * receiver sends with the roles reversed (Core 1.5.0, Standard-Pattern-For-Composites).
 */
public final class ReferralMessages {
  private static final String FHIR = "http://hl7.org/fhir/StructureDefinition/";
  private static final String NHS_CODES = "https://fhir.nhs.uk/CodeSystem/";
  private static final String DEFINITION = "bars-message-servicerequest-";

  private final Conversation conversation;
  private final Cast cast;
  private final ClinicalContent clinical;

  /** What a receiver tells the sender of a referral later on. */
  public enum Response {
    /** Validation has begun: an encounter of the receiver's is in progress. */
    VALIDATION_INTERIM("new", "response-validation-interim"),
    /** Validation is over. */
    VALIDATION_FULL("update", "response-validation-full"),
    /** Between control rooms: the case is taken, a resource is on its way. */
    ACCEPTED("new", "response-referral-short"),
    /** Between control rooms: the case is closed. */
    COMPLETED("update", "response-referral-short"),
    /** Between control rooms: the case is not taken. */
    REJECTED("new", "response-referral-short"),
    /** The patient did not attend. */
    DID_NOT_ATTEND("new", "response-referral");

    private final String reason;
    private final String definition;

    Response(String reason, String definition) {
      this.reason = reason;
      this.definition = DEFINITION + definition;
    }

    public String reason() {
      return reason;
    }

    private ServiceRequestStatus status() {
      return switch (this) {
        case VALIDATION_INTERIM, ACCEPTED, COMPLETED -> ServiceRequestStatus.ACTIVE;
        case VALIDATION_FULL -> ServiceRequestStatus.COMPLETED;
        case REJECTED, DID_NOT_ATTEND -> ServiceRequestStatus.REVOKED;
      };
    }

    private EncounterStatus encounter() {
      return switch (this) {
        case VALIDATION_INTERIM, ACCEPTED -> EncounterStatus.INPROGRESS;
        case VALIDATION_FULL, COMPLETED -> EncounterStatus.FINISHED;
        case REJECTED, DID_NOT_ATTEND -> EncounterStatus.CANCELLED;
      };
    }

    private boolean aboutTheEncounter() {
      return this != DID_NOT_ATTEND && this != REJECTED;
    }
  }

  public ReferralMessages(Conversation conversation) {
    this.conversation = conversation;
    this.cast = new Cast(conversation);
    this.clinical = new ClinicalContent(cast, validates() || betweenControlRooms());
  }

  private boolean validates() {
    return conversation.useCase().category() == Category.VALIDATION;
  }

  private boolean betweenControlRooms() {
    return conversation.useCase().application().equals("APP6");
  }

  /**
   * The referral, or the request for validation.
   *
   * @param nth of the conversation's referrals, from 1: each has ids of its own
   */
  public Bundle request(int nth) {
    MessageDraft draft = conversation.draft("servicerequest-request " + nth);
    ServiceRequest request = serviceRequest(draft);
    request.setId(conversation.draft("service-request " + nth).uuid());
    return whole(draft, request, "new");
  }

  /** The same with more to say; otherwise what the receiver holds. */
  public Bundle update(ServiceRequest held, Instant now) {
    MessageDraft draft = conversation.draft("servicerequest-update" + now, now);
    ServiceRequest request = held.copy();
    request.setPatientInstruction("Synthetic: breathing is worse than at the first call.");
    request.getMeta().setLastUpdatedElement(draft.instant(Duration.ZERO));
    return whole(draft, request, "update");
  }

  private Bundle whole(MessageDraft draft, ServiceRequest request, String reason) {
    String carePlan = conversation.draft("care-plan").urn();
    request.getBasedOn().clear();
    request.addBasedOn(new Reference(carePlan));
    String focus = put(draft, request);
    cast.putEncounter(draft);
    draft.put(carePlan, clinical.carePlan(draft, SyntheticText.TRIAGE));
    if (betweenControlRooms()) {
      draft.put(conversation.draft("task").urn(), task(draft, focus), FHIR + "Task");
    }
    people(draft);
    clinical.put(draft);
    String kind = validates() ? "validation" : "referral";
    return draft.message(
        draft.header(request("request-" + kind, reason, focus)), conversation.useCase().version());
  }

  /** What the receiver holds, revoked: focus and parties only. */
  public Bundle cancellation(ServiceRequest held, Instant now) {
    MessageDraft draft = conversation.draft("servicerequest-cancellation" + now, now);
    ServiceRequest request = held.copy();
    request.setStatus(ServiceRequestStatus.REVOKED);
    request.getBasedOn().clear();
    request.getMeta().setLastUpdatedElement(draft.instant(Duration.ZERO));
    String focus = put(draft, request);
    cast.putEncounter(draft);
    people(draft);
    return draft.message(
        draft.header(request("request-cancelled", "update", focus)),
        conversation.useCase().version());
  }

  private Envelope request(String definition, String reason, String focus) {
    return new Envelope(
        "servicerequest-request",
        reason,
        DEFINITION + definition,
        conversation.receiver(),
        conversation.sender(),
        focus,
        cast.receiving,
        cast.sending);
  }

  /**
   * What the receiver sends back, naming the request it is about.
   *
   * @param now later than the request
   */
  public Bundle response(Bundle request, Response response, Instant now) {
    MessageDraft draft = conversation.draft("response " + response, now);
    ServiceRequest echoed = serviceRequest(draft).setStatus(response.status());
    echoed.setId(Ids.of(referralIn(request)));
    String referral = put(draft, echoed);
    cast.putEncounter(draft);
    // The receiver's encounter is one and the same from the first response to the last.
    String encounter = conversation.draft("receiver's encounter").urn();
    draft.put(encounter, receivers(draft, response));
    if (betweenControlRooms()) {
      draft.put(conversation.draft("task").urn(), task(draft, referral), FHIR + "Task");
    }
    people(draft);
    if (response == Response.VALIDATION_FULL) {
      draft.put(draft.urn(), clinical.carePlan(draft, SyntheticText.VALIDATION));
      clinical.put(draft);
    }
    Envelope envelope =
        new Envelope(
                "servicerequest-response",
                response.reason,
                response.definition,
                conversation.receiver(),
                conversation.sender(),
                response.aboutTheEncounter() ? encounter : referral,
                cast.receiving,
                cast.sending)
            .reversed();
    MessageHeader header = draft.header(envelope);
    header.getResponse().setIdentifier(Ids.of(request)).setCode(MessageHeader.ResponseType.OK);
    return draft.message(header, conversation.useCase().version());
  }

  /** The referral that a request is about. */
  public static ServiceRequest referralIn(Bundle request) {
    return request.getEntry().stream()
        .map(Bundle.BundleEntryComponent::getResource)
        .filter(ServiceRequest.class::isInstance)
        .map(ServiceRequest.class::cast)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("the message has no ServiceRequest"));
  }

  private Encounter receivers(MessageDraft draft, Response response) {
    Encounter encounter = cast.encounter(draft, response.encounter());
    if (validates()) {
      encounter.addReasonCode(
          MessageDraft.concept(
              NHS_CODES + "message-reason-encounter",
              "validation-triage-outcome",
              "Validation of triage outcome"));
    }
    return encounter;
  }

  private String put(MessageDraft draft, ServiceRequest request) {
    String urn = Ids.urn(request);
    request.setEncounter(new Reference(cast.encounter));
    request.setRequester(new Reference(cast.practitioner));
    request.getPerformer().clear();
    request.addPerformer(new Reference(cast.service));
    request.getLocationReference().clear();
    request.addLocationReference(new Reference(cast.location));
    draft.put(urn, request, profile());
    return urn;
  }

  private String profile() {
    return MessageDraft.BARS
        + (validates()
            ? "BARSServiceRequest-request-validation"
            : "BARSServiceRequest-request-referral");
  }

  private ServiceRequest serviceRequest(MessageDraft draft) {
    UseCase useCase = conversation.useCase();
    ServiceRequest request = new ServiceRequest();
    request.setStatus(ServiceRequestStatus.ACTIVE);
    request.setIntent(ServiceRequest.ServiceRequestIntent.PLAN);
    request
        .addCategory()
        .addCoding(
            MessageDraft.coding(
                NHS_CODES + "message-category-servicerequest", useCase.category().code()))
        .addCoding(MessageDraft.coding(UseCase.SYSTEM, useCase.code()));
    request.setSubject(new Reference(cast.patient));
    request.setOccurrence(draft.period(Duration.ZERO, Duration.ofMinutes(20)));
    request.setAuthoredOnElement(draft.time(Duration.ZERO));
    return request;
  }

  private void people(MessageDraft draft) {
    cast.putParties(draft);
    cast.putService(draft);
    cast.putStaff(draft);
    cast.putScene(draft);
  }

  private Task task(MessageDraft draft, String focus) {
    Task task = new Task();
    task.setStatus(Task.TaskStatus.REQUESTED).setIntent(Task.TaskIntent.ORDER);
    task.setFocus(new Reference(focus)).setFor(new Reference(cast.patient));
    task.setAuthoredOnElement(draft.time(Duration.ZERO));
    return task;
  }

  /** One service request by itself, as {@code POST /ServiceRequest} takes it. */
  public ServiceRequest single() {
    MessageDraft draft = conversation.draft("single service-request");
    ServiceRequest request = serviceRequest(draft);
    Reference patient = new Reference();
    patient.setIdentifier(
        SyntheticPeople.patient(conversation.draft("patient"), cast.practice)
            .getIdentifierFirstRep()
            .copy());
    request.setSubject(patient);
    request.setId(draft.uuid());
    request.getMeta().addProfile(profile()).setVersionId("1");
    request.getMeta().setLastUpdatedElement(draft.instant(Duration.ZERO));
    return request;
  }
}
