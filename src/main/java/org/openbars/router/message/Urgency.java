package org.openbars.router.message;

/**
 * What an overloaded node keeps the longest, least urgent first: by what a method and path tell,
 * since a body is not read before it is known who takes it.
 */
public enum Urgency {
  /** Asks and changes nothing: metadata, slots, bookings made before. Safe to ask again. */
  READ,

  /**
   * Brings something new: a referral, a booking. A cancellation sent to {@code $process-message} is
   * among them; only its body tells it apart.
   */
  NEW,

  /** Changes or cancels what exists: somebody may set out for an appointment that is no more. */
  CHANGE
}
