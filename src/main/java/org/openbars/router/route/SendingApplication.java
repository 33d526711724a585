package org.openbars.router.route;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.openbars.router.directory.Suspensions;
import org.openbars.router.wire.RequestHeads;

/**
 * Which software sends: the application that was proven, else by its own word: the first identifier
 * of the Device in {@code NHSD-Requesting-Software} (OAS 1.0.0). Nothing proves it, so it stops
 * software that is at fault, not one that is hostile. Looked at only while an application is
 * suspended.
 */
final class SendingApplication {
  /** The system under which operators name a proven application. */
  private static final String PROVEN = "application|";

  private static final int MAX_HEADER = 8192;
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(16).build())
              .build());

  private SendingApplication() {}

  /**
   * @param proven the application, by a token or the API gateway; null where nobody proved it
   */
  static boolean suspended(Suspensions suspensions, @Nullable String proven, RequestHeads heads) {
    if (!suspensions.namesApplications()) {
      return false;
    }
    if (proven != null) {
      // What it says of itself counts for nothing then.
      return suspensions.ofApplication(PROVEN + proven) != null;
    }
    String application = of(heads.requestingSoftware());
    return application != null && suspensions.ofApplication(application) != null;
  }

  /** {@code system|value}; null where the header does not say. */
  static @Nullable String of(@Nullable String header) {
    if (header == null || header.length() > MAX_HEADER) {
      return null;
    }
    try {
      JsonNode identifiers =
          JSON.readTree(Base64.getDecoder().decode(header.trim())).path("identifier");
      JsonNode first = identifiers.isArray() ? identifiers.path(0) : identifiers;
      String system = first.path("system").asText("");
      String value = first.path("value").asText("");
      return system.isEmpty() || value.isEmpty() ? null : system + "|" + value;
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }
}
