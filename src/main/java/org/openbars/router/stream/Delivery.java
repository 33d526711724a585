package org.openbars.router.stream;

/** Why a message brought no whole answer, and so whether sending it again is safe. */
public sealed interface Delivery {
  /**
   * Not one byte went to the receiver: sending again is safe.
   *
   * @param retryAfterSeconds when there is use in it; 0 when that is not known
   */
  record NeverSent(Reason reason, int retryAfterSeconds) implements Delivery {
    NeverSent(Reason reason) {
      this(reason, 0);
    }
  }

  /** No answer within the deadline: the receiver may have acted. */
  record TimedOut() implements Delivery {}

  /** The receiver broke off after bytes had gone to it: it may have acted. */
  record BrokeOff() implements Delivery {}

  /** The sender left; nobody waits for an answer. */
  record SenderLeft() implements Delivery {}

  /**
   * The sender's body was longer than allowed, found while it passed; the receiver's side was
   * reset.
   */
  record TooLarge() implements Delivery {}

  /** Why nothing was sent. */
  enum Reason {
    /** The audit could not be told that the message was about to go. */
    NOT_RECORDED,
    /** The receiver's permits or connections are all taken. */
    BUSY,
    /** It has been failing, or could not be connected to, and is given time. */
    SUSPENDED,
    /** Refused, unroutable, or no connection in time. */
    UNREACHABLE,
    /** Its name does not resolve. */
    NOT_RESOLVED,
    /** No TLS session: untrusted, expired, wrong name, no common version. */
    TLS_FAILED
  }
}
