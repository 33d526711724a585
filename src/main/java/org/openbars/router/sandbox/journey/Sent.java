package org.openbars.router.sandbox.journey;

import java.util.Map;
import org.openbars.router.sandbox.synthetic.CareSetting;

/**
 * One request as the mock sender sends it.
 *
 * @param pathAndQuery below the base path, encoded
 * @param headers all of them, in order
 * @param body empty for none
 */
public record Sent(
    Act act,
    CareSetting from,
    CareSetting to,
    String method,
    String pathAndQuery,
    Map<String, String> headers,
    String body) {
  public static final String REQUEST_ID = "X-Request-Id";
  public static final String CORRELATION_ID = "X-Correlation-Id";

  /** The same once more, as a retry is. */
  Sent again() {
    return new Sent(Act.RETRY, from, to, method, pathAndQuery, headers, body);
  }

  String requestId() {
    return headers.getOrDefault(REQUEST_ID, "");
  }

  String correlationId() {
    return headers.getOrDefault(CORRELATION_ID, "");
  }
}
