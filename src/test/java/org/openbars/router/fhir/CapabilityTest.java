package org.openbars.router.fhir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestComponent;
import org.hl7.fhir.r4.model.PrimitiveType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openbars.router.message.Interaction;

class CapabilityTest {
  private static final String URL = "https://router.example/booking-and-referral/FHIR/R4";

  private static Vertx vertx;
  private static CapabilityAnswer answer;
  private static CapabilityStatement statement;

  @BeforeAll
  static void build() {
    vertx = Vertx.vertx();
    answer = done(Capability.ours(vertx, new Installation(URL, "0.1.0")));
    statement = parse(AnswerFormat.JSON);
  }

  @AfterAll
  static void close() {
    done(vertx.close());
  }

  @Test
  void jsonAndXmlAreTheSameStatement() {
    assertThat(parse(AnswerFormat.XML).equalsDeep(statement)).isTrue();
  }

  @Test
  void statementHasWhatFhirDemands() {
    assertThat(statement.getStatus().toCode()).isEqualTo("active");
    assertThat(statement.getDateElement().getValueAsString()).isEqualTo("2026-11-24");
    assertThat(statement.getKind().toCode()).isEqualTo("instance");
    assertThat(statement.getFhirVersion().toCode()).isEqualTo("4.0.1");
    assertThat(statement.getFormat().stream().map(PrimitiveType::getValue))
        .containsExactly("application/fhir+json", "application/fhir+xml");
    assertThat(statement.getSoftware().getName()).isEqualTo("bars-router");
    assertThat(statement.getSoftware().getVersion()).isEqualTo("0.1.0");
    assertThat(statement.getImplementation().getUrl()).isEqualTo(URL);
    assertThat(statement.getImplementation().getDescription()).isNotEmpty();
    assertThat(rest().getMode().toCode()).isEqualTo("server");
    assertThat(rest().getSecurity().getServiceFirstRep().getCodingFirstRep().getCode())
        .isEqualTo("OAuth");
    assertThat(statement.getMessaging())
        .singleElement()
        .satisfies(
            m -> {
              assertThat(m.getEndpointFirstRep().getAddress()).isEqualTo(URL + "/$process-message");
              assertThat(m.getSupportedMessage()).isEmpty();
            });
  }

  @Test
  void everyInteractionIsClaimedAndNothingElse() {
    List<String> claimed = new ArrayList<>();
    rest()
        .getResource()
        .forEach(
            r ->
                r.getInteraction()
                    .forEach(i -> claimed.add(r.getType() + " " + i.getCode().toCode())));
    rest().getOperation().forEach(o -> claimed.add("operation " + o.getName()));

    assertThat(claimed)
        .containsExactlyInAnyOrder(
            "MessageDefinition search-type",
            "Slot search-type",
            "Appointment search-type",
            "Appointment create",
            "Appointment read",
            "Appointment update",
            "Appointment patch",
            "Appointment delete",
            "ServiceRequest search-type",
            "ServiceRequest create",
            "ServiceRequest read",
            "ServiceRequest update",
            "ServiceRequest patch",
            "ServiceRequest delete",
            "operation process-message");
    // The statement itself is the answer to /metadata, which FHIR gives no entry.
    assertThat(claimed).hasSize(Interaction.values().length - 1);
    assertThat(rest().getInteraction()).isEmpty();
    assertThat(rest().getOperationFirstRep().getDefinition())
        .isEqualTo("http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message");
  }

  @Test
  void searchParametersAreThoseOfTheApi() {
    List<String> parameters = new ArrayList<>();
    rest()
        .getResource()
        .forEach(
            r ->
                r.getSearchParam()
                    .forEach(
                        p ->
                            parameters.add(
                                r.getType() + " " + p.getName() + " " + p.getType().toCode())));

    assertThat(parameters)
        .containsExactlyInAnyOrder(
            "MessageDefinition context token",
            "Slot status token",
            "Slot start date",
            "Slot Schedule.actor:HealthcareService token",
            "Appointment patient:identifier token",
            "Appointment patient:name string",
            "Appointment patient:birthdate date",
            "Appointment patient:address-postalcode string",
            "ServiceRequest patient:identifier token",
            "ServiceRequest patient:name string",
            "ServiceRequest patient:birthdate date",
            "ServiceRequest patient:address-postalcode string",
            "ServiceRequest ServiceRequest.identifier token");
    assertThat(
            rest().getResource().stream()
                .filter(r -> r.getType().equals("Slot"))
                .flatMap(r -> r.getSearchInclude().stream())
                .map(PrimitiveType::getValue))
        .containsExactly(
            "Slot:schedule",
            "Schedule:actor:Practitioner",
            "Schedule:actor:PractitionerRole",
            "Schedule:actor:HealthcareService",
            "HealthcareService:providedBy",
            "HealthcareService:location",
            "Slot:*");
  }

  @Test
  void everyBuildGivesTheSameBytes() {
    CapabilityAnswer again = done(Capability.ours(vertx, new Installation(URL, "0.1.0")));

    for (AnswerFormat format : AnswerFormat.values()) {
      assertThat(again.body(format)).isEqualTo(answer.body(format));
    }
  }

  @Test
  void bodyIsTheCallersOwn() {
    answer.body(AnswerFormat.JSON).setByte(0, (byte) 'x');

    assertThat(answer.body(AnswerFormat.JSON).toString()).startsWith("{");
  }

  @Test
  void buildAskedForOnAnEventLoopEndsOnIt() {
    AtomicReference<Context> asked = new AtomicReference<>();
    AtomicReference<Context> ended = new AtomicReference<>();
    vertx.runOnContext(
        v -> {
          asked.set(Vertx.currentContext());
          Capability.ours(vertx, new Installation(URL, "0.1.0"))
              .onComplete(r -> ended.set(Vertx.currentContext()));
        });

    await().atMost(Duration.ofSeconds(60)).until(() -> ended.get() != null);
    assertThat(ended.get()).isSameAs(asked.get());
  }

  private static CapabilityStatementRestComponent rest() {
    assertThat(statement.getRest()).hasSize(1);
    return statement.getRestFirstRep();
  }

  private static CapabilityStatement parse(AnswerFormat format) {
    return FhirR4.strictParser(format)
        .parseResource(CapabilityStatement.class, answer.body(format).toString(UTF_8));
  }

  private static <T> T done(Future<T> future) {
    await().atMost(Duration.ofSeconds(60)).until(future::isComplete);
    assertThat(future.cause()).isNull();
    return future.result();
  }
}
