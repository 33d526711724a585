package org.openbars.router.fhir;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.buffer.Buffer;

/** A CapabilityStatement ready to send, in both formats. Immutable, for any thread. */
public final class CapabilityAnswer {
  private final byte[] json;
  private final byte[] xml;

  private CapabilityAnswer(byte[] json, byte[] xml) {
    this.json = json;
    this.xml = xml;
  }

  static CapabilityAnswer of(byte[] json, String xml) {
    return new CapabilityAnswer(json.clone(), xml.getBytes(UTF_8));
  }

  /** A copy of the body, for one answer. */
  public Buffer body(AnswerFormat format) {
    return Buffer.buffer(
        switch (format) {
          case JSON -> json;
          case XML -> xml;
        });
  }
}
