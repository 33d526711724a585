package org.openbars.router.sandbox.synthetic;

import java.time.Duration;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Encounter.EncounterStatus;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.HealthcareService;
import org.hl7.fhir.r4.model.Location;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.StringType;
import org.openbars.router.message.TargetIdentifier;

/**
 * The people and places of one conversation. They have the same ids in every message of it, as
 * updates and responses must name what was sent before.
 */
final class Cast {
  private final Conversation conversation;
  final String patient;
  final String practice;
  final String encounter;
  final String service;
  final String practitioner;
  final String role;
  final String location;
  final String receiving;
  final String sending;

  Cast(Conversation conversation) {
    this.conversation = conversation;
    MessageDraft ids = conversation.draft("cast");
    patient = ids.urn();
    practice = ids.urn();
    encounter = ids.urn();
    service = ids.urn();
    practitioner = ids.urn();
    role = ids.urn();
    location = ids.urn();
    receiving = ids.urn();
    sending = ids.urn();
  }

  /** Who is cared for, between whom: what no message can leave out. */
  void putParties(MessageDraft draft) {
    draft.put(patient, SyntheticPeople.patient(conversation.draft("patient"), practice));
    draft.put(practice, SyntheticPeople.organization("ZZ9001", "Sandbox Surgery"));
    draft.put(receiving, organization(conversation.receiver()));
    draft.put(sending, organization(conversation.sender()));
  }

  private static Organization organization(TargetIdentifier target) {
    String ods = CareSetting.of(target).map(CareSetting::odsCode).orElse("ZZ9002");
    String name =
        CareSetting.of(target).map(CareSetting::label).orElse("service " + target.value());
    return SyntheticPeople.organization(ods, "Sandbox " + name);
  }

  /** Who works where. */
  void putStaff(MessageDraft draft) {
    MessageDraft staff = conversation.draft("staff");
    draft.put(practitioner, SyntheticPeople.practitioner(staff));
    draft.put(role, SyntheticPeople.role(practitioner, receiving));
  }

  /** The service that the message is sent to. */
  void putService(MessageDraft draft) {
    HealthcareService resource = new HealthcareService();
    TargetIdentifier receiver = conversation.receiver();
    resource.addIdentifier().setSystem(receiver.system()).setValue(receiver.value());
    resource.setActive(true).setName("Sandbox service " + receiver.value());
    resource.setProvidedBy(new Reference(receiving));
    resource.addLocation(new Reference(location));
    draft.put(
        service,
        resource,
        "http://hl7.org/fhir/StructureDefinition/HealthcareService",
        MessageDraft.UK_CORE + "HealthcareService");
  }

  void putRooms(MessageDraft draft) {
    draft.put(location, SyntheticPeople.location("Sandbox consulting rooms"));
  }

  /** Where the ambulance would go. */
  void putScene(MessageDraft draft) {
    Location scene = SyntheticPeople.location("Pattern Square, by the fountain");
    Extension grid = scene.addExtension();
    grid.setUrl(MessageDraft.BARS + "LocationExtension");
    grid.addExtension("UPRN", new StringType("000000000000"));
    grid.addExtension("eastings", new StringType("000000"));
    grid.addExtension("northings", new StringType("000000"));
    draft.put(location, scene);
  }

  void putEncounter(MessageDraft draft) {
    draft.put(encounter, encounter(draft, EncounterStatus.TRIAGED));
  }

  /** An encounter carries the care journey's id (EpisodeOfCare.id) from one service to the next. */
  Encounter encounter(MessageDraft draft, EncounterStatus status) {
    Encounter resource = new Encounter();
    resource
        .addIdentifier()
        .setSystem("https://sandbox.example.org/Id/case-number")
        .setValue("case-" + draft.upTo(1_000_000));
    resource.setStatus(status);
    resource.setClass_(
        new Coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "EMER", "emergency"));
    resource.setSubject(new Reference(patient));
    resource.addEpisodeOfCare(new Reference("EpisodeOfCare/" + conversation.journey()));
    resource.setPeriod(draft.period(Duration.ofMinutes(-30), Duration.ZERO));
    return resource;
  }
}
