package org.openbars.router.stream;

/**
 * Carries a {@link Delivery} through a future. Has no stack trace: it is an outcome, not a fault of
 * the router.
 */
public final class DeliveryException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Delivery delivery;

  DeliveryException(Delivery delivery, String detail) {
    super(detail, null, false, false);
    this.delivery = delivery;
  }

  public Delivery delivery() {
    return delivery;
  }
}
