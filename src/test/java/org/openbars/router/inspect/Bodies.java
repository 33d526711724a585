package org.openbars.router.inspect;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.openbars.router.message.Inspection;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.sandbox.synthetic.SyntheticMessages;

/** Bodies to inspect, and ways to feed them. */
final class Bodies {
  static final String SYSTEM = "https://fhir.nhs.uk/Id/dos-service-id";
  static final TargetIdentifier TARGET = new TargetIdentifier(SYSTEM, "2000011148");
  static final SyntheticMessages MESSAGES = SyntheticMessages.from(TARGET);
  static final String JSON = "application/fhir+json; charset=utf-8";
  static final String XML = "application/fhir+xml";

  private Bodies() {}

  static Inspection inspect(String contentType, byte[] body, int chunk) {
    Inspector inspector = Inspector.of(contentType, null, TARGET);
    for (int at = 0; at < body.length; at += chunk) {
      inspector.feed(Buffer.buffer().appendBytes(body, at, Math.min(chunk, body.length - at)));
    }
    return inspector.finish();
  }

  static Inspection json(String body) {
    return inspect(JSON, bytes(body), Integer.MAX_VALUE / 2);
  }

  static Inspection xml(String body) {
    return inspect(XML, bytes(body), Integer.MAX_VALUE / 2);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
