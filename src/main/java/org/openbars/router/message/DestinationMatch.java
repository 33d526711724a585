package org.openbars.router.message;

/** How a message's own destination stands to the target identifier it was sent with. */
public enum DestinationMatch {
  /** A destination of the message is the target identifier. */
  MATCHES,
  /** The message has destinations of the form {@code system|value}, and none is the target's. */
  DIFFERS,
  /** No destination was found, or one is of a form that cannot be compared. */
  UNDETERMINED
}
