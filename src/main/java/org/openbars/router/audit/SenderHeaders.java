package org.openbars.router.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who sent an exchange, read from {@code NHSD-End-User-Organisation} and {@code
 * NHSD-Requesting-Software} (OAS 1.0.0: Base64 of a FHIR Organization and of a Device). A header
 * that cannot be read leaves its fields null and is marked, never an error: the standard lets
 * routers pass it unread. Names of organisations and people are not kept.
 *
 * @param organisation ODS code
 * @param softwareSystem system of the device's first identifier
 * @param softwareValue value of the device's first identifier
 * @param softwareName the device's first name
 * @param softwareVersion the device's first version
 * @param organisationMalformed the header was sent and holds no ODS code
 * @param softwareMalformed the header was sent and is not a JSON object with an identifier
 */
record SenderHeaders(
    @Nullable String organisation,
    @Nullable String softwareSystem,
    @Nullable String softwareValue,
    @Nullable String softwareName,
    @Nullable String softwareVersion,
    boolean organisationMalformed,
    boolean softwareMalformed) {

  private static final String ODS = "//fhir.nhs.uk/id/ods-organization-code";
  private static final int MAX_DEPTH = 16;
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
              .build());

  /** Takes microseconds: not for an exchange's event loop. */
  static SenderHeaders decode(
      @Nullable String organisationHeader, @Nullable String softwareHeader) {
    String organisation = organisationHeader == null ? null : odsCode(object(organisationHeader));
    JsonNode device = softwareHeader == null ? JSON.missingNode() : object(softwareHeader);
    JsonNode identifier = first(device.path("identifier"));
    String value = text(identifier.path("value"), AuditText.MAX_NAME);
    return new SenderHeaders(
        organisation,
        text(identifier.path("system"), AuditText.MAX_NAME),
        value,
        text(first(device.path("deviceName")).path("name"), AuditText.MAX_NAME),
        text(first(device.path("version")).path("value"), AuditText.MAX_CODE),
        organisationHeader != null && organisation == null,
        softwareHeader != null && value == null);
  }

  private static JsonNode object(String header) {
    if (header.length() > AuditText.MAX_HEADER) {
      return JSON.missingNode();
    }
    try {
      JsonNode node = JSON.readTree(Base64.getDecoder().decode(header.trim()));
      return node.isObject() ? node : JSON.missingNode();
    } catch (IOException | IllegalArgumentException e) {
      return JSON.missingNode();
    }
  }

  private static @Nullable String odsCode(JsonNode organisation) {
    JsonNode identifiers = organisation.path("identifier");
    if (identifiers.isObject()) {
      return odsValue(identifiers);
    }
    for (JsonNode identifier : identifiers) {
      String value = odsValue(identifier);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  // Senders write the system with http or https and /id/ or /Id/.
  private static @Nullable String odsValue(JsonNode identifier) {
    String system = identifier.path("system").asText("").toLowerCase(Locale.ROOT);
    boolean ods = system.equals("https:" + ODS) || system.equals("http:" + ODS);
    return ods ? text(identifier.path("value"), AuditText.MAX_CODE) : null;
  }

  private static JsonNode first(JsonNode node) {
    return node.isArray() ? node.path(0) : node;
  }

  private static @Nullable String text(JsonNode node, int most) {
    String text = node.isTextual() ? AuditText.withoutNhsNumber(node.textValue(), most) : null;
    return text == null || text.isEmpty() ? null : text;
  }
}
