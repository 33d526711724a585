package org.openbars.router.message;

/** How our own answers are worded and which faults we find ourselves. */
public enum Dialect {
  /** As the implementation guide asks (Core 1.5.0, Message-Routing). The default. */
  GUIDE,
  /** As the live proxy answers, for senders built against it. */
  LIVE
}
