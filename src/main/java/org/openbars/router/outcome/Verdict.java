package org.openbars.router.outcome;

import org.openbars.router.message.BarsError;

/** What becomes of a receiver's own error answer. */
public sealed interface Verdict {
  /** It goes to the sender unchanged. */
  record Pass() implements Verdict {}

  /** The sender gets ours for {@code error}, status included, in its place. */
  record Replace(BarsError error) implements Verdict {}
}
