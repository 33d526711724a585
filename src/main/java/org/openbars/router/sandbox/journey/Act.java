package org.openbars.router.sandbox.journey;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a journey is made of: one exchange each. */
public enum Act {
  /** What can the receiver do? */
  CAPABILITY,
  /** Which messages does it take for this use case? */
  DEFINITIONS,
  /** Which slots are free? */
  SLOTS,
  /** A referral, or a request for validation. */
  REFER,
  /** Takes the first slot that was found. */
  BOOK,
  /** The last message once more, ids and all: a receiver that had it says 409 duplicate. */
  RETRY,
  READ_BOOKING,
  FIND_BOOKINGS,
  UPDATE_BOOKING,
  CANCEL_BOOKING,
  READ_REFERRAL,
  FIND_REFERRALS,
  UPDATE_REFERRAL,
  CANCEL_REFERRAL,
  /** From here on the receiver's messages to the sender. */
  RESPOND_INTERIM,
  RESPOND_FULL,
  RESPOND_ACCEPTED,
  RESPOND_COMPLETED,
  RESPOND_REJECTED,
  DID_NOT_ATTEND;

  /** As a journey's file has it: {@code read-booking}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Optional<Act> named(String word) {
    return Stream.of(values()).filter(act -> act.word().equals(word)).findFirst();
  }

  /** Whether the receiver of the journey sends it, with the roles reversed. */
  boolean reversed() {
    return compareTo(RESPOND_INTERIM) >= 0;
  }
}
