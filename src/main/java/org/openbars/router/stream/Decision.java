package org.openbars.router.stream;

/** Whether a receiver takes one exchange more. */
sealed interface Decision permits Permit, Decision.Refused {
  /**
   * It does not, and nothing was sent.
   *
   * @param detail for the operator
   */
  record Refused(Delivery.NeverSent why, String detail) implements Decision {}
}
