package org.openbars.router.message;

/** How an exchange ended; one of these stands in every audit record. */
public enum Fate {
  /** The receiver's answer reached the sender whole and unchanged. */
  ANSWERED,
  /**
   * The receiver answered an error without an OperationOutcome; the sender got ours in its place.
   */
  ANSWER_REPLACED,
  /** The router answered by itself, as for its own CapabilityStatement. */
  ANSWERED_BY_ROUTER,
  /** The router refused; not one byte went to a receiver. */
  REFUSED,
  /** The receiver could not be reached; not one byte went to it. */
  NEVER_SENT,
  /** No answer within the deadline: the receiver may have acted. */
  TIMED_OUT,
  /**
   * The receiver broke off after bytes had gone to it and before it answered: it may have acted.
   */
  OUTCOME_UNKNOWN,
  /**
   * The receiver's answer broke off after its head had gone to the sender; the sender's side was
   * reset.
   */
  ANSWER_CUT_OFF,
  /** The sender left before its answer was complete. */
  SENDER_LEFT
}
