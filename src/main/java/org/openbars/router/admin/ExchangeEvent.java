package org.openbars.router.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventAction;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventAgentComponent;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventAgentNetworkType;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventEntityComponent;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventOutcome;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.StringType;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.Fate;
import org.openbars.router.message.Interaction;
import org.openbars.router.message.NhsNumber;

/**
 * One exchange as an R4 AuditEvent: a RESTful operation by the sender's application, through this
 * router, on the receiver. Codes of the router's own stand without a system.
 */
final class ExchangeEvent {
  private static final String HL7 = "http://terminology.hl7.org/CodeSystem/";
  private static final String DICOM = "http://dicom.nema.org/resources/ontology/DCM";
  private static final String REST = "http://hl7.org/fhir/restful-interaction";
  private static final String ODS = "https://fhir.nhs.uk/Id/ods-organization-code";

  /** What the record says besides, as details of the message. */
  private static final List<String> DETAILS =
      List.of(
          "method",
          "apiVersion",
          "useCase",
          "category",
          "event",
          "reason",
          "status",
          "error",
          "connectedAt",
          "requestSentAt",
          "answerHeadAt",
          "bytesFromSender",
          "bytesToSender",
          "malformedHeader",
          "nhsNumberHeld",
          "inspection",
          "destinationMatch",
          "bundleId",
          "bundleTimestamp",
          "messageEvent",
          "messageReason",
          "definition",
          "sourceEndpoint",
          "destinationEndpoint",
          "responseIdentifier",
          "messageUseCase",
          "messageCategory",
          "serviceRequestStatus",
          "serviceRequestIdentifier",
          "appointmentStatus",
          "appointmentIdentifier",
          "invalidNhsNumber");

  private final JsonObject record;
  private final AuditEvent event = new AuditEvent();

  private ExchangeEvent(JsonObject record) {
    this.record = record;
  }

  static AuditEvent of(JsonObject record) {
    ExchangeEvent made = new ExchangeEvent(record);
    made.what();
    made.when();
    made.outcome();
    made.agents();
    made.entities();
    return made.event;
  }

  /** Names the person the exchange was about. */
  static void addPerson(AuditEvent event, NhsNumber person) {
    AuditEventEntityComponent patient = event.addEntity();
    patient.setType(new Coding(HL7 + "audit-entity-type", "1", "Person"));
    patient.setRole(new Coding(HL7 + "object-role", "1", "Patient"));
    patient.getWhat().getIdentifier().setSystem(NhsNumber.SYSTEM).setValue(person.digits());
  }

  private void what() {
    event.setId(record.getString("id"));
    event.setType(new Coding(HL7 + "audit-event-type", "rest", "RESTful Operation"));
    Optional<Interaction> interaction =
        Arrays.stream(Interaction.values())
            .filter(known -> known.name().equals(record.getString("interaction")))
            .findFirst();
    interaction.ifPresent(
        known -> {
          event.addSubtype(new Coding().setSystem(REST).setCode(restCode(known)));
          event.addSubtype(new Coding().setCode(known.name()));
          event.setAction(action(known));
        });
  }

  private static String restCode(Interaction interaction) {
    return switch (interaction.verb()) {
      case READ -> interaction == Interaction.METADATA ? "capabilities" : "read";
      case SEARCH -> "search-type";
      case CREATE -> "create";
      case UPDATE -> "update";
      case PATCH -> "patch";
      case DELETE -> "delete";
      case OPERATION -> "operation";
    };
  }

  private static AuditEventAction action(Interaction interaction) {
    return switch (interaction.verb()) {
      case READ -> AuditEventAction.R;
      case SEARCH, OPERATION -> AuditEventAction.E;
      case CREATE -> AuditEventAction.C;
      case UPDATE, PATCH -> AuditEventAction.U;
      case DELETE -> AuditEventAction.D;
    };
  }

  private void when() {
    String received = record.getString("receivedAt");
    String closed = record.getString("closedAt", received);
    event.setRecordedElement(new InstantType(closed));
    event.setPeriod(
        new Period()
            .setStartElement(new DateTimeType(received))
            .setEndElement(new DateTimeType(closed)));
  }

  private void outcome() {
    String fate = record.getString("fate");
    String error = record.getString("error");
    event.setOutcome(outcome(fate, record.getInteger("status", 0)));
    event.setOutcomeDesc(error == null ? fate : fate + ": " + error);
  }

  /** 0 is success, 4 the asker's fault, 8 ours, the receiver's, or not known. */
  private static AuditEventOutcome outcome(String name, int status) {
    AuditEventOutcome byStatus =
        status >= 500 || status < 100
            ? AuditEventOutcome._8
            : status >= 400 ? AuditEventOutcome._4 : AuditEventOutcome._0;
    return Arrays.stream(Fate.values())
        .filter(fate -> fate.name().equals(name))
        .findFirst()
        .map(
            fate ->
                switch (fate) {
                  case ANSWERED, ANSWERED_BY_ROUTER, ANSWER_REPLACED, REFUSED -> byStatus;
                  case NEVER_SENT, TIMED_OUT, OUTCOME_UNKNOWN, ANSWER_CUT_OFF, SENDER_LEFT ->
                      AuditEventOutcome._8;
                })
        .orElse(AuditEventOutcome._8);
  }

  private void agents() {
    JsonObject software = record.getJsonObject("requestingSoftware", new JsonObject());
    AuditEventAgentComponent sender = agent("110153", "Source Role ID");
    sender.setRequestor(true).setName(software.getString("name"));
    identify(sender, software.getString("system"), software.getString("value"));
    at(sender, record.getString("senderAddress"), AuditEventAgentNetworkType._2);
    String organisation = record.getString("endUserOrganisation");
    if (organisation != null) {
      AuditEventAgentComponent user = event.addAgent().setRequestor(false);
      user.setType(coded(HL7 + "v3-RoleClass", "PROV", "healthcare provider"));
      identify(user, ODS, organisation);
    }
    agent("110150", "Application").setRequestor(false).setName(record.getString("node"));
    String receiver = record.getString("receiver");
    if (receiver != null) {
      AuditEventAgentComponent to = agent("110152", "Destination Role ID");
      at(to.setRequestor(false), receiver, AuditEventAgentNetworkType._1);
    }
    event.getSource().getObserver().setDisplay(record.getString("node"));
    event.getSource().addType(new Coding(HL7 + "security-source-type", "4", "Application Server"));
  }

  private AuditEventAgentComponent agent(String code, String display) {
    return event.addAgent().setType(coded(DICOM, code, display));
  }

  private static CodeableConcept coded(String system, String code, String display) {
    return new CodeableConcept(new Coding(system, code, display));
  }

  private static void identify(
      AuditEventAgentComponent agent, @Nullable String system, @Nullable String value) {
    if (value != null) {
      agent.getWho().getIdentifier().setSystem(system).setValue(value);
    }
  }

  private static void at(
      AuditEventAgentComponent agent, @Nullable String address, AuditEventAgentNetworkType type) {
    if (address != null) {
      agent.getNetwork().setAddress(address).setType(type);
    }
  }

  private void entities() {
    AuditEventEntityComponent message = entity("X-Request-Id", record.getString("requestId"));
    DETAILS.forEach(name -> detail(message, name, record.getValue(name)));
    for (Object each : record.getJsonArray("corrections", new JsonArray())) {
      detail(message, "correction", each);
    }
    String correlationId = record.getString("correlationId");
    if (correlationId != null) {
      entity("X-Correlation-Id", correlationId);
    }
    JsonObject target = record.getJsonObject("target");
    if (target != null) {
      entity("NHSD-Target-Identifier", target.getString("value"))
          .getWhat()
          .getIdentifier()
          .setSystem(target.getString("system"));
    }
  }

  private AuditEventEntityComponent entity(String name, @Nullable String value) {
    AuditEventEntityComponent entity = event.addEntity().setName(name);
    entity.setType(new Coding(HL7 + "audit-entity-type", "2", "System Object"));
    if (value != null) {
      entity.getWhat().getIdentifier().setValue(value);
    }
    return entity;
  }

  private static void detail(
      AuditEventEntityComponent entity, String name, @Nullable Object value) {
    if (value != null) {
      entity.addDetail().setType(name).setValue(new StringType(value.toString()));
    }
  }
}
