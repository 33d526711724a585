package org.openbars.router.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Inspection;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.message.UseContext;
import org.openbars.router.message.Uuids;

/**
 * A record as the JSON event that Splunk and Kafka get, with the names of {@code /api/audit}. What
 * is not known is left out; there is no null. An NHS number stands in {@code nhsNumber} when that
 * is asked for, and a text of the sender's that holds one is left out. Takes some microseconds: not
 * for an exchange's event loop. Safe on any thread.
 */
final class ExchangeJson {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int USUAL_BYTES = 2048;
  private static final int ID_TIME_SHIFT = 16;
  private static final long MICROS_A_MILLI = 1000;
  private static final long MICROS_A_SECOND = 1_000_000;

  /** The year 10000; a later instant is a fault of ours and stored as none. */
  private static final long MAX_MICROS = 253_402_300_800_000_000L;

  private final NhsNumbers nhsNumbers;

  ExchangeJson(NhsNumbers nhsNumbers) {
    this.nhsNumbers = nhsNumbers;
  }

  /** What stands around the event. */
  interface Envelope {
    void write(JsonGenerator json) throws IOException;
  }

  /**
   * The event in UTF-8.
   *
   * @throws AuditSink.RefusedBatch when the record cannot be written, which is a fault of ours
   */
  byte[] bytes(ExchangeRecord exchange) throws AuditSink.RefusedBatch {
    return utf8(json -> write(exchange, json));
  }

  /** One JSON value in UTF-8. */
  static byte[] utf8(Envelope value) throws AuditSink.RefusedBatch {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_BYTES);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      value.write(json);
    } catch (IOException | RuntimeException e) {
      // One record must not stop the others; its text may be what cannot be written, so it is not
      // told.
      throw new AuditSink.RefusedBatch("not writable as JSON: " + e.getClass().getSimpleName());
    }
    return bytes.toByteArray();
  }

  /** Microseconds since the epoch of the request's arrival, else of the id. */
  static long receivedMicros(ExchangeRecord exchange) {
    long received = exchange.steps().received();
    return isInstant(received)
        ? received
        : (exchange.id().getMostSignificantBits() >>> ID_TIME_SHIFT) * MICROS_A_MILLI;
  }

  void write(ExchangeRecord exchange, JsonGenerator json) throws IOException {
    SenderHeaders sender =
        SenderHeaders.decode(
            exchange.asked().endUserOrganisation(), exchange.asked().requestingSoftware());
    json.writeStartObject();
    json.writeStringField("id", exchange.id().toString());
    writeSteps(exchange, json);
    text(json, "node", exchange.node());
    writeAsked(exchange.asked(), json);
    writeUseContext(UseContext.parse(exchange.asked().useContext()), json);
    writeSender(sender, json);
    writeResult(exchange.result(), json);
    writePatient(exchange, json);
    if (exchange.inspection() != null) {
      json.writeObjectFieldStart("inspection");
      writeInspection(exchange.inspection(), json);
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static void writeSteps(ExchangeRecord exchange, JsonGenerator json) throws IOException {
    ExchangeRecord.Steps steps = exchange.steps();
    instant(json, "receivedAt", receivedMicros(exchange));
    instant(json, "connectedAt", steps.connected());
    instant(json, "requestSentAt", steps.requestSent());
    instant(json, "answerHeadAt", steps.answerHead());
    instant(json, "closedAt", steps.closed());
  }

  private static void writeAsked(ExchangeRecord.Asked asked, JsonGenerator json)
      throws IOException {
    text(json, "senderAddress", asked.senderAddress());
    text(json, "method", asked.method());
    text(json, "interaction", asked.interaction());
    text(json, "requestId", asked.requestId());
    text(json, "correlationId", asked.correlationId());
    text(json, "receiver", asked.receiver());
    text(json, "apiVersion", asked.apiVersion());
    text(json, "application", asked.application());
    TargetIdentifier target = asked.target();
    if (target != null) {
      json.writeObjectFieldStart("target");
      text(json, "system", target.system());
      text(json, "value", target.value());
      json.writeEndObject();
    }
  }

  private static void writeUseContext(UseContext context, JsonGenerator json) throws IOException {
    text(json, "useCase", context.useCase());
    text(json, "category", context.category());
    text(json, "event", context.event());
    text(json, "reason", context.reason());
  }

  private static void writeSender(SenderHeaders sender, JsonGenerator json) throws IOException {
    text(json, "endUserOrganisation", sender.organisation());
    boolean known =
        sender.softwareSystem() != null
            || sender.softwareValue() != null
            || sender.softwareName() != null
            || sender.softwareVersion() != null;
    if (known) {
      json.writeObjectFieldStart("requestingSoftware");
      text(json, "system", sender.softwareSystem());
      text(json, "value", sender.softwareValue());
      text(json, "name", sender.softwareName());
      text(json, "version", sender.softwareVersion());
      json.writeEndObject();
    }
    json.writeBooleanField(
        "malformedHeader", sender.organisationMalformed() || sender.softwareMalformed());
  }

  private static void writeResult(ExchangeRecord.Result result, JsonGenerator json)
      throws IOException {
    text(json, "fate", result.fate());
    text(json, "error", result.error());
    if (result.status() != 0) {
      json.writeNumberField("status", result.status());
    }
    json.writeNumberField("bytesFromSender", result.bytesFromSender());
    json.writeNumberField("bytesToSender", result.bytesToSender());
  }

  private void writePatient(ExchangeRecord exchange, JsonGenerator json) throws IOException {
    NhsNumber inQuery = exchange.asked().nhsNumber();
    Inspection inspection = exchange.inspection();
    NhsNumber number =
        inQuery != null || inspection == null ? inQuery : inspection.patient().nhsNumber();
    json.writeBooleanField("nhsNumberHeld", number != null);
    if (number != null && nhsNumbers == NhsNumbers.INCLUDE) {
      json.writeStringField("nhsNumber", number.digits());
    }
  }

  private static void writeInspection(Inspection inspection, JsonGenerator json)
      throws IOException {
    text(json, "state", inspection.state());
    text(json, "destination", inspection.destination());
    Inspection.Header header = inspection.header();
    text(json, "bundleId", header.bundleId());
    text(json, "timestamp", header.timestamp());
    text(json, "event", header.event());
    text(json, "reason", header.reason());
    text(json, "definition", header.definition());
    text(json, "source", header.source());
    if (!header.destinations().isEmpty()) {
      json.writeArrayFieldStart("destinations");
      for (String destination : header.destinations()) {
        String allowed = allowed(destination);
        if (allowed != null) {
          json.writeString(allowed);
        }
      }
      json.writeEndArray();
    }
    text(json, "responseIdentifier", header.responseIdentifier());
    Inspection.Subject subject = inspection.subject();
    text(json, "useCase", subject.useCase());
    text(json, "category", subject.category());
    text(json, "serviceRequestStatus", subject.serviceRequestStatus());
    text(json, "serviceRequestIdentifier", subject.serviceRequestIdentifier());
    text(json, "appointmentStatus", subject.appointmentStatus());
    text(json, "appointmentIdentifier", subject.appointmentIdentifier());
    json.writeBooleanField("invalidNhsNumber", inspection.patient().invalidNhsNumber());
  }

  private static void instant(JsonGenerator json, String name, long micros) throws IOException {
    if (isInstant(micros)) {
      Instant instant =
          Instant.ofEpochSecond(
              micros / MICROS_A_SECOND, micros % MICROS_A_SECOND * MICROS_A_MILLI);
      json.writeStringField(name, instant.toString());
    }
  }

  private static boolean isInstant(long micros) {
    return micros > 0 && micros < MAX_MICROS;
  }

  private static void text(JsonGenerator json, String name, @Nullable Object value)
      throws IOException {
    String text = value == null ? null : allowed(value.toString());
    if (text != null) {
      json.writeStringField(name, text);
    }
  }

  /** Null for a text that holds an NHS number; a UUID is never taken for one. */
  private static @Nullable String allowed(String text) {
    return Uuids.isUuid(text) ? text : AuditText.withoutNhsNumber(text, Inspection.MAX_TEXT);
  }
}
