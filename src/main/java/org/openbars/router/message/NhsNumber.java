package org.openbars.router.message;

import java.util.Optional;

/**
 * A patient's NHS number: ten digits, the last a modulus 11 check digit (NHS Data Dictionary).
 * Personal data: {@link #toString()} shows none of it, so that it cannot slip into a log.
 */
public record NhsNumber(String digits) {
  /** The system of an identifier that holds an NHS number. */
  public static final String SYSTEM = "https://fhir.nhs.uk/Id/nhs-number";

  private static final int LENGTH = 10;

  public NhsNumber {
    if (!isValid(digits)) {
      throw new IllegalArgumentException("digits must be ten digits with a valid check digit");
    }
  }

  /** The number in {@code text} when it is ten digits with a valid check digit, else nothing. */
  public static Optional<NhsNumber> parse(String text) {
    return isValid(text) ? Optional.of(new NhsNumber(text)) : Optional.empty();
  }

  /** Whether {@code text} is ten ASCII digits with a valid check digit. */
  public static boolean isValid(String text) {
    if (text.length() != LENGTH) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < LENGTH; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      // Weights 10 down to 1: the check digit counts once, so a valid number sums to a multiple of
      // 11.
      sum += digit * (LENGTH - i);
    }
    return sum % 11 == 0;
  }

  /** Whether a run of exactly ten digits with a valid check digit stands in {@code text}. */
  public static boolean standsIn(String text) {
    int run = 0;
    for (int i = 0; i <= text.length(); i++) {
      boolean digit = i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9';
      if (digit) {
        run++;
        continue;
      }
      if (run == LENGTH && isValid(text.substring(i - LENGTH, i))) {
        return true;
      }
      run = 0;
    }
    return false;
  }

  @Override
  public String toString() {
    return "NhsNumber[masked]";
  }
}
