package org.openbars.router.perf;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What a sender writes into BaRS headers (API 1.x); the organisation and software are made up. */
final class BarsHeaders {
  static final String REQUEST_ID = "X-Request-Id";
  static final String CORRELATION_ID = "X-Correlation-Id";
  static final String TARGET = "NHSD-Target-Identifier";
  static final String ORGANISATION = "NHSD-End-User-Organisation";
  static final String SOFTWARE = "NHSD-Requesting-Software";
  static final String USE_CONTEXT = "use-context";

  static final String ACCEPT = "application/fhir+json; version=1.1.0";
  static final String FHIR_JSON = "application/fhir+json";

  /** Use case, appointment status, message event, reason (Core 1.5.0, Logging). */
  static final String NEW_BOOKING = "a1t1|booked|booking-request|new";

  static final String SENDING_ORGANISATION =
      base64(
          "{\"resourceType\":\"Organization\",\"identifier\":[{\"system\":"
              + "\"https://fhir.nhs.uk/Id/ods-organization-code\",\"value\":\"ZZ9003\"}],"
              + "\"name\":\"Load test sender\"}");

  static final String SENDING_SOFTWARE =
      base64(
          "{\"resourceType\":\"Device\",\"identifier\":[{\"system\":"
              + "\"https://sandbox.example.org/Id/device-identifier\",\"value\":\"LOAD-1\"}],"
              + "\"deviceName\":[{\"name\":\"Load test\",\"type\":\"manufacturer-name\"}],"
              + "\"version\":[{\"value\":\"1.0.0\"}]}");

  private BarsHeaders() {}

  static String target(BookingRequest.Target target) {
    return base64("{\"system\":\"" + target.system() + "\",\"value\":\"" + target.value() + "\"}");
  }

  private static String base64(String json) {
    return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
