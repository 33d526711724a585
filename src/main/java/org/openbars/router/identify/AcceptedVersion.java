package org.openbars.router.identify;

import org.jspecify.annotations.Nullable;
import org.openbars.router.message.ApiVersion;

/**
 * The API version that an {@code Accept} header asks for, {@code application/fhir+json;
 * version=1.1.0}. Several ranges may name several; the highest counts, as in the live proxy.
 *
 * @param version null when none is named
 * @param malformed whether a {@code version} parameter is not {@code major[.minor[.patch]]}
 */
public record AcceptedVersion(@Nullable ApiVersion version, boolean malformed) {
  /** No version asked for. */
  public static final AcceptedVersion NONE = new AcceptedVersion(null, false);

  private static final AcceptedVersion MALFORMED = new AcceptedVersion(null, true);
  private static final String PARAMETER = "version";

  /** Reads the header. */
  public static AcceptedVersion parse(@Nullable String accept) {
    if (accept == null || !containsParameter(accept)) {
      return NONE;
    }
    ApiVersion highest = null;
    for (String range : accept.split(",", -1)) {
      String[] parts = range.split(";", -1);
      for (int i = 1; i < parts.length; i++) {
        int equals = parts[i].indexOf('=');
        if (equals >= 0 && parts[i].substring(0, equals).trim().equalsIgnoreCase(PARAMETER)) {
          ApiVersion version = version(parts[i].substring(equals + 1).trim());
          if (version == null) {
            return MALFORMED;
          }
          highest = highest == null || version.compareTo(highest) > 0 ? version : highest;
        }
      }
    }
    return highest == null ? NONE : new AcceptedVersion(highest, false);
  }

  private static boolean containsParameter(String accept) {
    for (int i = accept.indexOf(';'); i >= 0 && i < accept.length(); i++) {
      if (accept.regionMatches(true, i, PARAMETER, 0, PARAMETER.length())) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable ApiVersion version(String text) {
    String plain =
        text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
            ? text.substring(1, text.length() - 1)
            : text;
    // "1.1.0-beta" names a pre-release of the OAS; only its numbers choose.
    int dash = plain.indexOf('-');
    String[] numbers = (dash > 0 ? plain.substring(0, dash) : plain).split("\\.", -1);
    if (numbers.length > 3) {
      return null;
    }
    int[] parts = new int[3];
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i].isEmpty()
          || numbers[i].length() > 4
          || !numbers[i].chars().allMatch(c -> c >= '0' && c <= '9')) {
        return null;
      }
      parts[i] = Integer.parseInt(numbers[i]);
    }
    return new ApiVersion(parts[0], parts[1], parts[2]);
  }
}
