package org.openbars.router.directory;

import org.openbars.router.message.Target;

/** What the directory says of a target identifier. */
public sealed interface Lookup {
  /** Exactly one usable target. */
  record Found(Target target) implements Lookup {}

  /** One usable target, and messages for it are stopped by an operator. */
  record Suspended(Target target, Suspension suspension) implements Lookup {}

  /** No target of that system and value. */
  record Unknown() implements Lookup {}

  /** Two or more usable targets; none may be guessed. */
  record Ambiguous() implements Lookup {}
}
