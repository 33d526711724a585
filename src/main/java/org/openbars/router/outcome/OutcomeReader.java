package org.openbars.router.outcome;

import com.fasterxml.aalto.stax.InputFactoryImpl;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether bytes from a receiver are one whole OperationOutcome, JSON or XML. Never throws and
 * never recurses: the bytes may hold anything.
 */
final class OutcomeReader {
  private static final String RESOURCE = "OperationOutcome";
  private static final String NAMESPACE = "http://hl7.org/fhir";
  private static final int MAX_DEPTH = 100;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          // Names come from outside: interned ones would stay for good.
          .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
          .build();

  private static final Found NOTHING = new Found(false, null);

  private OutcomeReader() {}

  /** What the bytes hold; without {@code outcome} there is no code either. */
  record Found(boolean outcome, @Nullable String firstIssueCode) {}

  static Found read(byte[] body) {
    try {
      int start = start(body);
      if (start == body.length) {
        return NOTHING;
      }
      return switch (body[start]) {
        case '{' -> json(body, start);
        // FE and FF start XML in UTF-16; FHIR's JSON is UTF-8 only.
        case '<', (byte) 0xfe, (byte) 0xff -> xml(body);
        default -> NOTHING;
      };
    } catch (IOException | XMLStreamException | RuntimeException e) {
      // RuntimeException as well: parsers have thrown them on hostile bytes, and the sender must
      // have an answer.
      return NOTHING;
    }
  }

  /** The first byte after a byte order mark and white space. */
  private static int start(byte[] body) {
    boolean mark =
        body.length >= 3
            && body[0] == (byte) 0xef
            && body[1] == (byte) 0xbb
            && body[2] == (byte) 0xbf;
    int at = mark ? 3 : 0;
    while (at < body.length
        && (body[at] == ' ' || body[at] == '\t' || body[at] == '\r' || body[at] == '\n')) {
      at++;
    }
    return at;
  }

  private static Found json(byte[] body, int start) throws IOException {
    if (start + 1 < body.length && body[start + 1] == 0) {
      return NOTHING; // UTF-16, which Jackson would detect and accept
    }
    try (JsonParser parser = JSON.createParser(body, start, body.length - start)) {
      int types = 0;
      boolean outcome = false;
      String code = null;
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (name.equals("resourceType")) {
          types++;
          outcome = value == JsonToken.VALUE_STRING && parser.getText().equals(RESOURCE);
        }
        if (name.equals("issue") && value == JsonToken.START_ARRAY) {
          code = codeOfFirst(parser);
        } else {
          parser.skipChildren();
        }
      }
      // A repeated resourceType is read one way by some and another way by others.
      boolean whole = parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
      return whole && outcome && types == 1 ? new Found(true, code) : NOTHING;
    }
  }

  private static @Nullable String codeOfFirst(JsonParser parser) throws IOException {
    String code = null;
    boolean first = true;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (first && parser.currentToken() == JsonToken.START_OBJECT) {
        code = codeMember(parser);
      } else {
        parser.skipChildren();
      }
      first = false;
    }
    return code;
  }

  private static @Nullable String codeMember(JsonParser parser) throws IOException {
    String code = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean wanted = parser.currentName().equals("code");
      JsonToken value = parser.nextToken();
      if (wanted && value == JsonToken.VALUE_STRING) {
        code = parser.getText();
      }
      parser.skipChildren();
    }
    return code;
  }

  private static Found xml(byte[] body) throws XMLStreamException {
    XMLStreamReader reader = xmlFactory().createXMLStreamReader(new ByteArrayInputStream(body));
    try {
      String code = null;
      int depth = 0;
      int issues = 0;
      while (reader.hasNext()) {
        switch (reader.next()) {
          case XMLStreamConstants.START_ELEMENT -> {
            depth++;
            if (depth > MAX_DEPTH || (depth == 1 && !isFhir(reader, RESOURCE))) {
              return NOTHING;
            }
            if (depth == 2 && isFhir(reader, "issue")) {
              issues++;
            } else if (depth == 3 && issues == 1 && code == null && isFhir(reader, "code")) {
              code = reader.getAttributeValue(null, "value");
            }
          }
          case XMLStreamConstants.END_ELEMENT -> depth--;
          case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE -> {
            return NOTHING;
          }
          default -> {}
        }
      }
      return new Found(true, code);
    } finally {
      reader.close();
    }
  }

  private static boolean isFhir(XMLStreamReader reader, String name) {
    return reader.getLocalName().equals(name) && NAMESPACE.equals(reader.getNamespaceURI());
  }

  /**
   * Aalto, as the JDK's own writes to stderr. A new factory each time: an old one keeps every name
   * that it ever saw.
   */
  private static XMLInputFactory xmlFactory() {
    XMLInputFactory factory = new InputFactoryImpl();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    return factory;
  }
}
