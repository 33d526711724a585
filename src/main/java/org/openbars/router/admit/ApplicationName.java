package org.openbars.router.admit;

/** How an application is named. */
final class ApplicationName {
  private static final int MAX_LENGTH = 128;

  private ApplicationName() {}

  /** Whether a text can be one: it stands in logs, records and the operators' switches. */
  static boolean isGood(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_LENGTH
        && text.chars().allMatch(c -> c > 0x20 && c < 0x7f);
  }
}
