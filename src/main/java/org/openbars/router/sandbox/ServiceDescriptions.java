package org.openbars.router.sandbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.SystemRestfulInteraction;
import org.hl7.fhir.r4.model.CapabilityStatement.TypeRestfulInteraction;
import org.hl7.fhir.r4.model.Enumerations;
import org.hl7.fhir.r4.model.Enumerations.PublicationStatus;
import org.hl7.fhir.r4.model.MessageDefinition;
import org.openbars.router.message.Interaction;
import org.openbars.router.message.Interaction.Level;
import org.openbars.router.message.Interaction.Verb;
import org.openbars.router.message.TargetIdentifier;

/** What a receiver says about itself: its CapabilityStatement and its MessageDefinitions. */
final class ServiceDescriptions {
  private static final String USE_CASES = "https://fhir.nhs.uk/CodeSystem/usecases-categories-bars";
  private static final Map<Verb, TypeRestfulInteraction> CODES = codes();

  private ServiceDescriptions() {}

  private static Map<Verb, TypeRestfulInteraction> codes() {
    Map<Verb, TypeRestfulInteraction> codes = new EnumMap<>(Verb.class);
    codes.put(Verb.READ, TypeRestfulInteraction.READ);
    codes.put(Verb.SEARCH, TypeRestfulInteraction.SEARCHTYPE);
    codes.put(Verb.CREATE, TypeRestfulInteraction.CREATE);
    codes.put(Verb.UPDATE, TypeRestfulInteraction.UPDATE);
    codes.put(Verb.PATCH, TypeRestfulInteraction.PATCH);
    codes.put(Verb.DELETE, TypeRestfulInteraction.DELETE);
    return codes;
  }

  static CapabilityStatement capabilityStatement(TargetIdentifier service, long seed) {
    CapabilityStatement statement = new CapabilityStatement();
    statement.setId(new MessageDraft(seed, "capability-statement").uuid());
    statement.getMeta().setVersionId("1");
    statement.getMeta().setLastUpdatedElement(MessageDraft.instant(Duration.ZERO));
    statement.setUrl("https://sandbox.example.org/FHIR/R4/metadata");
    statement.setName("SandboxReceiver").setVersion("1.0.0").setStatus(PublicationStatus.ACTIVE);
    statement.setDateElement(MessageDraft.time(Duration.ZERO));
    statement.setKind(CapabilityStatement.CapabilityStatementKind.INSTANCE);
    statement.setDescription("A mock receiver, service " + service.value() + "; synthetic data.");
    statement.getSoftware().setName("BaRS router sandbox").setVersion("1.0.0");
    statement.getImplementation().setDescription("Mock receiver of the BaRS router's sandbox");
    statement.setFhirVersion(Enumerations.FHIRVersion._4_0_1);
    statement.addFormat("json");
    statement.addFormat("xml");
    CapabilityStatementRestComponent rest = statement.addRest();
    rest.setMode(CapabilityStatement.RestfulCapabilityMode.SERVER);
    resources().forEach(rest::addResource);
    rest.addInteraction().setCode(SystemRestfulInteraction.TRANSACTION);
    rest.addOperation()
        .setName("process-message")
        .setDefinition("http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message");
    return statement;
  }

  private static List<CapabilityStatementRestResourceComponent> resources() {
    Map<String, CapabilityStatementRestResourceComponent> byType = new LinkedHashMap<>();
    for (Interaction interaction : Interaction.values()) {
      TypeRestfulInteraction code = CODES.get(interaction.verb());
      if (interaction.level() != Level.SYSTEM && code != null) {
        byType
            .computeIfAbsent(
                interaction.resource(),
                type -> new CapabilityStatementRestResourceComponent().setType(type))
            .addInteraction()
            .setCode(code);
      }
    }
    return new ArrayList<>(byType.values());
  }

  /** What GET /MessageDefinition finds: the messages that the service takes, by use case. */
  static Bundle messageDefinitions(TargetIdentifier service, long seed) {
    MessageDraft draft = new MessageDraft(seed, "message-definitions");
    draft.put(
        draft.urn(),
        definition(
            service,
            "bars-message-booking-request",
            "booking-request",
            "a1t1",
            List.of("MessageHeader", "Appointment", "Patient", "Encounter", "Slot", "Schedule")),
        MessageDraft.BARS + "BARSMessageDefinition-Booking-Request");
    draft.put(
        draft.urn(),
        definition(
            service,
            "bars-message-servicerequest-request-validation",
            "servicerequest-request",
            "a4t1",
            List.of("MessageHeader", "ServiceRequest", "Patient", "Encounter", "CarePlan", "Flag")),
        MessageDraft.BARS + "BARSMessageDefinition-ServiceRequest-Request");
    return draft.searchset(
        "https://sandbox.example.org/FHIR/R4/MessageDefinition?context="
            + service.system()
            + "%7C"
            + service.value(),
        2);
  }

  private static MessageDefinition definition(
      TargetIdentifier service, String name, String event, String useCase, List<String> types) {
    MessageDefinition definition = new MessageDefinition();
    definition.setUrl("https://fhir.nhs.uk/MessageDefinition/" + name);
    definition.setVersion("1.0.0").setName(name).setTitle(name);
    definition.setStatus(PublicationStatus.ACTIVE);
    definition.setDateElement(MessageDraft.time(Duration.ZERO));
    definition.setEvent(
        MessageDraft.coding("https://fhir.nhs.uk/CodeSystem/message-events-bars", event));
    definition
        .addUseContext()
        .setCode(MessageDraft.coding(service.system(), service.value()))
        .setValue(MessageDraft.concept(USE_CASES, useCase));
    for (String type : types) {
      definition
          .addFocus()
          .setCode(type)
          .setProfile(MessageDraft.UK_CORE + type)
          .setMin(1)
          .setMax("1");
    }
    return definition;
  }
}
