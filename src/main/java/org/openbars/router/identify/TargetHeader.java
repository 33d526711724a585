package org.openbars.router.identify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.TargetIdentifier;

/**
 * Decodes {@code NHSD-Target-Identifier}: standard Base64 with or without padding, of one JSON
 * object in UTF-8 with the text members {@code system} and {@code value}. Repeated members are
 * refused, unknown ones ignored.
 */
public final class TargetHeader {
  private static final int MAX_DEPTH = 16;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  /** What a header says. */
  public sealed interface Decoded {
    /** A target identifier. */
    record Good(TargetIdentifier target) implements Decoded {}

    /** A fault: {@link BarsError#TARGET_NOT_BASE64} or {@link BarsError#TARGET_MALFORMED}. */
    record Bad(BarsError error) implements Decoded {}
  }

  private static final Decoded NOT_BASE64 = new Decoded.Bad(BarsError.TARGET_NOT_BASE64);
  private static final Decoded MALFORMED = new Decoded.Bad(BarsError.TARGET_MALFORMED);

  private TargetHeader() {}

  /** Decodes one header's value. */
  public static Decoded decode(String header) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(header);
    } catch (IllegalArgumentException e) {
      return NOT_BASE64;
    }
    if (bytes.length == 0) {
      return NOT_BASE64;
    }
    String json;
    try {
      json = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return MALFORMED;
    }
    try (JsonParser parser = JSON.createParser(json)) {
      TargetIdentifier target = read(parser);
      return target == null ? MALFORMED : new Decoded.Good(target);
    } catch (IOException e) {
      return MALFORMED;
    }
  }

  private static @Nullable TargetIdentifier read(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      return null;
    }
    String system = null;
    String value = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      if (name.equals("system") || name.equals("value")) {
        String text = token == JsonToken.VALUE_STRING ? parser.getText() : "";
        if (text.isEmpty()) {
          return null;
        }
        if (name.equals("system")) {
          system = text;
        } else {
          value = text;
        }
      } else {
        parser.skipChildren();
      }
    }
    boolean one = parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
    return one && system != null && value != null ? new TargetIdentifier(system, value) : null;
  }
}
