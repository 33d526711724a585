package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;

/** Where a message goes: base URL, the path's rest and the query, byte for byte. */
class RoutingTest {
  private static RunningReceivers receivers;
  private static RunningRouter router;

  @BeforeAll
  static void start() {
    receivers = RunningReceivers.start();
    String host = "127.0.0.1:" + receivers.port();
    router =
        RunningRouter.setup()
            .set("stream.inside-networks", "127.0.0.0/8,::1/128")
            .receiver("  localhost:", "    insecure: true")
            .target("plain", "http://" + host + "/FHIR/R4")
            .target("slash", "http://" + host + "/FHIR/R4/")
            .target("root", "http://" + host)
            .target("root-slash", "http://" + host + "/")
            .target("two-slashes", "http://" + host + "/a//")
            .target("odd-path", "http://" + host + "/Mixed%20Case/%2B;v=1/R4")
            .target("upper-case", "HTTP://LocalHost:" + receivers.port() + "/FHIR/R4")
            .start();
  }

  @AfterAll
  static void stop() {
    router.close();
    receivers.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/Slot?status=free&status=busy&start=ge2026-11-24T08:00:00Z&start=le2026-11-25T08:00:00Z",
        "/Slot?_include=Slot:schedule&_include=Schedule:actor:HealthcareService&_include=Slot:*",
        "/Slot?b=2&a=1&b=1&A=1",
        "/Appointment?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018",
        "/Appointment?patient%3Aidentifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C9990000018",
        "/MessageDefinition?context=https://fhir.nhs.uk/Id/dos-service-id%257C2000&context=a|a1t1",
        "/Slot?a=x+y&b=x%2By&c=x%20y",
        "/Slot?a=&b&=c&&",
        "/Slot?",
        "/Slot??a=?",
        "/Slot?a=%C3%A9&b=%e9&c=%c3%a9",
        "/Slot?a=%&b=%zz&c=%2",
        "/Slot?a=../../..&b=%2F..%2f&c=%00&d=\\",
        "/Slot?a=http://elsewhere.example/&b=[1]{2}^`\"<>'",
        "/Appointment/a%20b",
        "/Appointment/%41%42C",
        "/Appointment/%C3%A9",
        "/ServiceRequest/a;version=1",
        "/ServiceRequest/a=b&c,d@e:f!g'h(i)*",
        "/Appointment/..a",
        "/Appointment/a..",
        "/Appointment/...",
        "/%41ppointment?x=1",
      })
  void pathAndQueryArriveAsTheyWereSent(String pathAndQuery) {
    assertArrives("plain", pathAndQuery, "/FHIR/R4" + pathAndQuery);
  }

  @ParameterizedTest
  @CsvSource({
    "plain, /FHIR/R4/Slot?a=1",
    "slash, /FHIR/R4/Slot?a=1",
    "root, /Slot?a=1",
    "root-slash, /Slot?a=1",
    "two-slashes, /a//Slot?a=1",
    "odd-path, /Mixed%20Case/%2B;v=1/R4/Slot?a=1",
    "upper-case, /FHIR/R4/Slot?a=1",
  })
  void baseUrlLosesOneSlashAtItsEndAndNothingElse(String target, String uri) {
    assertArrives(target, "/Slot?a=1", uri);
  }

  private static void assertArrives(String target, String pathAndQuery, String uri) {
    assertArrives(RawRequest.message("GET", pathAndQuery, target), uri);
  }

  private static void assertArrives(RawRequest request, String uri) {
    receivers.mock().clearArrivals();
    RawAnswer answer = RawSender.exchange(router.port(), request);

    assertThat(answer.status()).isIn(200, 404);
    assertThat(receivers.mock().arrivals())
        .singleElement()
        .satisfies(arrival -> assertThat(arrival.uri()).isEqualTo(uri));
  }

  /** The operation's name begins with a dollar sign, which a sender may encode. */
  @Test
  void encodedDollarSignIsTheSameOperation() {
    assertArrives(
        RawRequest.message("POST", "/%24process-message", "plain").body("{}"),
        "/FHIR/R4/%24process-message");
  }

  /** What is matched decoded must be cut off decoded too, or the message would lose its path. */
  @ParameterizedTest
  @CsvSource({
    "/%62ooking-and-referral/FHIR/R4/Slot?a=1, /FHIR/R4/Slot?a=1",
    "/booking%2Dand%2dreferral/FHIR/R4/Appointment/a%20b, /FHIR/R4/Appointment/a%20b",
    "/booking-and-referral/FHIR/R%34/%53lot, /FHIR/R4/%53lot",
  })
  void encodedBasePathIsCutOffWhole(String sent, String uri) {
    assertArrives(RawRequest.message("GET", "", "plain").atTarget(sent), uri);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://router.example:8080", "https://router.example", "HTTP://x"})
  void absoluteFormIsRoutedByItsPathAlone(String authority) {
    RawRequest request = RawRequest.message("GET", "/Slot?a=http://b/", "plain");

    assertArrives(request.atTarget(authority + request.target()), "/FHIR/R4/Slot?a=http://b/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/Appointment/a%2Fb",
        "/Appointment/a%2fb",
        "/Appointment%2F1",
        "/Appointment/a\\b",
        "/Appointment/a%5Cb",
        "/Appointment/a%5cb",
        "/Appointment/.",
        "/Appointment/..",
        "/./Appointment",
        "/../Appointment",
        "/Appointment/../Slot",
        "/Appointment/%2e%2e",
        "/Appointment/%2E%2E/Slot",
        "/Appointment/.%2e",
        "/Appointment/%2e./Slot",
        "/Appointment/..;/Slot",
        "/Appointment/..;a=b",
        "/Appointment/.;",
        "/Appointment/%252e%252e",
        "/Appointment/a%252Fb",
        "/Appointment/a%255Cb",
        "/Appointment/%25252e%25252e",
        "/Appointment/%2500",
        "/Appointment/a%00",
        "/Appointment/a%0d%0aX-Injected:%201",
        "/Appointment/a%0a",
        "/Appointment/a%7f",
        "/Appointment/a%",
        "/Appointment/a%4",
        "/Appointment/a%zz",
        "/Appointment/a%u002e",
        "/Slot#fragment",
        "/Slot?a=1#fragment",
        "/Appointment/caf\u00e9",
        "/Slot?a=caf\u00e9",
        "/Appointment/\u0000",
        "/Appointment/a\tb",
        "/Slot?a=b\u007f",
        "/Slot?a=b\rX: 1",
        "/Slot?a= b",
        "//Appointment",
        "/Appointment//1",
        "/Appointment/",
        "/Appointment/1/",
        "",
        "/",
      })
  void pathThatCouldBeReadAsAnotherNeverArrives(String path) {
    assertRefused(RawRequest.message("GET", path, "plain"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "router.example:443",
        "Slot",
        "ftp://router.example/booking-and-referral/FHIR/R4/Slot",
        "http:/booking-and-referral/FHIR/R4/Slot",
        "http://router.example",
        "http://router.example?/booking-and-referral/FHIR/R4/Slot",
        "http://router.example#/booking-and-referral/FHIR/R4/Slot",
        "http://router.example\\@a/booking-and-referral/FHIR/R4/Slot",
        "//router.example/booking-and-referral/FHIR/R4/Slot",
        "/booking-and-referral%2FFHIR/R4/Slot",
        "/BOOKING-AND-REFERRAL/FHIR/R4/Slot",
        "/booking-and-referral/FHIR/R4Slot",
        "/booking-and-referral/FHIR/R4/../R4/Slot",
        "/other/../booking-and-referral/FHIR/R4/Slot",
        "/FHIR/R4/Slot",
      })
  void targetThatIsNotBelowTheBasePathNeverArrives(String target) {
    assertRefused(RawRequest.message("GET", "", "plain").atTarget(target));
  }

  private static void assertRefused(RawRequest request) {
    long before = receivers.arrived();
    RawAnswer answer = RawSender.exchange(router.port(), request);

    assertThat(answer.status()).isIn(400, 404);
    assertThat(answer.text()).contains("\"OperationOutcome\"");
    assertThat(receivers.arrived()).isEqualTo(before);
  }

  @Test
  void lineBreakInTheTargetCannotAddARequest() {
    long before = receivers.arrived();
    RawRequest smuggled =
        RawRequest.message(
            "GET",
            "/Slot HTTP/1.1\r\nHost: a\r\n\r\nGET " + RunningRouter.BASE_PATH + "/Slot",
            "plain");
    try (RawSender sender = RawSender.to(router.port())) {
      // The first half lacks ids; the second is an ordinary request of its own.
      assertThat(sender.exchange(smuggled).status()).isEqualTo(400);
      assertThat(sender.answer("GET").status()).isEqualTo(200);
    }
    assertThat(receivers.arrived()).isEqualTo(before + 1);
  }
}
