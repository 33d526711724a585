package org.openbars.router.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openbars.router.inspect.Bodies.JSON;
import static org.openbars.router.inspect.Bodies.MESSAGES;
import static org.openbars.router.inspect.Bodies.XML;

import ca.uhn.fhir.context.FhirContext;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.MessageHeader;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.message.DestinationMatch;
import org.openbars.router.message.Inspection;
import org.openbars.router.message.Inspection.State;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.sandbox.synthetic.SyntheticMessages;

/** Whole messages, as senders write them. */
class MessagesTest {
  private static final String USE_CASES = "https://fhir.nhs.uk/CodeSystem/usecases-categories-bars";

  record Sample(String name, String contentType, String body, Bundle bundle) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Sample> samples() {
    Bundle booking = MESSAGES.bookingRequest();
    Bundle referral = referral();
    Bundle response = MESSAGES.validationResponse(referral);
    return Stream.of(
        json("booking", booking),
        xml("booking", booking),
        json("referral", referral),
        xml("referral", referral),
        json("response", response),
        xml("response", response),
        new Sample(
            "compact booking",
            JSON,
            FhirContext.forR4Cached().newJsonParser().encodeResourceToString(booking),
            booking));
  }

  private static Bundle referral() {
    Bundle bundle = MESSAGES.validationRequest();
    ServiceRequest request = only(bundle, ServiceRequest.class);
    request.getCategoryFirstRep().addCoding().setSystem(USE_CASES).setCode("a4t1");
    request.addIdentifier().setSystem("https://sandbox.example.org/Id/ubrn").setValue("0000 1");
    return bundle;
  }

  private static Sample json(String name, Bundle bundle) {
    return new Sample(name + " JSON", JSON, SyntheticMessages.json(bundle), bundle);
  }

  private static Sample xml(String name, Bundle bundle) {
    return new Sample(name + " XML", XML, SyntheticMessages.xml(bundle), bundle);
  }

  private static <T extends Resource> T only(Bundle bundle, Class<T> type) {
    return bundle.getEntry().stream()
        .map(Bundle.BundleEntryComponent::getResource)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void theHeaderIsWhatTheBundleSays(Sample sample) {
    MessageHeader header = only(sample.bundle, MessageHeader.class);

    Inspection seen = Bodies.inspect(sample.contentType, Bodies.bytes(sample.body), 1 << 20);

    assertThat(seen.state()).isEqualTo(State.COMPLETE);
    assertThat(seen.header())
        .isEqualTo(
            new Inspection.Header(
                sample.bundle.getIdElement().getIdPart(),
                sample.bundle.getTimestampElement().getValueAsString(),
                header.getEventCoding().getCode(),
                header.getReason().getCodingFirstRep().getCode(),
                header.getDefinition(),
                header.getSource().getEndpoint(),
                header.getDestination().stream().map(each -> each.getEndpoint()).toList(),
                header.getResponse().getIdentifier()));
    assertThat(seen.patient())
        .isEqualTo(
            new Inspection.Patient(
                new NhsNumber(
                    only(sample.bundle, Patient.class).getIdentifierFirstRep().getValue()),
                false));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void howTheBodyIsCutIntoChunksChangesNothing(Sample sample) {
    byte[] body = Bodies.bytes(sample.body);
    Inspection whole = Bodies.inspect(sample.contentType, body, body.length);

    assertThat(whole.header().event()).isNotNull();
    for (int chunk : new int[] {1, 7, 64, 1000}) {
      assertThat(Bodies.inspect(sample.contentType, body, chunk))
          .usingRecursiveComparison()
          .isEqualTo(whole);
    }
  }

  @Test
  void aBookingIsAboutAnAppointment() {
    Bundle booking = MESSAGES.bookingRequest();

    Inspection seen = Bodies.json(SyntheticMessages.json(booking));

    assertThat(seen.subject())
        .isEqualTo(
            new Inspection.Subject(
                "a1t1",
                null,
                null,
                null,
                "booked",
                only(booking, Appointment.class).getIdElement().getIdPart()));
    assertThat(seen.destination()).isEqualTo(DestinationMatch.MATCHES);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aReferralHasUseCaseCategoryAndIdentifier(boolean xml) {
    Bundle bundle = referral();

    Inspection seen =
        xml
            ? Bodies.xml(SyntheticMessages.xml(bundle))
            : Bodies.json(SyntheticMessages.json(bundle));

    assertThat(seen.subject())
        .isEqualTo(
            new Inspection.Subject(
                "a4t1",
                "validation",
                "active",
                "https://sandbox.example.org/Id/ubrn|0000 1",
                null,
                null));
  }

  @Test
  void theUseCaseMayStandFirstOrInACategoryOfItsOwn() {
    Bundle bundle = MESSAGES.validationRequest();
    CodeableConcept useCase = new CodeableConcept();
    useCase.addCoding().setSystem(USE_CASES).setCode("a3t1");
    only(bundle, ServiceRequest.class).getCategory().add(0, useCase);

    Inspection seen = Bodies.json(SyntheticMessages.json(bundle));

    assertThat(seen.subject().useCase()).isEqualTo("a3t1");
    assertThat(seen.subject().category()).isEqualTo("validation");
  }

  @Test
  void theReferralIsTheOneInFocus() {
    Bundle bundle = referral();
    ServiceRequest other = new ServiceRequest();
    other.setStatus(ServiceRequest.ServiceRequestStatus.REVOKED);
    Bundle.BundleEntryComponent entry = new Bundle.BundleEntryComponent();
    entry.setFullUrl("urn:uuid:2c1f9a3c-93c4-4d5a-9ab1-0f0a0a0a0a0a").setResource(other);
    bundle.getEntry().add(1, entry);

    assertThat(Bodies.json(SyntheticMessages.json(bundle)).subject().serviceRequestStatus())
        .isEqualTo("active");
    assertThat(Bodies.xml(SyntheticMessages.xml(bundle)).subject().serviceRequestStatus())
        .isEqualTo("active");
  }

  @Test
  void aMessageForAnotherServiceDiffers() {
    Bundle bundle = MESSAGES.bookingRequest();
    only(bundle, MessageHeader.class)
        .getDestinationFirstRep()
        .setEndpoint(Bodies.SYSTEM + "|2000011149");

    assertThat(Bodies.json(SyntheticMessages.json(bundle)).destination())
        .isEqualTo(DestinationMatch.DIFFERS);
    assertThat(Bodies.xml(SyntheticMessages.xml(bundle)).destination())
        .isEqualTo(DestinationMatch.DIFFERS);
  }

  @Test
  void oneOfSeveralDestinationsIsEnough() {
    Bundle bundle = MESSAGES.bookingRequest();
    MessageHeader header = only(bundle, MessageHeader.class);
    for (int i = 0; i < 20; i++) {
      header.getDestination().add(0, header.getDestinationFirstRep().copy());
      header.getDestinationFirstRep().setEndpoint(Bodies.SYSTEM + "|" + i);
    }

    Inspection seen = Bodies.json(SyntheticMessages.json(bundle));

    assertThat(seen.destination()).isEqualTo(DestinationMatch.MATCHES);
    assertThat(seen.header().destinations()).hasSize(Inspection.MAX_DESTINATIONS);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aResourceByItselfIsReadAsWell(boolean xml) {
    Appointment appointment = MESSAGES.appointment();
    String number =
        only(MESSAGES.bookingRequest(), Patient.class).getIdentifierFirstRep().getValue();
    appointment
        .getParticipantFirstRep()
        .getActor()
        .getIdentifier()
        .setSystem(NhsNumber.SYSTEM)
        .setValue(number);

    Inspection seen =
        xml
            ? Bodies.xml(SyntheticMessages.xml(appointment))
            : Bodies.json(SyntheticMessages.json(appointment));

    assertThat(seen.state()).isEqualTo(State.COMPLETE);
    assertThat(seen.subject().appointmentStatus()).isEqualTo("booked");
    assertThat(seen.subject().appointmentIdentifier())
        .isEqualTo(appointment.getIdElement().getIdPart());
    assertThat(seen.subject().serviceRequestStatus()).isNull();
    assertThat(seen.patient().nhsNumber()).isEqualTo(new NhsNumber(number));
    assertThat(seen.header().bundleId()).isNull();
    assertThat(seen.destination()).isEqualTo(DestinationMatch.UNDETERMINED);

    ServiceRequest request = MESSAGES.serviceRequest();
    assertThat(Bodies.json(SyntheticMessages.json(request)).subject().serviceRequestStatus())
        .isEqualTo("active");
  }
}
