package org.openbars.router.admit;

import org.jspecify.annotations.Nullable;
import org.openbars.router.message.BarsError;

/** What the gate says of a request. */
public sealed interface Entry {
  /**
   * It may go on.
   *
   * @param application who sends it, proven; null where nobody proves it
   */
  record Admitted(@Nullable String application) implements Entry {}

  /**
   * It may not.
   *
   * @param application who sends it, where that was proven all the same
   * @param retryAfter seconds after which it may be tried again; 0 where that is not known
   */
  record Refused(BarsError error, @Nullable String application, int retryAfter) implements Entry {
    Refused(BarsError error) {
      this(error, null, 0);
    }
  }
}
