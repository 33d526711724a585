package org.openbars.router.sandbox.care;

import java.util.Map;
import java.util.Optional;

/**
 * What a mock receiver answers.
 *
 * @param headers beside the content type and the two ids
 * @param settles the request id whose processing it ends; empty for reads and retries
 */
public record CareAnswer(
    int status,
    String contentType,
    String body,
    Map<String, String> headers,
    Optional<String> settles) {
  public CareAnswer {
    headers = Map.copyOf(headers);
  }
}
