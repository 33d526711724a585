package org.openbars.router.audit;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.ExchangeRecord;

/**
 * Batches as request bodies of the HTTP Event Collector: one JSON object an event, one after the
 * other (Splunk, "Format events for HTTP Event Collector"). For a worker: a full body takes
 * milliseconds.
 */
final class SplunkEvents {
  /** The most bytes of one body before compression; Splunk Cloud takes no more. */
  static final int MAX_BODY = 1024 * 1024;

  private static final String SOURCE = "bars-router";
  private static final String SOURCE_TYPE = "bars:exchange";
  private static final int MICROS = 6;

  private final ExchangeJson events;
  private final @Nullable String index;
  private final boolean gzip;

  SplunkEvents(SplunkConfig config) {
    this.events = new ExchangeJson(config.nhsNumbers());
    this.index = config.index();
    this.gzip = config.gzip();
  }

  /** The batch in its order, in as few bodies as {@link #MAX_BODY} allows. */
  List<Buffer> bodies(List<ExchangeRecord> batch) throws AuditSink.RefusedBatch {
    List<Buffer> bodies = new ArrayList<>();
    ByteArrayOutputStream body = new ByteArrayOutputStream(MAX_BODY / 4);
    for (ExchangeRecord exchange : batch) {
      byte[] event = event(exchange);
      if (body.size() > 0 && body.size() + event.length + 1 > MAX_BODY) {
        bodies.add(finished(body));
        body.reset();
      }
      body.writeBytes(event);
      body.write('\n');
    }
    bodies.add(finished(body));
    return bodies;
  }

  private byte[] event(ExchangeRecord exchange) throws AuditSink.RefusedBatch {
    return ExchangeJson.utf8(
        json -> {
          json.writeStartObject();
          json.writeFieldName("time");
          json.writeNumber(BigDecimal.valueOf(ExchangeJson.receivedMicros(exchange), MICROS));
          json.writeStringField("host", AuditText.stored(exchange.node(), AuditText.MAX_NAME));
          json.writeStringField("source", SOURCE);
          json.writeStringField("sourcetype", SOURCE_TYPE);
          if (index != null) {
            json.writeStringField("index", index);
          }
          json.writeFieldName("event");
          events.write(exchange, json);
          json.writeEndObject();
        });
  }

  private Buffer finished(ByteArrayOutputStream body) {
    if (!gzip) {
      return Buffer.buffer(body.toByteArray());
    }
    ByteArrayOutputStream packed = new ByteArrayOutputStream(body.size() / 8 + 64);
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      body.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return Buffer.buffer(packed.toByteArray());
  }
}
