package org.openbars.router.sandbox.synthetic;

import java.time.Duration;
import java.util.List;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.Flag;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.QuestionnaireResponse;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.StringType;

/** What a referral says of the patient's state: nobody's. */
final class ClinicalContent {
  private static final String FHIR = "http://hl7.org/fhir/StructureDefinition/";
  private static final String NHS_CODES = "https://fhir.nhs.uk/CodeSystem/";
  private static final String SNOMED = "http://snomed.info/sct";
  private static final Duration MINUTES_AGO = Duration.ofMinutes(-10);

  private final Cast cast;
  private final boolean open;

  /**
   * @param open whether the plan is one that the receiver is to go on with
   */
  ClinicalContent(Cast cast, boolean open) {
    this.cast = cast;
    this.open = open;
  }

  CarePlan carePlan(MessageDraft draft, String summary) {
    CarePlan plan = new CarePlan();
    plan.setStatus(open ? CarePlan.CarePlanStatus.ACTIVE : CarePlan.CarePlanStatus.COMPLETED);
    plan.setIntent(CarePlan.CarePlanIntent.PLAN);
    plan.setSubject(new Reference(cast.patient));
    plan.setEncounter(new Reference(cast.encounter));
    plan.setPeriod(draft.period(MINUTES_AGO, Duration.ZERO));
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

  void put(MessageDraft draft) {
    for (String[] finding : SyntheticText.FINDINGS) {
      draft.put(draft.urn(), observation(draft, finding[0], finding[1]));
    }
    draft.put(draft.urn(), safeScene(), FHIR + "Flag", MessageDraft.BARS + "BARSFlag-scene-safety");
    draft.put(draft.urn(), consent(draft));
    draft.put(draft.urn(), answers(draft), FHIR + "QuestionnaireResponse");
  }

  private Observation observation(MessageDraft draft, String code, String display) {
    Observation observation = new Observation();
    observation.setStatus(Observation.ObservationStatus.FINAL);
    observation.setCode(MessageDraft.concept(SNOMED, code, display));
    observation.setSubject(new Reference(cast.patient));
    observation.setEncounter(new Reference(cast.encounter));
    observation.addPerformer(new Reference(cast.practitioner));
    observation.setEffective(draft.time(MINUTES_AGO));
    return observation;
  }

  private Flag safeScene() {
    Flag flag = new Flag();
    flag.setStatus(Flag.FlagStatus.ACTIVE);
    flag.addCategory(
        MessageDraft.concept(NHS_CODES + "flag-categories-bars", "SS", "Scene Safety"));
    flag.setCode(
        MessageDraft.concept(NHS_CODES + "scene-safety-codes-bars", "S", "The Scene is safe"));
    flag.setSubject(new Reference(cast.location));
    flag.setEncounter(new Reference(cast.encounter));
    return flag;
  }

  private Consent consent(MessageDraft draft) {
    Consent consent = new Consent();
    consent.setStatus(Consent.ConsentState.ACTIVE);
    consent.setScope(
        MessageDraft.concept(
            "http://terminology.hl7.org/CodeSystem/consentscope",
            "patient-privacy",
            "Privacy Consent"));
    consent.addCategory(
        MessageDraft.concept(NHS_CODES + "consent-categories-bars", "DRC", "Direct Care"));
    consent.setPatient(new Reference(cast.patient));
    consent.setDateTimeElement(draft.time(MINUTES_AGO));
    consent.setPolicyRule(
        MessageDraft.concept(
            "http://terminology.hl7.org/CodeSystem/v3-ActCode", "IMPLIED", "implied"));
    return consent;
  }

  private QuestionnaireResponse answers(MessageDraft draft) {
    QuestionnaireResponse response = new QuestionnaireResponse();
    response.setStatus(QuestionnaireResponse.QuestionnaireResponseStatus.COMPLETED);
    response.setSubject(new Reference(cast.patient));
    response.setEncounter(new Reference(cast.encounter));
    response.setAuthoredElement(draft.time(MINUTES_AGO));
    List<String[]> asked = SyntheticText.QUESTIONS;
    for (int i = 0; i < asked.size(); i++) {
      QuestionnaireResponse.QuestionnaireResponseItemComponent item = response.addItem();
      item.setLinkId("q" + (i + 1)).setText(asked.get(i)[0]);
      item.addAnswer().setValue(new StringType(asked.get(i)[1]));
    }
    return response;
  }
}
