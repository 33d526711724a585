package org.openbars.router.identify;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.NhsNumber;

/**
 * Finds the NHS number that a query carries, as {@code
 * patient:identifier=https://fhir.nhs.uk/Id/nhs-number|...}.
 */
public final class PatientInQuery {
  private static final String MARK = "nhs-number";

  private PatientInQuery() {}

  /**
   * The first valid NHS number in a raw query whose identifier system is the NHS number's; null for
   * none.
   */
  public static @Nullable NhsNumber find(@Nullable String rawQuery) {
    if (rawQuery == null || !rawQuery.contains(MARK)) {
      return null;
    }
    for (String pair : rawQuery.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 0) {
        continue;
      }
      String value = decode(pair.substring(equals + 1));
      int bar = value.lastIndexOf('|');
      if (bar > 0 && value.substring(0, bar).endsWith("/" + MARK)) {
        NhsNumber number = NhsNumber.parse(value.substring(bar + 1).trim()).orElse(null);
        if (number != null) {
          return number;
        }
      }
    }
    return null;
  }

  private static String decode(String value) {
    try {
      return URLDecoder.decode(value, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // Broken percent-encoding is the receiver's to judge; for the audit it carries no number.
      return "";
    }
  }
}
