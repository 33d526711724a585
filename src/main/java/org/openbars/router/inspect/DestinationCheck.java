package org.openbars.router.inspect;

import org.openbars.router.message.DestinationMatch;
import org.openbars.router.message.TargetIdentifier;

/**
 * Compares a message's {@code MessageHeader.destination.endpoint} with the target identifier: by
 * exact value, and by system without scheme and without regard to the case of {@code /Id/}. Holds
 * no state that changes.
 */
public final class DestinationCheck {
  private static final String ID = "/id/";

  private final String system;
  private final String value;

  public DestinationCheck(TargetIdentifier target) {
    this.system = comparable(target.system());
    this.value = target.value();
  }

  /**
   * How one destination of a message stands to the target.
   *
   * @param endpoint {@code system|value}, the bar percent-encoded or not; whatever has no bar, or
   *     nothing on one side of it, is {@link DestinationMatch#UNDETERMINED}
   */
  public DestinationMatch compare(String endpoint) {
    int bar = endpoint.indexOf('|');
    int after = bar + 1;
    if (bar < 0) {
      bar = encodedBar(endpoint);
      after = bar + 3;
    }
    if (bar <= 0 || after >= endpoint.length()) {
      return DestinationMatch.UNDETERMINED;
    }
    boolean sameValue =
        endpoint.length() - after == value.length()
            && endpoint.regionMatches(after, value, 0, value.length());
    return sameValue && comparable(endpoint.substring(0, bar)).equals(system)
        ? DestinationMatch.MATCHES
        : DestinationMatch.DIFFERS;
  }

  /** The element is a URI, and a strict writer of URIs encodes the bar. */
  private static int encodedBar(String endpoint) {
    int at = endpoint.indexOf("%7");
    while (at >= 0) {
      if (at + 2 < endpoint.length() && (endpoint.charAt(at + 2) | 0x20) == 'c') {
        return at;
      }
      at = endpoint.indexOf("%7", at + 1);
    }
    return -1;
  }

  private static String comparable(String system) {
    int scheme = system.indexOf("://");
    StringBuilder plain = new StringBuilder(system.substring(scheme < 0 ? 0 : scheme + 3));
    for (int i = 0; i + ID.length() <= plain.length(); i++) {
      if (plain.charAt(i) == '/'
          && (plain.charAt(i + 1) | 0x20) == 'i'
          && (plain.charAt(i + 2) | 0x20) == 'd'
          && plain.charAt(i + 3) == '/') {
        plain.replace(i, i + ID.length(), ID);
      }
    }
    return plain.toString();
  }
}
