package org.openbars.router.sandbox.care;

/** What a message asks of its receiver, as the workflow variables say. */
enum RequestType {
  NEW_REFERRAL,
  REFERRAL_UPDATE,
  REFERRAL_CANCELLED,
  RESPONSE,
  NEW_BOOKING,
  BOOKING_UPDATE,
  BOOKING_CANCELLED
}
