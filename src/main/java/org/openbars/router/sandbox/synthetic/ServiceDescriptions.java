package org.openbars.router.sandbox.synthetic;

import java.time.Duration;
import java.time.Instant;
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
public final class ServiceDescriptions {
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

  public static CapabilityStatement capabilityStatement(TargetIdentifier service, Instant now) {
    CapabilityStatement statement = new CapabilityStatement();
    MessageDraft draft = new MessageDraft(1, "capability-statement", now);
    statement.setId(draft.uuid());
    statement.getMeta().setVersionId("1");
    statement.getMeta().setLastUpdatedElement(draft.instant(Duration.ZERO));
    statement.setUrl("https://sandbox.example.org/FHIR/R4/metadata");
    statement.setName("SandboxReceiver").setVersion("1.0.0").setStatus(PublicationStatus.ACTIVE);
    statement.setDateElement(draft.time(Duration.ZERO));
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

  /**
   * What {@code GET /MessageDefinition} finds: the messages that the service takes, one for each
   * use case.
   */
  public static Bundle messageDefinitions(
      TargetIdentifier service, List<UseCase> useCases, Instant now) {
    MessageDraft draft = new MessageDraft(1, "message-definitions", now);
    int total = 0;
    for (UseCase useCase : useCases) {
      boolean validation = useCase.category() == UseCase.Category.VALIDATION;
      String request = "bars-message-servicerequest-request-" + useCase.category().code();
      List<String> types =
          validation
              ? List.of(
                  "MessageHeader", "ServiceRequest", "Patient", "Encounter", "CarePlan", "Flag")
              : List.of("MessageHeader", "ServiceRequest", "Patient", "Encounter", "CarePlan");
      put(draft, service, request, useCase, types);
      put(
          draft,
          service,
          "bars-message-servicerequest-request-cancelled",
          useCase,
          List.of("MessageHeader", "ServiceRequest", "Patient"));
      total += 2;
      if (!validation) {
        List<String> booking =
            List.of("MessageHeader", "Appointment", "Patient", "Encounter", "Slot", "Schedule");
        put(draft, service, "bars-message-booking-request", useCase, booking);
        put(draft, service, "bars-message-booking-request-cancelled", useCase, booking);
        total += 2;
      }
    }
    return draft.searchset(
        "https://sandbox.example.org/FHIR/R4/MessageDefinition?context="
            + service.system()
            + "%7C"
            + service.value(),
        total);
  }

  private static void put(
      MessageDraft draft,
      TargetIdentifier service,
      String name,
      UseCase useCase,
      List<String> types) {
    boolean booking = name.contains("booking");
    MessageDefinition definition = new MessageDefinition();
    definition.setUrl("https://fhir.nhs.uk/MessageDefinition/" + name);
    definition.setVersion(useCase.version()).setName(name.replace('-', '_')).setTitle(name);
    definition.setStatus(PublicationStatus.ACTIVE);
    definition.setDateElement(draft.time(Duration.ZERO));
    definition.setEvent(
        MessageDraft.coding(
            "https://fhir.nhs.uk/CodeSystem/message-events-bars",
            booking ? "booking-request" : "servicerequest-request"));
    definition
        .addUseContext()
        .setCode(MessageDraft.coding(service.system(), service.value()))
        .setValue(MessageDraft.concept(UseCase.SYSTEM, useCase.code()));
    for (String type : types) {
      definition
          .addFocus()
          .setCode(type)
          .setProfile(MessageDraft.UK_CORE + type)
          .setMin(1)
          .setMax("1");
    }
    draft.put(
        draft.urn(),
        definition,
        MessageDraft.BARS
            + (booking
                ? "BARSMessageDefinition-Booking-Request"
                : "BARSMessageDefinition-ServiceRequest-Request"));
  }
}
