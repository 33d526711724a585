package org.openbars.router.stream;

/** Whether a receiver takes one exchange more. */
sealed interface Admission permits Permit, Admission.Refused {
  /**
   * It does not, and nothing was sent.
   *
   * @param detail for the operator
   */
  record Refused(Delivery.NeverSent why, String detail) implements Admission {}
}
