package org.openbars.router.stream;

/**
 * One exchange's place at its receiver, given back once with what came of it. What came of it is
 * told before that, and says how the receiver does: an answer's head that it does well; a 502, 503
 * or 504 without an OperationOutcome, no answer, half an answer or no connection that it does not.
 * On the exchange's event loop.
 */
final class Permit implements Admission {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int BAD_GATEWAY = 502;
  private static final int UNAVAILABLE = 503;
  private static final int GATEWAY_TIMEOUT = 504;

  private final Receiver receiver;
  private final long period;
  private boolean told;
  private boolean released;

  /**
   * @param period the breaker's, in which the exchange sets out
   */
  Permit(Receiver receiver, long period) {
    this.receiver = receiver;
    this.period = period;
  }

  /**
   * The answer's head is there.
   *
   * @param sent when the request's last byte had gone, {@link System#nanoTime}; 0 when it has not
   */
  void answered(int status, long sent, long now) {
    boolean dropped = status == UNAVAILABLE || status == TOO_MANY_REQUESTS;
    if (sent != 0) {
      receiver.limit().sample(sent, now, receiver.inFlight(), dropped);
    }
    // Of these it must first be known whether the receiver itself said so.
    if (status != BAD_GATEWAY && status != UNAVAILABLE && status != GATEWAY_TIMEOUT) {
      passed();
    }
  }

  /** The answer goes to the sender as it is. */
  void passed() {
    if (!told) {
      told = true;
      receiver.breaker().succeeded(period, 0);
    }
  }

  /** The answer did not come from the receiver's application, by all that it shows. */
  void replaced() {
    if (!told) {
      told = true;
      receiver.breaker().failed(period, 0);
    }
  }

  /** There is no answer, or not the whole of it. */
  void failed(Delivery delivery, long now) {
    boolean unanswered =
        delivery instanceof Delivery.TimedOut || delivery instanceof Delivery.BrokeOff;
    if (unanswered && !told) {
      receiver.limit().sample(now - 1, now, receiver.inFlight(), true);
    }
    boolean unreachable =
        delivery instanceof Delivery.NeverSent never
            && switch (never.reason()) {
              case UNREACHABLE, NOT_RESOLVED, TLS_FAILED -> true;
              case NOT_RECORDED, BUSY, SUSPENDED -> false;
            };
    if (unanswered || unreachable) {
      // An answer that broke off counts twice, as it began well: half of such answers are failures.
      told = true;
      receiver.breaker().failed(period, 0);
    }
  }

  /** Gives the place back; once is enough. */
  void release() {
    if (released) {
      return;
    }
    released = true;
    if (!told) {
      receiver.breaker().unused(period);
    }
    receiver.release();
  }
}
