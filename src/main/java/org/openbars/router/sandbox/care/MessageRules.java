package org.openbars.router.sandbox.care;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Encounter.EncounterStatus;
import org.hl7.fhir.r4.model.MessageHeader.MessageDestinationComponent;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.hl7.fhir.r4.model.ServiceRequest.ServiceRequestStatus;
import org.hl7.fhir.r4.model.Task;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.sandbox.synthetic.CareSetting;
import org.openbars.router.sandbox.synthetic.UseCase;
import org.openbars.router.sandbox.synthetic.UseCase.Category;

/**
 * The checks that the standard asks of a receiver, in its order (Core 1.5.0,
 * Standard-Pattern-For-Composites, with what Applications 4 and 6 add). Immutable.
 */
final class MessageRules {
  private static final String CATEGORIES =
      "https://fhir.nhs.uk/CodeSystem/message-category-servicerequest";
  private static final String ODS = "https://fhir.nhs.uk/Id/ods-organization-code";
  private static final Set<EncounterStatus> TRIAGED =
      Set.of(EncounterStatus.TRIAGED, EncounterStatus.FINISHED);
  private static final Set<EncounterStatus> BEING_TRIAGED =
      Set.of(EncounterStatus.TRIAGED, EncounterStatus.INPROGRESS);

  private final CareSetting setting;
  private final List<UseCase> useCases;
  private final Correspondence correspondence;

  /**
   * @param useCases all that the sandbox knows
   */
  MessageRules(CareSetting setting, List<UseCase> useCases, Correspondence correspondence) {
    this.setting = setting;
    this.useCases = List.copyOf(useCases);
    this.correspondence = correspondence;
  }

  /** What the message asks for, or why it is refused. */
  RequestType check(ReceivedMessage message) throws Refusal {
    destination(message);
    version(message);
    return switch (message.event()) {
      case "servicerequest-request" -> request(message);
      case "servicerequest-response" -> response(message);
      case "booking-request" -> booking(message);
      default -> throw Refusal.invariant("MessageHeader.event is none that a receiver takes.");
    };
  }

  /** Destination first: the message may have been meant for somebody else. */
  private void destination(ReceivedMessage message) throws Refusal {
    TargetIdentifier own = setting.target();
    MessageDestinationComponent destination = message.header().getDestinationFirstRep();
    if (!(own.system() + "|" + own.value()).equals(destination.getEndpoint())) {
      throw Refusal.invalid("MessageHeader.destination.endpoint is not this service.");
    }
    Optional<Resource> receiver = message.entry(destination.getReceiver());
    boolean ours =
        receiver.isPresent()
            && receiver.get() instanceof Organization organization
            && organization.getIdentifier().stream()
                .anyMatch(
                    each ->
                        ODS.equals(each.getSystem()) && setting.odsCode().equals(each.getValue()));
    if (!ours) {
      throw Refusal.invalid("MessageHeader.destination.receiver is not this organisation.");
    }
    if (!message.header().getSource().hasEndpoint()) {
      throw Refusal.required("MessageHeader.source.endpoint is missing.");
    }
  }

  private void version(ReceivedMessage message) throws Refusal {
    String version = message.bundle().getMeta().getVersionId();
    if (version == null || version.isEmpty()) {
      throw Refusal.invariant("Bundle.meta.versionId is missing.");
    }
    List<UseCase> held = held(message);
    if (held.isEmpty()) {
      throw Refusal.notSupported("This service does not hold the message's use case.");
    }
    if (held.stream().noneMatch(each -> each.major() == UseCase.majorOf(version))) {
      throw Refusal.notSupported("This service does not hold this version of the application.");
    }
  }

  /** The use cases that the message can be of: the one it names, or any when it names none. */
  private List<UseCase> held(ReceivedMessage message) {
    boolean response = message.event().equals("servicerequest-response");
    Optional<String> named = useCase(message);
    List<UseCase> held = new ArrayList<>();
    for (UseCase each : useCases) {
      CareSetting side = response ? each.sender() : each.receiver();
      if (side == setting && named.map(each.code()::equals).orElse(true)) {
        held.add(each);
      }
    }
    return held;
  }

  private static Optional<String> useCase(ReceivedMessage message) {
    List<Coding> codings = new ArrayList<>();
    message.first(ServiceRequest.class).ifPresent(each -> add(codings, each.getCategory()));
    message.first(Appointment.class).ifPresent(each -> add(codings, each.getServiceCategory()));
    return ReceivedMessage.code(codings, UseCase.SYSTEM);
  }

  private static void add(List<Coding> codings, List<CodeableConcept> concepts) {
    concepts.forEach(concept -> codings.addAll(concept.getCoding()));
  }

  private static Category category(ServiceRequest request) throws Refusal {
    List<Coding> codings = new ArrayList<>();
    add(codings, request.getCategory());
    String code = ReceivedMessage.code(codings, CATEGORIES).orElse("");
    for (Category category : Category.values()) {
      if (category.code().equals(code)) {
        return category;
      }
    }
    throw Refusal.invariant("ServiceRequest.category must be referral or validation.");
  }

  private static boolean betweenControlRooms(ReceivedMessage message) {
    return useCase(message).filter(code -> code.startsWith("a6")).isPresent();
  }

  private RequestType request(ReceivedMessage message) throws Refusal {
    ServiceRequest request = message.only(ServiceRequest.class);
    Category category = category(request);
    ServiceRequestStatus status = request.getStatus();
    boolean open = status == ServiceRequestStatus.ACTIVE;
    if (message.reason().equals("new") && open) {
      newRequest(message, category);
      return RequestType.NEW_REFERRAL;
    }
    if (!message.reason().equals("update")) {
      throw Refusal.invariant("MessageHeader.reason and ServiceRequest.status do not agree.");
    }
    if (status == ServiceRequestStatus.REVOKED || status == ServiceRequestStatus.ENTEREDINERROR) {
      return RequestType.REFERRAL_CANCELLED;
    }
    boolean updates = category == Category.VALIDATION || betweenControlRooms(message);
    if (updates && (open || status == ServiceRequestStatus.ONHOLD)) {
      return RequestType.REFERRAL_UPDATE;
    }
    throw Refusal.invariant("ServiceRequest.status is none of an update.");
  }

  private static void newRequest(ReceivedMessage message, Category category) throws Refusal {
    CarePlan.CarePlanStatus plan = message.only(CarePlan.class).getStatus();
    EncounterStatus encounter = message.only(Encounter.class).getStatus();
    if (betweenControlRooms(message)) {
      check(plan == CarePlan.CarePlanStatus.ACTIVE, "CarePlan.status must be active.");
      check(
          message.only(Task.class).getStatus() == Task.TaskStatus.REQUESTED,
          "Task.status must be requested.");
      check(
          TRIAGED.contains(encounter) || encounter == EncounterStatus.INPROGRESS,
          "Encounter.status must be triaged, in-progress or finished.");
    } else if (category == Category.VALIDATION) {
      check(plan == CarePlan.CarePlanStatus.ACTIVE, "CarePlan.status must be active.");
      check(BEING_TRIAGED.contains(encounter), "Encounter.status must be triaged or in-progress.");
    } else {
      check(plan == CarePlan.CarePlanStatus.COMPLETED, "CarePlan.status must be completed.");
      check(TRIAGED.contains(encounter), "Encounter.status must be triaged or finished.");
    }
  }

  private static void check(boolean holds, String rule) throws Refusal {
    if (!holds) {
      throw Refusal.invariant(rule);
    }
  }

  private RequestType response(ReceivedMessage message) throws Refusal {
    String request = message.header().getResponse().getIdentifier();
    check(request != null, "MessageHeader.response is missing.");
    if (request != null && !correspondence.hasSent(setting.target(), request)) {
      throw Refusal.notFound("MessageHeader.response names no message of this service's.");
    }
    ServiceRequest echoed = message.only(ServiceRequest.class);
    boolean known =
        switch (category(echoed)) {
          case VALIDATION -> validated(message, echoed);
          case REFERRAL -> answered(message, echoed);
        };
    check(known, "The response's statuses belong to no response that the standard knows.");
    return RequestType.RESPONSE;
  }

  private static boolean validated(ReceivedMessage message, ServiceRequest echoed) throws Refusal {
    EncounterStatus encounter = focusEncounter(message);
    boolean interim =
        message.reason().equals("new")
            && echoed.getStatus() == ServiceRequestStatus.ACTIVE
            && encounter == EncounterStatus.INPROGRESS;
    boolean full =
        echoed.getStatus() == ServiceRequestStatus.COMPLETED && TRIAGED.contains(encounter);
    return interim || full;
  }

  private static EncounterStatus focusEncounter(ReceivedMessage message) throws Refusal {
    if (message.focus() instanceof Encounter encounter && encounter.getStatus() != null) {
      return encounter.getStatus();
    }
    throw Refusal.invariant("MessageHeader.focus must be an Encounter with a status.");
  }

  private static boolean answered(ReceivedMessage message, ServiceRequest echoed) throws Refusal {
    if (echoed.getStatus() == ServiceRequestStatus.REVOKED) {
      // Not attended; between control rooms: rejected.
      return message.reason().equals("new");
    }
    return betweenControlRooms(message)
        && echoed.getStatus() == ServiceRequestStatus.ACTIVE
        && Set.of(EncounterStatus.PLANNED, EncounterStatus.INPROGRESS, EncounterStatus.FINISHED)
            .contains(focusEncounter(message));
  }

  private static RequestType booking(ReceivedMessage message) throws Refusal {
    Appointment appointment = message.only(Appointment.class);
    if (appointment.getStatus() == null) {
      throw Refusal.invariant("Appointment.status is missing.");
    }
    boolean booked = appointment.getStatus() == Appointment.AppointmentStatus.BOOKED;
    if (message.reason().equals("new") && booked) {
      return RequestType.NEW_BOOKING;
    }
    if (message.reason().equals("update")) {
      return switch (appointment.getStatus()) {
        case CANCELLED, ENTEREDINERROR -> RequestType.BOOKING_CANCELLED;
        case BOOKED -> RequestType.BOOKING_UPDATE;
        default -> throw Refusal.invariant("Appointment.status is none of an update.");
      };
    }
    throw Refusal.invariant("MessageHeader.reason and Appointment.status do not agree.");
  }
}
