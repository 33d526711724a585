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
 * Which software sends, by its own word: the first identifier of the Device in {@code
 * NHSD-Requesting-Software} (OAS 1.0.0). Nothing proves it, so it stops software that is at fault,
 * not one that is hostile. Looked at only while an application is suspended.
 */
final class SendingApplication {
  private static final int MAX_HEADER = 8192;
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(16).build())
              .build());

  private SendingApplication() {}

  static boolean suspended(Suspensions suspensions, RequestHeads heads) {
    if (!suspensions.namesApplications()) {
      return false;
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
