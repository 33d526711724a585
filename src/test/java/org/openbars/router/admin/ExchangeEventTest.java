package org.openbars.router.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventAction;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventEntityComponent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.fhir.FhirR4;

/** What stands where in an AuditEvent. */
class ExchangeEventTest {
  static final String ID = "019a9b2c-0000-7000-8000-000000000001";
  static final JsonObject RECORD =
      new JsonObject()
          .put("id", ID)
          .put("node", "node-1")
          .put("receivedAt", "2026-11-20T12:00:00Z")
          .put("closedAt", "2026-11-20T12:00:00.123456Z")
          .put("senderAddress", "10.1.2.3")
          .put("method", "POST")
          .put("interaction", "PROCESS_MESSAGE")
          .put("requestId", "c1ab3fba-6bae-4ba4-b257-5a87c44d4a91")
          .put("correlationId", "9562466f-c982-4bd5-bb0e-255e9f5e6689")
          .put("target", new JsonObject().put("system", "https://s").put("value", "v"))
          .put("receiver", "receiver.example:443")
          .put("endUserOrganisation", "A1001")
          .put(
              "requestingSoftware",
              new JsonObject().put("system", "https://d").put("value", "APP").put("name", "App"))
          .put("fate", "ANSWERED")
          .put("status", 200)
          .put(
              "corrections",
              new JsonArray().add(new JsonObject().put("field", "useCase").put("value", "a1t2")));

  @Test
  void auditEventSaysWhoDidWhatAndHowItEnded() {
    AuditEvent event = ExchangeEvent.of(RECORD);

    assertThat(event.getIdPart()).isEqualTo(ID);
    assertThat(event.getType().getCode()).isEqualTo("rest");
    assertThat(event.getSubtype())
        .extracting(coding -> coding.getCode())
        .containsExactly("operation", "PROCESS_MESSAGE");
    assertThat(event.getAction()).isEqualTo(AuditEventAction.E);
    assertThat(event.getRecordedElement().getValueAsString())
        .isEqualTo("2026-11-20T12:00:00.123456Z");
    assertThat(event.getOutcome().toCode()).isEqualTo("0");
    assertThat(event.getOutcomeDesc()).isEqualTo("ANSWERED");
    assertThat(event.getAgent()).extracting(agent -> agent.hasRequestor()).containsOnly(true);
    assertThat(event.getAgent().stream().filter(agent -> agent.getRequestor())).hasSize(1);
    assertThat(event.getAgent().get(0).getWho().getIdentifier().getValue()).isEqualTo("APP");
    assertThat(event.getAgent().get(1).getWho().getIdentifier().getValue()).isEqualTo("A1001");
    assertThat(event.getAgent().get(2).getName()).isEqualTo("node-1");
    assertThat(event.getAgent().get(3).getNetwork().getAddress()).isEqualTo("receiver.example:443");
    assertThat(event.getSource().getObserver().getDisplay()).isEqualTo("node-1");
    assertThat(event.getEntity())
        .extracting(AuditEventEntityComponent::getName)
        .containsExactly("X-Request-Id", "X-Correlation-Id", "NHSD-Target-Identifier");
    assertThat(event.getEntity().get(2).getWhat().getIdentifier().getSystem())
        .isEqualTo("https://s");
    assertThat(event.getEntityFirstRep().getDetail())
        .anyMatch(detail -> detail.getType().equals("correction"));
  }

  @ParameterizedTest
  @CsvSource({
    "ANSWERED, 200, 0",
    "ANSWERED, 422, 4",
    "ANSWERED, 503, 8",
    "REFUSED, 404, 4",
    "REFUSED, 503, 8",
    "NEVER_SENT, 503, 8",
    "TIMED_OUT, 408, 8",
    "OUTCOME_UNKNOWN, 503, 8",
    "ANSWER_CUT_OFF, 200, 8",
    "SENDER_LEFT, 0, 8",
    "OF_A_LATER_VERSION, 200, 8"
  })
  void outcomeFollowsTheFate(String fate, int status, String outcome) {
    JsonObject record = RECORD.copy().put("fate", fate).put("status", status);

    assertThat(ExchangeEvent.of(record).getOutcome().toCode()).isEqualTo(outcome);
  }

  @Test
  void recordThatKnowsLittleIsAnEventAllTheSame() {
    JsonObject record =
        new JsonObject()
            .put("id", ID)
            .put("node", "node-1")
            .put("receivedAt", "2026-11-20T12:00:00Z")
            .put("fate", "REFUSED");
    String json =
        FhirR4.strictParser(AnswerFormat.JSON).encodeResourceToString(ExchangeEvent.of(record));

    AuditEvent event = FhirR4.strictParser(AnswerFormat.JSON).parseResource(AuditEvent.class, json);
    assertThat(event.hasRecorded()).isTrue();
    assertThat(event.getAgent()).hasSize(2);
  }
}
