package org.openbars.router.sandbox.journey;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.MessageHeader;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.hl7.fhir.r4.model.Slot;
import org.jspecify.annotations.Nullable;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.fhir.FhirR4;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.sandbox.care.Correspondence;
import org.openbars.router.sandbox.synthetic.BookingMessages;
import org.openbars.router.sandbox.synthetic.CareSetting;
import org.openbars.router.sandbox.synthetic.Conversation;
import org.openbars.router.sandbox.synthetic.Ids;
import org.openbars.router.sandbox.synthetic.ReferralMessages;
import org.openbars.router.sandbox.synthetic.ReferralMessages.Response;
import org.openbars.router.sandbox.synthetic.UseCase;

/** What is sent next in one journey, given what was sent and answered before. */
final class Moves {
  private static final Duration SLOTS_WITHIN = Duration.ofHours(6);

  private final Journey journey;
  private final InstantSource clock;
  private final Correspondence correspondence;
  private final Envelopes envelopes;
  private final BookingMessages booking;
  private final ReferralMessages referring;
  private int bookings;
  private int referrals;
  private @Nullable Sent lastMessage;
  private @Nullable Bundle lastReferral;
  private @Nullable Slot slot;
  private @Nullable Appointment appointment;
  private @Nullable ServiceRequest referral;
  private String patientIdentifier = "";

  /** A journey's file asks for something that what was played before does not give. */
  static final class OutOfPlace extends Exception {
    private static final long serialVersionUID = 1L;

    OutOfPlace(String message) {
      super(message, null, false, false);
    }
  }

  Moves(Journey journey, long seed, InstantSource clock, Correspondence correspondence) {
    this.journey = journey;
    this.clock = clock;
    this.correspondence = correspondence;
    this.envelopes = new Envelopes(journey.format());
    Conversation conversation = Conversation.of(journey.useCase(), seed, clock.instant());
    this.booking = new BookingMessages(conversation);
    this.referring = new ReferralMessages(conversation);
  }

  String correlationId() {
    return envelopes.correlationId();
  }

  Sent next(Act act) throws OutOfPlace {
    Instant now = clock.instant();
    return switch (act) {
      case CAPABILITY -> get(act, "/metadata");
      case DEFINITIONS -> get(act, definitions());
      case SLOTS -> get(act, slots(now));
      case REFER -> message(act, referring.request(++referrals));
      case BOOK -> message(act, booking.request(slot(), ++bookings));
      case RETRY -> given(lastMessage, "a message to send again").again();
      case READ_BOOKING -> get(act, "/Appointment/" + idOf(booked()));
      case READ_REFERRAL -> get(act, "/ServiceRequest/" + idOf(referred()));
      case FIND_BOOKINGS -> get(act, "/Appointment?" + patient());
      case FIND_REFERRALS -> get(act, "/ServiceRequest?" + patient());
      case UPDATE_BOOKING -> message(act, booking.update(booked(), slot(), now));
      case CANCEL_BOOKING -> message(act, booking.cancellation(booked(), slot(), now));
      case UPDATE_REFERRAL -> message(act, referring.update(referred(), now));
      case CANCEL_REFERRAL -> message(act, referring.cancellation(referred(), now));
      case RESPOND_INTERIM -> response(act, Response.VALIDATION_INTERIM, now);
      case RESPOND_FULL -> response(act, Response.VALIDATION_FULL, now);
      case RESPOND_ACCEPTED -> response(act, Response.ACCEPTED, now);
      case RESPOND_COMPLETED -> response(act, Response.COMPLETED, now);
      case RESPOND_REJECTED -> response(act, Response.REJECTED, now);
      case DID_NOT_ATTEND -> response(act, Response.DID_NOT_ATTEND, now);
    };
  }

  private Slot slot() throws OutOfPlace {
    return given(slot, "a free slot");
  }

  private Appointment booked() throws OutOfPlace {
    return given(appointment, "a booking");
  }

  private ServiceRequest referred() throws OutOfPlace {
    return given(referral, "a referral");
  }

  private static <T> T given(@Nullable T value, String what) throws OutOfPlace {
    if (value == null) {
      throw new OutOfPlace("needs " + what);
    }
    return value;
  }

  static String idOf(Resource resource) {
    return Ids.of(resource);
  }

  private CareSetting from(Act act) {
    UseCase useCase = journey.useCase();
    return act.reversed() ? useCase.receiver() : useCase.sender();
  }

  private CareSetting to(Act act) {
    UseCase useCase = journey.useCase();
    return act.reversed() ? useCase.sender() : useCase.receiver();
  }

  private Sent get(Act act, String pathAndQuery) {
    return new Sent(
        act,
        from(act),
        to(act),
        "GET",
        pathAndQuery,
        envelopes.headers(from(act), to(act), ""),
        "");
  }

  /** What could not be put together. */
  Sent unsent(Act act) {
    return new Sent(act, from(act), to(act), "-", "", Map.of(), "");
  }

  private String definitions() {
    TargetIdentifier service = journey.useCase().receiver().target();
    return "/MessageDefinition?context="
        + encoded(service.system() + "|" + service.value())
        + "&context="
        + encoded(UseCase.SYSTEM + "|" + journey.code());
  }

  private String slots(Instant now) {
    Instant from = now.truncatedTo(ChronoUnit.SECONDS);
    TargetIdentifier service = journey.useCase().receiver().target();
    return "/Slot?status=free&start="
        + encoded("ge" + from)
        + "&start="
        + encoded("le" + from.plus(SLOTS_WITHIN))
        + "&Schedule.actor:HealthcareService="
        + encoded(service.system() + "|" + service.value())
        + "&_include=Slot:schedule&_include=Schedule:actor:HealthcareService"
        + "&_include=Schedule:actor:Practitioner";
  }

  private String patient() {
    return "patient:identifier=" + encoded(patientIdentifier);
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private Sent response(Act act, Response response, Instant now) throws OutOfPlace {
    Bundle request = given(lastReferral, "a referral to respond to");
    return message(act, referring.response(request, response, now));
  }

  private Sent message(Act act, Bundle message) {
    MessageHeader header = (MessageHeader) message.getEntryFirstRep().getResource();
    String event = header.getEventCoding().getCode();
    String reason = header.getReason().getCodingFirstRep().getCode();
    String about = journey.useCase().category().code();
    for (Bundle.BundleEntryComponent entry : message.getEntry()) {
      if (entry.getResource() instanceof Appointment sent) {
        about = sent.getStatus().toCode();
        appointment = sent;
      } else if (entry.getResource() instanceof ServiceRequest sent && !act.reversed()) {
        referral = sent;
        lastReferral = act == Act.REFER ? message : lastReferral;
      } else if (entry.getResource() instanceof Patient sent) {
        patientIdentifier =
            sent.getIdentifierFirstRep().getSystem()
                + "|"
                + sent.getIdentifierFirstRep().getValue();
      }
    }
    correspondence.sent(from(act).target(), Ids.of(message));
    String useContext = String.join("|", journey.code(), about, event, reason);
    Sent sent =
        new Sent(
            act,
            from(act),
            to(act),
            "POST",
            "/$process-message",
            envelopes.headers(from(act), to(act), useContext),
            text(message));
    lastMessage = sent;
    return sent;
  }

  private String text(Bundle message) {
    AnswerFormat format = journey.format();
    // Indented JSON is of the size that is published; indented XML would be half as large again.
    boolean indented = format == AnswerFormat.JSON;
    return FhirR4.strictParser(format).setPrettyPrint(indented).encodeResourceToString(message);
  }

  /** Takes from an answer what later messages need. */
  void learn(Act act, Resource answer) {
    if (act == Act.SLOTS && answer instanceof Bundle found) {
      slot = first(found, Slot.class);
    } else if (act == Act.READ_BOOKING && answer instanceof Appointment read) {
      appointment = read;
    } else if (act == Act.READ_REFERRAL && answer instanceof ServiceRequest read) {
      referral = read;
    }
  }

  static <T extends Resource> @Nullable T first(Bundle bundle, Class<T> type) {
    return bundle.getEntry().stream()
        .map(Bundle.BundleEntryComponent::getResource)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElse(null);
  }

  /** The id that a search or a read is about. */
  String soughtId(Act act) throws OutOfPlace {
    return switch (act) {
      case READ_BOOKING, FIND_BOOKINGS -> idOf(booked());
      case READ_REFERRAL, FIND_REFERRALS -> idOf(referred());
      default -> "";
    };
  }

  /** The status that what was written last has, and so a read must show. */
  String soughtStatus(Act act) throws OutOfPlace {
    return switch (act) {
      case READ_BOOKING -> booked().getStatus().toCode();
      case READ_REFERRAL -> referred().getStatus().toCode();
      default -> "";
    };
  }
}
