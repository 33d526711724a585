package org.openbars.router.message;

/**
 * What an overloaded node keeps the longest, least urgent first: by what a method and path tell,
 * since a body is not read before it is known who takes it.
 */
public enum Urgency {
  /** Asks and changes nothing: metadata, slots, bookings made before. Safe to ask again. */
  READ(0),

  /**
   * Brings something new: a referral, a booking. A cancellation sent to {@code $process-message} is
   * among them; only its body tells it apart.
   */
  NEW(1),

  /** Changes or cancels what exists: somebody may set out for an appointment that is no more. */
  CHANGE(2);

  private final int rank;

  Urgency(int rank) {
    this.rank = rank;
  }

  /** 0 for the least urgent, then one more for each. */
  public int rank() {
    return rank;
  }
}
