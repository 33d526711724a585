package org.openbars.router.perf;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.jsonPath;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.header;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.Assertion;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Simulation;
import io.gatling.javaapi.http.HttpProtocolBuilder;
import io.gatling.javaapi.http.HttpRequestActionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;

/**
 * Books appointments through a running router, each as a sender does: read what the receiver can
 * do, look for free slots, send the booking request. Journeys start at a steady rate whether or not
 * earlier ones have ended, so a slow router shows as waiting and not as less load.
 *
 * <p>A run fails when one exchange fails or one is missing. It never fails on a time: see the
 * README.
 */
public final class BookAppointment extends Simulation {
  private static final List<String> STEPS = List.of("metadata", "slots", "booking");
  private static final int EXIT_USAGE = 2;
  private static final String REQUEST_ID = "requestId";
  private static final String CORRELATION_ID = "correlationId";

  private final RouterUnderTest router;
  private final Settings settings;
  private final BookingRequest booking;

  public BookAppointment() {
    try {
      router = RouterUnderTest.find(Settings.fromSystemProperties());
      settings = router.settings();
      booking = BookingRequest.read(settings);
    } catch (RunRefused e) {
      // Thrown on, its one line would stand between two stack traces of Gatling's.
      System.err.println("perf: " + e.getMessage());
      System.exit(EXIT_USAGE);
      throw e;
    }
    System.out.println(
        settings.journeys()
            + " journeys of "
            + STEPS.size()
            + " exchanges through "
            + settings.router()
            + " to "
            + booking.target().piped());
    setUp(journey().injectOpen(constantUsersPerSec(settings.rate()).during(settings.duration())))
        .protocols(protocol())
        .assertions(assertions());
  }

  @Override
  public void after() {
    router.stop();
  }

  private ScenarioBuilder journey() {
    return scenario("book an appointment")
        .exec(session -> session.set(CORRELATION_ID, UUID.randomUUID().toString()))
        .exec(step(http("metadata").get("/metadata")))
        .exec(step(slots()))
        .exec(step(booking()));
  }

  private HttpRequestActionBuilder slots() {
    Instant from = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return http("slots")
        .get("/Slot")
        .queryParam("status", "free")
        .queryParam("start", "ge" + from)
        .queryParam("start", "le" + from.plus(1, ChronoUnit.DAYS))
        .queryParam("Schedule.actor:HealthcareService", booking.target().piped())
        .queryParam("_include", "Slot:schedule")
        .queryParam("_include", "Schedule:actor:HealthcareService")
        .queryParam("_include", "Schedule:actor:Practitioner")
        .check(jsonPath("$.type").is("searchset"));
  }

  private HttpRequestActionBuilder booking() {
    return http("booking")
        .post("/$process-message")
        .header("Content-Type", BarsHeaders.FHIR_JSON)
        .header(BarsHeaders.USE_CONTEXT, BarsHeaders.NEW_BOOKING)
        .body(StringBody(session -> booking.fresh()))
        .check(jsonPath("$.type").is("message"));
  }

  /** One exchange with a request id of its own, answered 200 with the ids it was sent with. */
  private static ChainBuilder step(HttpRequestActionBuilder request) {
    return exec(session -> session.set(REQUEST_ID, UUID.randomUUID().toString()))
        .exec(
            request
                .header(BarsHeaders.REQUEST_ID, "#{" + REQUEST_ID + "}")
                .header(BarsHeaders.CORRELATION_ID, "#{" + CORRELATION_ID + "}")
                .check(status().is(200))
                .check(header(BarsHeaders.REQUEST_ID).isEL("#{" + REQUEST_ID + "}"))
                .check(header(BarsHeaders.CORRELATION_ID).isEL("#{" + CORRELATION_ID + "}")));
  }

  private HttpProtocolBuilder protocol() {
    return http.baseUrl(settings.router().toString())
        // Senders reach the router over kept connections, as through a gateway.
        .shareConnections()
        .disableFollowRedirect()
        .disableCaching()
        .acceptHeader(BarsHeaders.ACCEPT)
        .header(BarsHeaders.TARGET, BarsHeaders.target(booking.target()))
        .header(BarsHeaders.ORGANISATION, BarsHeaders.SENDING_ORGANISATION)
        .header(BarsHeaders.SOFTWARE, BarsHeaders.SENDING_SOFTWARE);
  }

  /** Nothing failed, and every exchange of every journey is there. */
  private Assertion[] assertions() {
    Assertion[] all = new Assertion[STEPS.size() + 1];
    all[0] = global().failedRequests().percent().is(0.0);
    for (int i = 0; i < STEPS.size(); i++) {
      all[i + 1] = details(STEPS.get(i)).successfulRequests().count().is(settings.journeys());
    }
    return all;
  }
}
