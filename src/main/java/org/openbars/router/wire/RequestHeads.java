package org.openbars.router.wire;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The headers of one request that the router reads, gathered in a single pass. A header that came
 * more than once keeps its first value and is remembered as repeated. Not thread-safe; lives as
 * long as its exchange.
 */
public final class RequestHeads {
  /** Colon and space. */
  private static final int SEPARATOR = 2;

  private int count;
  private int bytes;
  private int hosts;
  private boolean hostUnclean;
  private @Nullable String requestId;
  private boolean requestIdRepeated;
  private @Nullable String correlationId;
  private boolean correlationIdRepeated;
  private @Nullable String target;
  private boolean targetRepeated;
  private @Nullable String accept;
  private @Nullable String useContext;
  private @Nullable String endUserOrganisation;
  private @Nullable String requestingSoftware;
  private @Nullable String contentLength;
  private @Nullable String transferEncoding;
  private @Nullable String expect;
  private @Nullable String authorization;
  private @Nullable List<String> connection;
  private boolean loop;
  private boolean trailers;
  private boolean unclean;

  private RequestHeads() {}

  /**
   * Reads {@code headers} once; {@code pseudonym} in a {@code Via} marks a message that was here
   * before.
   */
  public static RequestHeads read(MultiMap headers, String pseudonym) {
    RequestHeads heads = new RequestHeads();
    for (Iterator<Map.Entry<String, String>> entries = headers.iterator(); entries.hasNext(); ) {
      Map.Entry<String, String> entry = entries.next();
      heads.take(entry.getKey(), entry.getValue(), pseudonym);
    }
    return heads;
  }

  private void take(String name, String value, String pseudonym) {
    count++;
    bytes += name.length() + SEPARATOR + value.length();
    switch (name.length()) {
      case 3 -> {
        if (name.equalsIgnoreCase("via")) {
          loop |= names(value, pseudonym);
        }
      }
      case 4 -> {
        if (name.equalsIgnoreCase("host")) {
          hosts++;
          hostUnclean |= !isAuthority(value);
        }
      }
      case 6 -> {
        if (name.equalsIgnoreCase("accept")) {
          accept = accept == null ? value : accept + "," + value;
        } else if (name.equalsIgnoreCase("expect")) {
          expect = value;
        }
      }
      case 7 -> trailers |= name.equalsIgnoreCase("trailer");
      case 10 -> {
        if (name.equalsIgnoreCase("connection")) {
          connection = connection == null ? new ArrayList<>(2) : connection;
          connection.add(value);
        }
      }
      case 11 -> {
        if (name.equalsIgnoreCase("use-context") && useContext == null) {
          useContext = value;
        }
      }
      case 12 -> {
        if (name.equalsIgnoreCase("x-request-id")) {
          requestIdRepeated |= requestId != null;
          requestId = requestId == null ? value : requestId;
        }
      }
      case 13 -> {
        if (name.equalsIgnoreCase("authorization")) {
          // Joined, a repeated one is no token: which of them was meant is not ours to choose.
          authorization = authorization == null ? value : authorization + "," + value;
        }
      }
      case 14 -> {
        if (name.equalsIgnoreCase("content-length")) {
          // Joined, a repeated one is no number: a receiver might believe the other.
          contentLength = contentLength == null ? value : contentLength + "," + value;
        }
      }
      case 16 -> {
        if (name.equalsIgnoreCase("x-correlation-id")) {
          correlationIdRepeated |= correlationId != null;
          correlationId = correlationId == null ? value : correlationId;
        }
      }
      case 17 -> {
        if (name.equalsIgnoreCase("transfer-encoding")) {
          transferEncoding = transferEncoding == null ? value : transferEncoding + "," + value;
        }
      }
      case 22 -> {
        if (name.equalsIgnoreCase("nhsd-target-identifier")) {
          targetRepeated |= target != null;
          target = target == null ? value : target;
        }
      }
      case 24 -> {
        if (name.equalsIgnoreCase("nhsd-requesting-software") && requestingSoftware == null) {
          requestingSoftware = value;
        }
      }
      case 26 -> {
        if (name.equalsIgnoreCase("nhsd-end-user-organisation") && endUserOrganisation == null) {
          endUserOrganisation = value;
        }
      }
      // Netty lets a header without a name pass.
      case 0 -> unclean = true;
      default -> {}
    }
    unclean |= hasControl(value);
  }

  private static boolean names(String via, String pseudonym) {
    for (String hop : via.split(",", -1)) {
      String[] parts = hop.trim().split("\\s+", 3);
      if (parts.length >= 2 && parts[1].equalsIgnoreCase(pseudonym)) {
        return true;
      }
    }
    return false;
  }

  /** A host with or without a port; neither user info nor a path nor a list. */
  private static boolean isAuthority(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-._~:[]".indexOf(c) >= 0;
      if (!plain) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasControl(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < 0x20 && c != '\t') || c == 0x7f) {
        return true;
      }
    }
    return false;
  }

  /** Header lines in all. */
  public int count() {
    return count;
  }

  /**
   * Whether {@code Host} is one too many, malformed, or missing where it must be (RFC 9112, 3.2).
   */
  public boolean hostFault(HttpVersion version) {
    return switch (version) {
      case HTTP_1_0 -> hosts > 1 || hostUnclean;
      case HTTP_1_1 -> hosts != 1 || hostUnclean;
      case HTTP_2 -> false;
    };
  }

  /** What they all take, as HTTP/1.1 would write them, line ends not counted. */
  public int bytes() {
    return bytes;
  }

  public @Nullable String requestId() {
    return requestId;
  }

  public boolean requestIdRepeated() {
    return requestIdRepeated;
  }

  public @Nullable String correlationId() {
    return correlationId;
  }

  public boolean correlationIdRepeated() {
    return correlationIdRepeated;
  }

  /** {@code NHSD-Target-Identifier}, still Base64. */
  public @Nullable String target() {
    return target;
  }

  public boolean targetRepeated() {
    return targetRepeated;
  }

  /** Every {@code Accept} header, joined by commas as RFC 9110 section 5.3 allows. */
  public @Nullable String accept() {
    return accept;
  }

  public @Nullable String useContext() {
    return useContext;
  }

  public @Nullable String endUserOrganisation() {
    return endUserOrganisation;
  }

  public @Nullable String requestingSoftware() {
    return requestingSoftware;
  }

  public @Nullable String contentLength() {
    return contentLength;
  }

  public @Nullable String transferEncoding() {
    return transferEncoding;
  }

  public @Nullable String expect() {
    return expect;
  }

  /** {@code Authorization}; several are joined by commas. */
  public @Nullable String authorization() {
    return authorization;
  }

  /** The values of {@code Connection}, in order. */
  public List<String> connection() {
    return connection == null ? List.of() : connection;
  }

  /** Whether a {@code Via} names this router. */
  public boolean loop() {
    return loop;
  }

  /** Whether trailers were announced; they cannot be read and are dropped. */
  public boolean trailers() {
    return trailers;
  }

  /** Whether a value holds a control byte. */
  public boolean unclean() {
    return unclean;
  }
}
