package org.openbars.router.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openbars.router.audit.SampleExchanges.NHS_NUMBER;
import static org.openbars.router.audit.SampleExchanges.booking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openbars.router.message.DestinationMatch;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Inspection;

class ExchangeJsonTest {
  private static final UUID ID = UUID.fromString("019ab123-4567-7000-8000-000000000001");
  private static final String NUMBER = NHS_NUMBER.digits();

  private final ExchangeJson omitting = new ExchangeJson(NhsNumbers.OMIT);
  private final ExchangeJson including = new ExchangeJson(NhsNumbers.INCLUDE);

  private static ExchangeRecord inspected(ExchangeRecord exchange, Inspection inspection) {
    return new ExchangeRecord(
        exchange.id(),
        exchange.node(),
        exchange.asked(),
        inspection,
        exchange.steps(),
        exchange.result());
  }

  private static Inspection saying(String text, Inspection.Patient patient) {
    return new Inspection(
        Inspection.State.COMPLETE,
        DestinationMatch.MATCHES,
        new Inspection.Header(text, text, text, text, text, text, List.of(text), text),
        new Inspection.Subject(text, text, text, text, text, text),
        patient);
  }

  @Test
  void aRecordIsOneObjectWithTheNamesOfTheAuditsApi() throws Exception {
    String correlation = "11111111-2222-4333-8444-555555555555";
    String request = "22222222-2222-4333-8444-555555555555";
    ExchangeRecord exchange =
        SampleExchanges.record(
            ID, booking().at(Instant.parse("2026-11-24T09:00:00Z")).ids(correlation, request));

    assertThat(tree(omitting, inspected(exchange, saying("t", new Inspection.Patient(null, true)))))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"id": "019ab123-4567-7000-8000-000000000001",
                     "receivedAt": "2026-11-24T09:00:00Z",
                     "connectedAt": "2026-11-24T09:00:00.001001Z",
                     "requestSentAt": "2026-11-24T09:00:00.002002Z",
                     "answerHeadAt": "2026-11-24T09:00:00.003003Z",
                     "closedAt": "2026-11-24T09:00:00.004004Z",
                     "node": "node-1", "senderAddress": "10.1.2.3", "method": "POST",
                     "interaction": "PROCESS_MESSAGE",
                     "requestId": "22222222-2222-4333-8444-555555555555",
                     "correlationId": "11111111-2222-4333-8444-555555555555",
                     "receiver": "receiver.example:443", "apiVersion": "1.2.0",
                     "target": {"system": "https://fhir.nhs.uk/Id/dos-service-id",
                                "value": "2000011147"},
                     "useCase": "a1t1", "category": "booked", "event": "booking-request",
                     "reason": "new", "endUserOrganisation": "A1001",
                     "requestingSoftware": {
                       "system": "https://supplier.example/Id/device-identifier",
                       "value": "SUPP-APP-1", "name": "Supplier app", "version": "4.2.1"},
                     "malformedHeader": false, "fate": "ANSWERED", "status": 200,
                     "bytesFromSender": 18700, "bytesToSender": 1024, "nhsNumberHeld": false,
                     "inspection": {"state": "COMPLETE", "destination": "MATCHES",
                       "bundleId": "t", "timestamp": "t", "event": "t", "reason": "t",
                       "definition": "t", "source": "t", "destinations": ["t"],
                       "responseIdentifier": "t", "useCase": "t", "category": "t",
                       "serviceRequestStatus": "t", "serviceRequestIdentifier": "t",
                       "appointmentStatus": "t", "appointmentIdentifier": "t",
                       "invalidNhsNumber": true}}"""));
  }

  @Test
  void whatIsNotKnownIsLeftOut() throws Exception {
    ExchangeRecord known = SampleExchanges.record(ID, booking());
    ExchangeRecord unknown =
        new ExchangeRecord(
            ID,
            "node-1",
            new ExchangeRecord.Asked(
                "10.1.2.3", "GET", null, null, null, null, null, null, null, null, null, null),
            Inspection.nothing(Inspection.State.NOT_READ),
            new ExchangeRecord.Steps(0, 0, 0, 0, Long.MAX_VALUE),
            new ExchangeRecord.Result(known.result().fate(), 0, null, 0, 0));

    String json = new String(omitting.bytes(unknown), StandardCharsets.UTF_8);

    assertThat(json).doesNotContain("null").doesNotContain("closedAt").doesNotContain("status");
    assertThat(tree(omitting, unknown).path("receivedAt").asText())
        .isEqualTo(Instant.ofEpochMilli(ID.getMostSignificantBits() >>> 16).toString());
  }

  @Test
  void theBodysNhsNumberIsTheRecordsWhenTheQueryHasNone() throws Exception {
    ExchangeRecord exchange =
        inspected(
            SampleExchanges.record(ID, booking()),
            saying("t", new Inspection.Patient(NHS_NUMBER, false)));

    assertThat(tree(including, exchange).path("nhsNumber").asText()).isEqualTo(NUMBER);
    assertThat(tree(omitting, exchange).has("nhsNumber")).isFalse();
    assertThat(tree(omitting, exchange).path("nhsNumberHeld").asBoolean()).isTrue();
  }

  @Test
  void noTextOfTheBodyLetsAnNhsNumberIn() throws Exception {
    ExchangeRecord exchange =
        inspected(
            SampleExchanges.record(ID, booking()),
            saying("about " + NUMBER, new Inspection.Patient(NHS_NUMBER, false)));

    assertThat(new String(omitting.bytes(exchange), StandardCharsets.UTF_8)).doesNotContain(NUMBER);
    assertThat(new String(including.bytes(exchange), StandardCharsets.UTF_8))
        .containsOnlyOnce(NUMBER);
  }

  @Test
  void aTextThatIsNoUnicodeIsMadeWritable() throws Exception {
    ExchangeRecord exchange =
        inspected(
            SampleExchanges.record(ID, booking()),
            saying("a\0b\ud800c", new Inspection.Patient(null, false)));

    assertThat(tree(omitting, exchange).at("/inspection/source").asText()).isEqualTo("ab\ufffdc");
  }

  private static JsonNode tree(ExchangeJson json, ExchangeRecord exchange) throws Exception {
    return new ObjectMapper().readTree(json.bytes(exchange));
  }
}
