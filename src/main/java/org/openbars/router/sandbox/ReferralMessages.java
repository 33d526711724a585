package org.openbars.router.sandbox;

import java.time.Duration;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Flag;
import org.hl7.fhir.r4.model.HealthcareService;
import org.hl7.fhir.r4.model.Location;
import org.hl7.fhir.r4.model.MessageHeader;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.QuestionnaireResponse;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.hl7.fhir.r4.model.StringType;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.sandbox.MessageDraft.Envelope;

/** Referral from 999 for validation of a category 3 or 4 case, and its full response. */
final class ReferralMessages {
  private static final String FHIR = "http://hl7.org/fhir/StructureDefinition/";
  private static final String NHS_CODES = "https://fhir.nhs.uk/CodeSystem/";
  private static final String SNOMED = "http://snomed.info/sct";
  private static final Duration MINUTES_AGO = Duration.ofMinutes(-10);

  private final TargetIdentifier receiver;
  private final TargetIdentifier sender;
  private final String journey;
  private final long seed;

  ReferralMessages(TargetIdentifier receiver, TargetIdentifier sender, String journey, long seed) {
    this.receiver = receiver;
    this.sender = sender;
    this.journey = journey;
    this.seed = seed;
  }

  /** The entries that a referral's message refers to. */
  private record Urns(
      String request,
      String patient,
      String encounter,
      String carePlan,
      String practice,
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
          draft.urn());
    }
  }

  Bundle request() {
    MessageDraft draft = new MessageDraft(seed, "validation-request");
    Urns urns = Urns.of(draft);
    referral(draft, urns);
    draft.put(urns.encounter, BookingMessages.encounter(draft, urns.patient, journey));
    draft.put(urns.carePlan, carePlan(urns, SyntheticText.TRIAGE));
    people(draft, urns);
    clinical(draft, urns);
    return draft.message(
        draft.header(
            new Envelope(
                "servicerequest-request",
                "new",
                "bars-message-servicerequest-request-validation",
                receiver,
                sender,
                urns.request,
                urns.receiving,
                urns.sending)));
  }

  /** The full response: the validated outcome, naming the request it answers. */
  Bundle response(Bundle request) {
    MessageDraft draft = new MessageDraft(seed, "validation-response");
    Urns urns = Urns.of(draft);
    String outcome = draft.urn();
    referral(draft, urns);
    draft.put(urns.encounter, BookingMessages.encounter(draft, urns.patient, journey));
    draft.put(outcome, validated(draft, urns));
    draft.put(urns.carePlan, carePlan(urns, SyntheticText.VALIDATION));
    people(draft, urns);
    clinical(draft, urns);
    MessageHeader header =
        draft.header(
            new Envelope(
                "servicerequest-response",
                "new",
                "bars-message-servicerequest-response-validation-full",
                sender,
                receiver,
                outcome,
                urns.sending,
                urns.receiving));
    header
        .getResponse()
        .setIdentifier(request.getIdElement().getIdPart())
        .setCode(MessageHeader.ResponseType.OK);
    return draft.message(header);
  }

  private Encounter validated(MessageDraft draft, Urns urns) {
    Encounter encounter = BookingMessages.encounter(draft, urns.patient, journey);
    encounter.setStatus(Encounter.EncounterStatus.FINISHED);
    encounter.addReasonCode(
        MessageDraft.concept(
            NHS_CODES + "message-reason-encounter",
            "validation-triage-outcome",
            "Validation of triage outcome"));
    return encounter;
  }

  private void referral(MessageDraft draft, Urns urns) {
    ServiceRequest request = serviceRequest(urns.patient);
    request.addBasedOn(new Reference(urns.carePlan));
    request.setEncounter(new Reference(urns.encounter));
    request.setRequester(new Reference(urns.practitioner));
    request.addPerformer(new Reference(urns.service));
    request.addLocationReference(new Reference(urns.location));
    draft.put(urns.request, request, MessageDraft.BARS + "BARSServiceRequest-request-validation");
  }

  private static ServiceRequest serviceRequest(String patient) {
    ServiceRequest request = new ServiceRequest();
    request.setStatus(ServiceRequest.ServiceRequestStatus.ACTIVE);
    request.setIntent(ServiceRequest.ServiceRequestIntent.PLAN);
    request.addCategory(
        MessageDraft.concept(
            NHS_CODES + "message-category-servicerequest", "validation", "For Validation"));
    request.setSubject(new Reference(patient));
    request.setOccurrence(MessageDraft.period(Duration.ZERO, Duration.ofMinutes(20)));
    request.setAuthoredOnElement(MessageDraft.time(Duration.ZERO));
    return request;
  }

  private void people(MessageDraft draft, Urns urns) {
    draft.put(urns.patient, SyntheticPeople.patient(draft, urns.practice));
    draft.put(urns.practice, SyntheticPeople.organization("ZZ9001", "Sandbox Surgery"));
    HealthcareService service = new HealthcareService();
    service.addIdentifier().setSystem(receiver.system()).setValue(receiver.value());
    service.setActive(true).setName("Sandbox service " + receiver.value());
    service.setProvidedBy(new Reference(urns.receiving));
    draft.put(
        urns.service,
        service,
        FHIR + "HealthcareService",
        MessageDraft.UK_CORE + "HealthcareService");
    draft.put(urns.practitioner, SyntheticPeople.practitioner(draft));
    draft.put(urns.role, SyntheticPeople.role(urns.practitioner, urns.practice));
    draft.put(urns.receiving, SyntheticPeople.organization("ZZ9002", "Sandbox Receiving Trust"));
    draft.put(urns.sending, SyntheticPeople.organization("ZZ9004", "Sandbox Ambulance Service"));
    Location scene = SyntheticPeople.location("Pattern Square, by the fountain");
    Extension grid = scene.addExtension();
    grid.setUrl(MessageDraft.BARS + "LocationExtension");
    grid.addExtension("UPRN", new StringType("000000000000"));
    grid.addExtension("eastings", new StringType("000000"));
    grid.addExtension("northings", new StringType("000000"));
    draft.put(urns.location, scene);
  }

  private static CarePlan carePlan(Urns urns, String summary) {
    CarePlan plan = new CarePlan();
    plan.setStatus(CarePlan.CarePlanStatus.ACTIVE).setIntent(CarePlan.CarePlanIntent.PLAN);
    plan.setSubject(new Reference(urns.patient));
    plan.setEncounter(new Reference(urns.encounter));
    plan.setPeriod(MessageDraft.period(MINUTES_AGO, Duration.ZERO));
    CarePlan.CarePlanActivityComponent activity = plan.addActivity();
    activity.addOutcomeCodeableConcept(
        MessageDraft.concept(NHS_CODES + "pathways-sd-codes", "SD0000", "Synthetic discriminator"));
    activity.addOutcomeCodeableConcept(
        MessageDraft.concept(NHS_CODES + "pathways-sg-codes", "SG0000", "Synthetic group"));
    activity.addOutcomeCodeableConcept(
        MessageDraft.concept(
            NHS_CODES + "pathways-dx-codes",
            "Dx0122",
            "Emergency Ambulance Response (Category 3)"));
    activity.addOutcomeCodeableConcept(
        MessageDraft.concept(NHS_CODES + "arp-priority-code", "C3", "Cat3 Urgent"));
    CodeableConcept text = new CodeableConcept();
    text.setText(summary);
    activity.addOutcomeCodeableConcept(text);
    return plan;
  }

  private static void clinical(MessageDraft draft, Urns urns) {
    for (String[] finding : SyntheticText.FINDINGS) {
      draft.put(draft.urn(), observation(urns, finding[0], finding[1]));
    }
    draft.put(
        draft.urn(), safeScene(urns), FHIR + "Flag", MessageDraft.BARS + "BARSFlag-scene-safety");
    draft.put(draft.urn(), consent(urns));
    draft.put(draft.urn(), answers(urns), FHIR + "QuestionnaireResponse");
  }

  private static Observation observation(Urns urns, String code, String display) {
    Observation observation = new Observation();
    observation.setStatus(Observation.ObservationStatus.FINAL);
    observation.setCode(MessageDraft.concept(SNOMED, code, display));
    observation.setSubject(new Reference(urns.patient));
    observation.setEncounter(new Reference(urns.encounter));
    observation.addPerformer(new Reference(urns.practitioner));
    observation.setEffective(MessageDraft.time(MINUTES_AGO));
    return observation;
  }

  private static Flag safeScene(Urns urns) {
    Flag flag = new Flag();
    flag.setStatus(Flag.FlagStatus.ACTIVE);
    flag.addCategory(
        MessageDraft.concept(NHS_CODES + "flag-categories-bars", "SS", "Scene Safety"));
    flag.setCode(
        MessageDraft.concept(NHS_CODES + "scene-safety-codes-bars", "S", "The Scene is safe"));
    flag.setSubject(new Reference(urns.location));
    flag.setEncounter(new Reference(urns.encounter));
    return flag;
  }

  private static Consent consent(Urns urns) {
    Consent consent = new Consent();
    consent.setStatus(Consent.ConsentState.ACTIVE);
    consent.setScope(
        MessageDraft.concept(
            "http://terminology.hl7.org/CodeSystem/consentscope",
            "patient-privacy",
            "Privacy Consent"));
    consent.addCategory(
        MessageDraft.concept(NHS_CODES + "consent-categories-bars", "DRC", "Direct Care"));
    consent.setPatient(new Reference(urns.patient));
    consent.setDateTimeElement(MessageDraft.time(MINUTES_AGO));
    consent.setPolicyRule(
        MessageDraft.concept(
            "http://terminology.hl7.org/CodeSystem/v3-ActCode", "IMPLIED", "implied"));
    return consent;
  }

  private static QuestionnaireResponse answers(Urns urns) {
    QuestionnaireResponse response = new QuestionnaireResponse();
    response.setStatus(QuestionnaireResponse.QuestionnaireResponseStatus.COMPLETED);
    response.setSubject(new Reference(urns.patient));
    response.setEncounter(new Reference(urns.encounter));
    response.setAuthoredElement(MessageDraft.time(MINUTES_AGO));
    List<String[]> asked = SyntheticText.QUESTIONS;
    for (int i = 0; i < asked.size(); i++) {
      QuestionnaireResponse.QuestionnaireResponseItemComponent item = response.addItem();
      item.setLinkId("q" + (i + 1)).setText(asked.get(i)[0]);
      item.addAnswer().setValue(new StringType(asked.get(i)[1]));
    }
    return response;
  }

  /** One service request by itself, as GET /ServiceRequest/{id} finds it. */
  ServiceRequest single() {
    MessageDraft draft = new MessageDraft(seed, "service-request");
    ServiceRequest request = serviceRequest(draft.urn());
    request.setId(draft.uuid());
    request
        .getMeta()
        .addProfile(MessageDraft.BARS + "BARSServiceRequest-request-validation")
        .setVersionId("1");
    request.getMeta().setLastUpdatedElement(MessageDraft.instant(Duration.ZERO));
    return request;
  }
}
