package org.openbars.router.sandbox.synthetic;

import java.time.Instant;
import org.openbars.router.message.TargetIdentifier;

/**
 * What every message of one care journey has in common: use case, both ends, the patient (drawn
 * from the seed) and the instant it began.
 *
 * @param seed another seed gives another patient and other ids
 */
public record Conversation(
    UseCase useCase, TargetIdentifier sender, TargetIdentifier receiver, long seed, Instant began) {

  /** Between the two care settings of a use case. */
  public static Conversation of(UseCase useCase, long seed, Instant began) {
    return new Conversation(
        useCase, useCase.sender().target(), useCase.receiver().target(), seed, began);
  }

  MessageDraft draft(String kind) {
    return new MessageDraft(seed, kind, began);
  }

  /** A message that is sent some time after the first. */
  MessageDraft draft(String kind, Instant now) {
    return new MessageDraft(seed, kind, now);
  }

  /** The patient's journey, an EpisodeOfCare.id that goes on from service to service. */
  String journey() {
    return draft("care-journey").uuid();
  }
}
