package org.openbars.router.sandbox;

import ca.uhn.fhir.context.FhirContext;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.openbars.router.message.TargetIdentifier;

/**
 * Messages as BaRS senders and receivers exchange them, wholly synthetic: NHS numbers of the test
 * range, people and places that do not exist. The same service and seed give the same bytes. The
 * first use of HAPI takes a second or two: never on an event loop.
 */
public final class SyntheticMessages {
  /** Who sends the sandbox's requests, and whom its responses go to. */
  public static final TargetIdentifier SENDER = CareSetting.NHS_111.target();

  private static final int SLOTS = 8;

  private final TargetIdentifier service;
  private final long seed;
  private final BookingMessages booking;
  private final ReferralMessages referral;

  private SyntheticMessages(TargetIdentifier service, long seed) {
    this.service = service;
    this.seed = seed;
    String journey = new MessageDraft(seed, "care-journey").uuid();
    this.booking = new BookingMessages(service, SENDER, journey, seed);
    this.referral = new ReferralMessages(service, SENDER, journey, seed);
  }

  /** Messages to, and answers of, the service that a target identifier names. */
  public static SyntheticMessages from(TargetIdentifier service) {
    return from(service, 1);
  }

  /** As {@link #from(TargetIdentifier)}; another seed gives another patient and other ids. */
  public static SyntheticMessages from(TargetIdentifier service, long seed) {
    return new SyntheticMessages(service, seed);
  }

  public Bundle bookingRequest() {
    return booking.request();
  }

  /** The synchronous answer to a booking request. */
  public Bundle bookingResponse(Bundle request) {
    return booking.response(request);
  }

  /** A 999 referral for validation. */
  public Bundle validationRequest() {
    return referral.request();
  }

  /** The full response to a 999 referral for validation. */
  public Bundle validationResponse(Bundle request) {
    return referral.response(request);
  }

  public Bundle slots() {
    return booking.slots(SLOTS);
  }

  public Bundle messageDefinitions() {
    return ServiceDescriptions.messageDefinitions(service, seed);
  }

  public CapabilityStatement capabilityStatement() {
    return ServiceDescriptions.capabilityStatement(service, seed);
  }

  public Appointment appointment() {
    return booking.single();
  }

  public ServiceRequest serviceRequest() {
    return referral.single();
  }

  /** A search that found one resource. */
  public Bundle found(Resource resource) {
    MessageDraft draft = new MessageDraft(seed, "found");
    draft.put("urn:uuid:" + resource.getIdElement().getIdPart(), resource);
    return draft.searchset(
        "https://sandbox.example.org/FHIR/R4/" + resource.fhirType() + "?patient:identifier=x", 1);
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
