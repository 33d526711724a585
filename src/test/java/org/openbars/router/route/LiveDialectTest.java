package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openbars.router.fixture.RawRequest.CORRELATION_ID;
import static org.openbars.router.fixture.RawRequest.REQUEST_ID;

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
import org.openbars.router.sandbox.Arrival;

/** What dialect live lets pass that the guide refuses. Its error bodies: {@link ErrorRowsTest}. */
class LiveDialectTest {
  private static final String NO_STORE =
      "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"%s\"}]}";

  private static RunningReceivers receivers;
  private static RunningRouter router;

  @BeforeAll
  static void start() {
    receivers = RunningReceivers.start();
    RunningRouter.Setup setup = RunningRouter.setup().set("errors.dialect", "live");
    for (int status : new int[] {400, 401, 404, 405, 406, 408, 409, 422, 429, 501, 502}) {
      setup.target("html" + status, receivers.url("status=" + status + ",body=html"));
    }
    router =
        setup
            .target("good", receivers.url(""))
            .target("echo500", receivers.url("status=500,echo"))
            .target("forbidden", receivers.url("status=403,body=outcome"))
            .target("gzip500", receivers.url("status=500,body=html,encoding=gzip"))
            .target("large500", receivers.url("status=500,body=text,size=65537"))
            .start();
  }

  @AfterAll
  static void stop() {
    router.close();
    receivers.close();
  }

  private static RawAnswer exchange(RawRequest request) {
    receivers.mock().clearArrivals();
    return RawSender.exchange(router.port(), request);
  }

  private static Arrival arrival(RawRequest request) {
    exchange(request);
    assertThat(receivers.mock().arrivals()).hasSize(1);
    return receivers.last();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /Nothing?a=1",
    "GET, /",
    "POST, /a/b/c",
    "DELETE, /Slot",
    "PATCH, /MessageDefinition",
    "MADE-UP, /Appointment",
    "OPTIONS, /Appointment",
    "GET, /$process-message",
    "POST, /metadata",
    "GET, //Appointment//1/",
  })
  void unknownPathsAndMethodsAreTheReceiversToJudge(String method, String path) {
    Arrival arrival = arrival(RawRequest.message(method, path, "good"));

    assertThat(arrival.method()).isEqualTo(method);
    assertThat(arrival.uri()).isEqualTo("/FHIR/R4" + path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"12345", "not an id", "{c1ab3fba-6bae-4ba4-b257-5a87c44d4a91}", "a,b"})
  void anyCleanIdPasses(String id) {
    Arrival arrival =
        arrival(
            RawRequest.message("GET", "/Slot", "good")
                .only(REQUEST_ID, id)
                .only(CORRELATION_ID, id + id));

    assertThat(arrival.headers(REQUEST_ID)).containsExactly(id);
    assertThat(arrival.headers(CORRELATION_ID)).containsExactly(id + id);
  }

  @Test
  void repeatedIdsAreTheReceiversToJudge() {
    Arrival arrival = arrival(RawRequest.message("GET", "/Slot", "good").with(REQUEST_ID, "2"));

    assertThat(arrival.headers(REQUEST_ID)).containsExactly(RunningRouter.REQUEST_ID, "2");
  }

  @Test
  void idIsMirroredInOurAnswersWhateverItsShape() {
    RawAnswer answer =
        exchange(RawRequest.message("GET", "/Slot", "nobody").only(REQUEST_ID, "12345"));

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.values(REQUEST_ID)).containsExactly("12345");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.0.0", "0.1", "new", "1.0.0"})
  void versionIsNotLookedAt(String version) {
    arrival(
        RawRequest.message("GET", "/Slot", "good")
            .with("Accept", "application/fhir+json; version=" + version));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1.0", "1.2.0-alpha", "2.0.0", "\"1.1.0\""})
  void documentReferenceOfALaterVersionPasses(String version) {
    Arrival arrival =
        arrival(
            RawRequest.message("GET", "/DocumentReference?type=x", "good")
                .with("Accept", "application/fhir+json; version=" + version));

    assertThat(arrival.uri()).isEqualTo("/FHIR/R4/DocumentReference?type=x");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 404, 405, 406, 408, 409, 422, 429, 501, 502})
  void everyOtherErrorOfAReceiverPassesAsItIs(int status) {
    RawAnswer answer = exchange(RawRequest.message("GET", "/Slot", "html" + status));

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).contains("text/html");
    assertThat(answer.text()).startsWith("<html>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"exception", "transient", "anything"})
  void serverErrorWithAnotherCodePassesAsItIs(String code) {
    String outcome = NO_STORE.formatted(code);
    RawAnswer answer =
        exchange(RawRequest.message("POST", "/$process-message", "echo500").body(outcome));

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.text()).isEqualTo(outcome);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip500", "large500"})
  void serverErrorThatCannotBeReadPassesAsItIs(String target) {
    RawAnswer answer = exchange(RawRequest.message("GET", "/Slot", target));

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.text()).doesNotContain("OperationOutcome");
  }

  @Test
  void forbiddenIsReplacedForHeadToo() {
    RawAnswer get = exchange(RawRequest.message("GET", "/Slot", "forbidden"));
    RawAnswer head = exchange(RawRequest.message("HEAD", "/Slot", "forbidden"));

    assertThat(head.status()).isEqualTo(403);
    assertThat(head.header("Content-Length")).isEqualTo(get.header("Content-Length"));
    assertThat(get.text()).contains("REC_FORBIDDEN").contains("TLS-MA failure.");
  }
}
