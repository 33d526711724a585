package org.openbars.router.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.StrictErrorHandler;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.MessageHeader;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.sandbox.synthetic.CareSetting;
import org.openbars.router.sandbox.synthetic.SyntheticMessages;

final class SyntheticMessagesTest {
  private static final TargetIdentifier SERVICE = CareSetting.URGENT_TREATMENT_CENTRE.target();
  private static final SyntheticMessages MESSAGES = SyntheticMessages.from(SERVICE);
  private static final Pattern SYSTEM = Pattern.compile("\"(?:system|url)\" ?: ?\"(http:[^\"]*)\"");

  static Stream<Map.Entry<String, SandboxPages.Page>> pages() {
    return SandboxPages.render(SyntheticMessages.BEGAN).byName().entrySet().stream();
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
  @MethodSource("pages")
  void everyPageParsesStrictly(Map.Entry<String, SandboxPages.Page> page) {
    boolean xml = page.getKey().endsWith(".xml");
    FhirContext fhir = FhirContext.forR4Cached();
    IParser parser = xml ? fhir.newXmlParser() : fhir.newJsonParser();
    parser.setParserErrorHandler(new StrictErrorHandler());

    Resource resource = (Resource) parser.parseResource(page.getValue().text());

    assertThat(resource.getMeta().getLastUpdated()).isNotNull();
    if (resource instanceof Bundle bundle) {
      assertThat(bundle.getEntry())
          .isNotEmpty()
          .allMatch(entry -> entry.getResource().getMeta().getLastUpdated() != null);
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void nhsSystemsAreHttps(Map.Entry<String, SandboxPages.Page> page) {
    String text = page.getValue().text();
    assertThat(text).doesNotContain("http://fhir.nhs").doesNotContain("http://fhir.hl7.org.uk");
    Matcher plain = SYSTEM.matcher(text);
    while (plain.find()) {
      assertThat(plain.group(1))
          .matches("http://(terminology\\.hl7\\.org|snomed\\.info|hl7\\.org/fhir)/.*");
    }
  }

  @Test
  void sizesAreThoseOfRealMessages() {
    assertThat(size(MESSAGES.bookingRequest())).isBetween(15_000, 22_000);
    assertThat(size(MESSAGES.validationRequest())).isBetween(28_000, 40_000);
    assertThat(size(MESSAGES.bookingResponse(MESSAGES.bookingRequest()))).isBetween(8_000, 40_000);
    assertThat(size(MESSAGES.validationResponse(MESSAGES.validationRequest())))
        .isBetween(20_000, 40_000);
    assertThat(size(MESSAGES.slots())).isBetween(9_000, 16_000);
  }

  private static int size(Bundle bundle) {
    return SyntheticMessages.json(bundle).getBytes(StandardCharsets.UTF_8).length;
  }

  @Test
  void nhsNumbersAreOfTheTestRangeWithValidCheckDigits() {
    for (int seed = 1; seed <= 50; seed++) {
      SyntheticMessages messages = SyntheticMessages.from(SERVICE, seed);
      for (Bundle bundle : new Bundle[] {messages.bookingRequest(), messages.validationRequest()}) {
        String number = only(bundle, Patient.class).getIdentifierFirstRep().getValue();
        assertThat(number).startsWith("999");
        assertThat(NhsNumber.isValid(number)).isTrue();
      }
    }
  }

  @Test
  void theHeaderNamesBothEndsAndTheFocus() {
    Bundle request = MESSAGES.bookingRequest();
    MessageHeader header = (MessageHeader) request.getEntryFirstRep().getResource();

    assertThat(header.getDestinationFirstRep().getEndpoint())
        .isEqualTo("https://fhir.nhs.uk/Id/dos-service-id|2000011148");
    assertThat(header.getSource().getEndpoint())
        .isEqualTo("https://fhir.nhs.uk/Id/dos-service-id|2000011153");
    assertThat(header.getEventCoding().getSystem())
        .isEqualTo("https://fhir.nhs.uk/CodeSystem/message-events-bars");
    assertThat(header.getEventCoding().getCode()).isEqualTo("booking-request");
    assertThat(header.getReason().getCodingFirstRep().getCode()).isEqualTo("new");
    assertThat(header.getDefinition()).endsWith("/bars-message-booking-request");
    assertThat(entry(request, header.getFocusFirstRep())).isInstanceOf(Appointment.class);
    assertThat(request.getMeta().getVersionId()).isNotEmpty();
    assertThat(request.getType()).isEqualTo(Bundle.BundleType.MESSAGE);
  }

  @Test
  void aReferralIsAboutAServiceRequestForValidation() {
    Bundle request = MESSAGES.validationRequest();
    MessageHeader header = (MessageHeader) request.getEntryFirstRep().getResource();

    assertThat(header.getEventCoding().getCode()).isEqualTo("servicerequest-request");
    Resource focus = entry(request, header.getFocusFirstRep());
    assertThat(((ServiceRequest) focus).getCategoryFirstRep().getCodingFirstRep().getCode())
        .isEqualTo("validation");
  }

  @Test
  void aResponseNamesTheRequestAndGoesBack() {
    Bundle request = MESSAGES.validationRequest();
    Bundle response = MESSAGES.validationResponse(request);
    MessageHeader asked = (MessageHeader) request.getEntryFirstRep().getResource();
    MessageHeader answer = (MessageHeader) response.getEntryFirstRep().getResource();

    assertThat(answer.getResponse().getIdentifier()).isEqualTo(request.getIdPart());
    assertThat(answer.getResponse().getCode()).isEqualTo(MessageHeader.ResponseType.OK);
    assertThat(answer.getDestinationFirstRep().getEndpoint())
        .isEqualTo(asked.getSource().getEndpoint());
    assertThat(answer.getSource().getEndpoint())
        .isEqualTo(asked.getDestinationFirstRep().getEndpoint());
  }

  @Test
  void oneCareJourneyRunsThroughAllMessages() {
    Bundle referral = MESSAGES.validationRequest();
    String journey = journey(referral);

    assertThat(journey).startsWith("EpisodeOfCare/");
    assertThat(journey(MESSAGES.bookingRequest())).isEqualTo(journey);
    assertThat(journey(MESSAGES.validationResponse(referral))).isEqualTo(journey);
    assertThat(journey(SyntheticMessages.from(SERVICE, 2).bookingRequest())).isNotEqualTo(journey);
  }

  private static String journey(Bundle bundle) {
    return only(bundle, Encounter.class).getEpisodeOfCareFirstRep().getReference();
  }

  @Test
  void everyReferenceLeadsToAnEntry() {
    Bundle request = MESSAGES.validationRequest();
    FhirContext.forR4Cached()
        .newTerser()
        .getAllPopulatedChildElementsOfType(request, Reference.class)
        .stream()
        .filter(reference -> reference.getReference().startsWith("urn:uuid:"))
        .forEach(reference -> assertThat(entry(request, reference)).isNotNull());
  }

  private static Resource entry(Bundle bundle, Reference reference) {
    return bundle.getEntry().stream()
        .filter(entry -> entry.getFullUrl().equals(reference.getReference()))
        .map(Bundle.BundleEntryComponent::getResource)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no entry for " + reference.getReference()));
  }

  @Test
  void theSameSeedGivesTheSameBytes() {
    assertThat(SyntheticMessages.xml(SyntheticMessages.from(SERVICE, 9).bookingRequest()))
        .isEqualTo(SyntheticMessages.xml(SyntheticMessages.from(SERVICE, 9).bookingRequest()));
  }
}
