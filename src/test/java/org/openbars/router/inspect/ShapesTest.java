package org.openbars.router.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.openbars.router.message.DestinationMatch;
import org.openbars.router.message.Inspection;
import org.openbars.router.message.Inspection.State;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.TargetIdentifier;

/** Documents that are well formed and written as nobody would expect. */
class ShapesTest {
  private static final String HEADER =
      """
      "eventCoding": {"code": "booking-request", "system": "s"},
      "destination": [{"endpoint": "https://fhir.nhs.uk/Id/dos-service-id|2000011148"}]""";
  private static final String VALID = valid();

  private static String valid() {
    for (int i = 0; i < 10; i++) {
      if (NhsNumber.isValid("999000001" + i)) {
        return "999000001" + i;
      }
    }
    throw new AssertionError("no check digit");
  }

  private static String bundle(String... resources) {
    StringBuilder entries = new StringBuilder();
    for (String resource : resources) {
      entries.append(entries.isEmpty() ? "" : ",").append("{\"resource\":").append(resource);
      entries.append('}');
    }
    return "{\"entry\":[" + entries + "],\"id\":\"b1\",\"resourceType\":\"Bundle\"}";
  }

  private static String patient(String number) {
    return "{\"resourceType\":\"Patient\",\"identifier\":[{\"value\":\""
        + number
        + "\",\"system\":\""
        + NhsNumber.SYSTEM
        + "\"}]}";
  }

  @Test
  void theTypeMayComeLast() {
    Inspection seen =
        Bodies.json(
            bundle(
                "{" + HEADER + ",\"resourceType\":\"MessageHeader\"}",
                "{\"status\":\"booked\",\"id\":\"a1\",\"resourceType\":\"Appointment\"}"));

    assertThat(seen.state()).isEqualTo(State.COMPLETE);
    assertThat(seen.header().bundleId()).isEqualTo("b1");
    assertThat(seen.header().event()).isEqualTo("booking-request");
    assertThat(seen.destination()).isEqualTo(DestinationMatch.MATCHES);
    assertThat(seen.subject().appointmentStatus()).isEqualTo("booked");
  }

  @Test
  void membersOfOtherTypesAreNotMistaken() {
    Inspection seen =
        Bodies.json(
            bundle(
                "{\"status\":\"active\"," + HEADER + ",\"resourceType\":\"Basic\"}",
                "{\"resourceType\":\"Slot\",\"status\":\"busy\",\"x\":[{\"a\":\"}]\\\"\"}]}",
                "{\"status\":\"busy\"}"));

    assertThat(seen).isEqualTo(withBundleId(State.COMPLETE));
  }

  private static Inspection withBundleId(State state) {
    Inspection nothing = Inspection.nothing(state);
    return new Inspection(
        state,
        nothing.destination(),
        new Inspection.Header(
            "b1", null, null, null, null, null, nothing.header().destinations(), null),
        nothing.subject(),
        nothing.patient());
  }

  @Test
  void containedResourcesDoNotConfuse() {
    String contained =
        "\"contained\":[{\"resourceType\":\"MessageHeader\",\"status\":\"wrong\"," + HEADER + "}]";
    Inspection seen =
        Bodies.json(
            bundle(
                "{" + contained + ",\"resourceType\":\"Appointment\",\"status\":\"booked\"}",
                "{\"resourceType\":\"Appointment\",\"status\":\"pending\"," + contained + "}"));

    assertThat(seen.header().event()).isNull();
    assertThat(seen.subject().appointmentStatus()).isEqualTo("booked");
    assertThat(
            Bodies.xml(
                    "<Appointment xmlns='http://hl7.org/fhir'><contained><Patient><identifier>"
                        + "<system value='https://fhir.nhs.uk/Id/nhs-number'/><value value='1'/>"
                        + "</identifier></Patient></contained><status value='booked'/>"
                        + "</Appointment>")
                .patient()
                .invalidNhsNumber())
        .isFalse();
  }

  @Test
  void aBundleInABundleIsNotLookedInto() {
    Inspection seen =
        Bodies.json(bundle(bundle("{\"resourceType\":\"MessageHeader\"," + HEADER + "}")));

    assertThat(seen).isEqualTo(withBundleId(State.COMPLETE));
  }

  @Test
  void aWrongCheckDigitIsSaidAndNotKept() {
    String wrong = VALID.substring(0, 9) + (char) ('0' + ('9' - VALID.charAt(9)) % 10);

    Inspection seen = Bodies.json(bundle(patient(wrong)));

    assertThat(wrong).isNotEqualTo(VALID);
    assertThat(seen.patient()).isEqualTo(new Inspection.Patient(null, true));
    assertThat(seen.toString()).doesNotContain(wrong);
    assertThat(Bodies.json(bundle(patient(wrong), patient(VALID))).patient())
        .isEqualTo(new Inspection.Patient(new NhsNumber(VALID), true));
  }

  @Test
  void identifiersOfOtherSystemsAreNoNhsNumbers() {
    Inspection seen =
        Bodies.json(bundle(patient(VALID).replace("nhs-number", "local-patient-number")));

    assertThat(seen.patient()).isEqualTo(new Inspection.Patient(null, false));
  }

  @Test
  void longTextsAreCutAfterTheyWereCompared() {
    String system = "https://example.org/" + "s".repeat(400);
    Inspector inspector =
        Inspector.of(Bodies.JSON, null, new TargetIdentifier(system, "v".repeat(300)));
    inspector.feed(
        Buffer.buffer(
            bundle(
                "{\"resourceType\":\"MessageHeader\",\"definition\":\""
                    + "d".repeat(255)
                    + "\uD83D\uDE00\",\"destination\":[{\"endpoint\":\""
                    + system
                    + "|"
                    + "v".repeat(300)
                    + "\"}]}")));

    Inspection seen = inspector.finish();

    assertThat(seen.destination()).isEqualTo(DestinationMatch.MATCHES);
    assertThat(seen.header().destinations().get(0)).hasSize(Inspection.MAX_TEXT);
    assertThat(seen.header().definition()).isEqualTo("d".repeat(255));
  }

  @Test
  void elementsOfOtherNamespacesAreNotMistaken() {
    assertThat(
            Bodies.xml("<Appointment xmlns='urn:x'><status value='booked'/></Appointment>")
                .subject()
                .appointmentStatus())
        .isNull();
    assertThat(
            Bodies.xml(
                    "<f:Appointment xmlns:f='http://hl7.org/fhir'><status value='wrong'/>"
                        + "<f:status id='wrong' value='booked'/></f:Appointment>")
                .subject()
                .appointmentStatus())
        .isEqualTo("booked");
  }

  @Test
  void theDestinationDoesNotChangeOnceItIsKnown() {
    Inspector inspector = Inspector.of(null, "identity", Bodies.TARGET);
    inspector.feed(
        Buffer.buffer(
            " {\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":"
                + "{\"resourceType\":\"MessageHeader\","));
    assertThat(inspector.destination()).isEqualTo(DestinationMatch.UNDETERMINED);
    inspector.feed(Buffer.buffer(HEADER + "}}"));
    assertThat(inspector.destination()).isEqualTo(DestinationMatch.MATCHES);

    inspector.feed(
        Buffer.buffer(
            ",{\"resource\":{\"resourceType\":\"MessageHeader\",\"destination\":"
                + "[{\"endpoint\":\"https://fhir.nhs.uk/Id/dos-service-id|1\"}]}}]}"));

    assertThat(inspector.destination()).isEqualTo(DestinationMatch.MATCHES);
    assertThat(inspector.finish().state()).isEqualTo(State.COMPLETE);
  }
}
