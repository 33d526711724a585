package org.openbars.router.sandbox.synthetic;

import ca.uhn.fhir.context.FhirContext;
import java.time.Instant;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.hl7.fhir.r4.model.Slot;
import org.openbars.router.message.TargetIdentifier;

/**
 * Messages as BaRS senders and receivers exchange them, wholly synthetic: NHS numbers of the test
 * range, people and places that do not exist. The same service and seed give the same bytes. The
 * first use of HAPI takes a second or two: never on an event loop.
 */
public final class SyntheticMessages {
  /** Who sends the sandbox's requests, and whom its responses go to. */
  public static final TargetIdentifier SENDER = CareSetting.NHS_111.target();

  /** When messages are written that nobody gave an instant. */
  public static final Instant BEGAN = Instant.parse("2026-11-24T09:30:00Z");

  private static final int SLOTS = 8;
  private static final UseCase BOOKING =
      new UseCase(
          "a1t1",
          "APP1",
          "2.1.0",
          UseCase.Category.REFERRAL,
          CareSetting.NHS_111,
          CareSetting.EMERGENCY_DEPARTMENT);
  private static final UseCase VALIDATION =
      new UseCase(
          "a4t1",
          "APP4",
          "2.0.0",
          UseCase.Category.VALIDATION,
          CareSetting.AMBULANCE_CONTROL_ROOM,
          CareSetting.CLINICAL_ASSESSMENT_SERVICE);

  private final TargetIdentifier service;
  private final Conversation conversation;
  private final BookingMessages booking;
  private final ReferralMessages referral;

  private SyntheticMessages(TargetIdentifier service, long seed, Instant began) {
    this.service = service;
    this.conversation = new Conversation(BOOKING, SENDER, service, seed, began);
    this.booking = new BookingMessages(conversation);
    this.referral =
        new ReferralMessages(new Conversation(VALIDATION, SENDER, service, seed, began));
  }

  /** Messages to, and answers of, the service that a target identifier names. */
  public static SyntheticMessages from(TargetIdentifier service) {
    return from(service, 1);
  }

  /** As {@link #from(TargetIdentifier)}; another seed gives another patient and other ids. */
  public static SyntheticMessages from(TargetIdentifier service, long seed) {
    return from(service, seed, BEGAN);
  }

  /**
   * As {@link #from(TargetIdentifier, long)}.
   *
   * @param began when they are written; slots come after it
   */
  public static SyntheticMessages from(TargetIdentifier service, long seed, Instant began) {
    return new SyntheticMessages(service, seed, began);
  }

  private Slot firstSlot() {
    return Diaries.slot(service, conversation.began(), 0);
  }

  /** Asks for the service's first slot. */
  public Bundle bookingRequest() {
    return booking.request(firstSlot(), 1);
  }

  /** The synchronous answer to a booking request. */
  public Bundle bookingResponse(Bundle request) {
    return SynchronousAnswer.to(request, conversation.began());
  }

  /** A 999 referral for validation. */
  public Bundle validationRequest() {
    return referral.request(1);
  }

  /** The full response to a 999 referral for validation. */
  public Bundle validationResponse(Bundle request) {
    return referral.response(
        request, ReferralMessages.Response.VALIDATION_FULL, conversation.began());
  }

  public Bundle slots() {
    return Diaries.found(
        conversation, Diaries.slots(service, conversation.began(), SLOTS), conversation.began());
  }

  public Bundle messageDefinitions() {
    return ServiceDescriptions.messageDefinitions(service, List.of(BOOKING, VALIDATION), BEGAN);
  }

  public CapabilityStatement capabilityStatement() {
    return ServiceDescriptions.capabilityStatement(service, conversation.began());
  }

  public Appointment appointment() {
    return booking.single(firstSlot());
  }

  public ServiceRequest serviceRequest() {
    return referral.single();
  }

  /** A search that found one resource. */
  public Bundle found(Resource resource) {
    return found(resource.fhirType(), List.of(resource), conversation.began());
  }

  /** What a search by patient finds. */
  public static Bundle found(String type, List<? extends Resource> resources, Instant now) {
    MessageDraft draft = new MessageDraft(resources.size(), "found " + type, now);
    for (Resource resource : resources) {
      draft.put(Ids.urn(resource), resource);
    }
    return draft.searchset(
        "https://sandbox.example.org/FHIR/R4/" + type + "?patient:identifier=x", resources.size());
  }

  /** The resource as indented FHIR JSON. */
  public static String json(IBaseResource resource) {
    return FhirContext.forR4Cached()
        .newJsonParser()
        .setPrettyPrint(true)
        .encodeResourceToString(resource);
  }

  /** The resource as indented FHIR XML. */
  public static String xml(IBaseResource resource) {
    return FhirContext.forR4Cached()
        .newXmlParser()
        .setPrettyPrint(true)
        .encodeResourceToString(resource);
  }
}
