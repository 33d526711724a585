package org.openbars.router.sandbox;

import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request as a mock receiver saw it: noted when its body had been read whole, or when it broke
 * off before. Request trailers are not here: Vert.x 5.0.8 cannot read them.
 *
 * @param uri the raw path and query
 * @param headers in the order they came, names as they came, repeated ones repeated
 * @param bodyLength bytes read
 * @param sha256 of the bytes read, in lower-case hexadecimal
 * @param whole false when the sender left, or the behaviour broke off, before the body's end
 */
public record Arrival(
    String method,
    String uri,
    HttpVersion version,
    List<Map.Entry<String, String>> headers,
    long bodyLength,
    String sha256,
    boolean whole) {

  public Arrival {
    headers = List.copyOf(headers);
  }

  /** The first header of this name, whatever its case. */
  public Optional<String> header(String name) {
    return headers(name).stream().findFirst();
  }

  /** Every header of this name, whatever its case, in order. */
  public List<String> headers(String name) {
    return headers.stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .toList();
  }
}
