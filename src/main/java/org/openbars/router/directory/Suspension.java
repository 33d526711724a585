package org.openbars.router.directory;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Messages that an operator has stopped.
 *
 * @param subject {@code system|value} of a target or of a sending application, or a receiver's
 *     {@code host} or {@code host:port} in lower case
 * @param reason why, for those who find it; no patient's data
 * @param by who ordered it
 * @param since null where nobody wrote it down
 */
public record Suspension(
    Scope scope, String subject, String reason, String by, @Nullable Instant since) {
  /** Longest text of each part. */
  public static final int MAX_TEXT = 500;

  /** What is stopped. */
  public enum Scope {
    /** Messages for one target identifier. */
    TARGET,
    /** Messages to every target at a receiver's host. */
    RECEIVER,
    /** Messages of {@code application|NAME} that was proven; unproven, of this software. */
    APPLICATION;

    /** As files and the admin port write it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Suspension {
    if (scope == Scope.RECEIVER) {
      subject = subject.toLowerCase(Locale.ROOT);
    }
    String problem = problem(scope, subject);
    if (problem != null) {
      throw new IllegalArgumentException(scope.word() + " " + problem);
    }
    if (reason.isBlank() || reason.length() > MAX_TEXT) {
      throw new IllegalArgumentException("reason must be 1 to " + MAX_TEXT + " characters");
    }
    if (by.isBlank() || by.length() > MAX_TEXT) {
      throw new IllegalArgumentException("by must be 1 to " + MAX_TEXT + " characters");
    }
  }

  private static @Nullable String problem(Scope scope, String subject) {
    if (subject.length() > MAX_TEXT) {
      return "must be no longer than " + MAX_TEXT + " characters";
    }
    if (scope == Scope.RECEIVER) {
      return subject.matches("(\\[[0-9a-f:.]+\\]|[a-z0-9.-]+)(:[0-9]{1,5})?")
          ? null
          : "must be host or host:port";
    }
    int bar = subject.indexOf('|');
    return bar > 0 && bar < subject.length() - 1 ? null : "must be system|value";
  }
}
