package org.openbars.router.route;

import org.jspecify.annotations.Nullable;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Fate;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.meter.RateLimitedLog;
import org.openbars.router.stream.Delivery;
import org.slf4j.LoggerFactory;

/**
 * The one place that says what a failed delivery means to the sender, the audit and the operator.
 */
final class Failures {
  private static final int MAX_RECEIVERS = 1024;
  private static final RateLimitedLog LOG =
      new RateLimitedLog(LoggerFactory.getLogger(Failures.class), "receiver", MAX_RECEIVERS);

  private Failures() {}

  /** What the sender is told. */
  static BarsError error(Delivery delivery) {
    if (delivery instanceof Delivery.NeverSent never) {
      return switch (never.reason()) {
        case NOT_RECORDED -> BarsError.AUDIT_FULL;
        case BUSY -> BarsError.RECEIVER_BUSY;
        case SUSPENDED -> BarsError.RECEIVER_SUSPENDED;
        case UNREACHABLE -> BarsError.RECEIVER_UNREACHABLE;
        case NOT_RESOLVED -> BarsError.RECEIVER_NOT_RESOLVED;
        case TLS_FAILED -> BarsError.RECEIVER_TLS_FAILED;
      };
    }
    if (delivery instanceof Delivery.TimedOut) {
      return BarsError.RECEIVER_TIMED_OUT;
    }
    return delivery instanceof Delivery.TooLarge
        ? BarsError.BODY_TOO_LARGE
        : BarsError.RECEIVER_BROKE_OFF;
  }

  /** When the sender may try again, in seconds; 0 when the receiver's state does not tell. */
  static int retryAfter(Delivery delivery) {
    return delivery instanceof Delivery.NeverSent never ? never.retryAfterSeconds() : 0;
  }

  /** What the audit keeps. */
  static Fate fate(Delivery delivery) {
    if (delivery instanceof Delivery.NeverSent) {
      return Fate.NEVER_SENT;
    }
    return delivery instanceof Delivery.TimedOut ? Fate.TIMED_OUT : Fate.OUTCOME_UNKNOWN;
  }

  /** One line for the operator, at most one a second and receiver. */
  static void warn(@Nullable ReceiverHost receiver, Delivery delivery, @Nullable String detail) {
    String reason =
        delivery instanceof Delivery.NeverSent never
            ? "never sent: " + never.reason()
            : delivery.getClass().getSimpleName();
    LOG.atWarn(String.valueOf(receiver))
        .addKeyValue("reason", reason)
        .addKeyValue("detail", detail)
        .log("a message was not delivered");
  }
}
