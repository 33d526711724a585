package org.openbars.router.identify;

import org.jspecify.annotations.Nullable;
import org.openbars.router.message.ApiVersion;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.CorrelationId;
import org.openbars.router.message.Interaction;
import org.openbars.router.message.RequestId;
import org.openbars.router.message.TargetIdentifier;

/** What a request turned out to be. */
public sealed interface Identified {
  /** What could be read, fault or not: answers mirror it and the audit keeps it. */
  Identity identity();

  /**
   * The values read from headers and path; null for what was not sent, not clean, or not looked at.
   *
   * @param interaction null for a path of none; only dialect {@code live} lets such a message on
   */
  record Identity(
      @Nullable Interaction interaction,
      @Nullable RequestId requestId,
      @Nullable CorrelationId correlationId,
      @Nullable ApiVersion version) {
    Identity with(@Nullable Interaction found, @Nullable ApiVersion asked) {
      return new Identity(found, requestId, correlationId, asked);
    }
  }

  /** A message for a receiver; only this can be looked up. */
  record ForReceiver(Identity identity, TargetIdentifier target) implements Identified {}

  /** {@code GET /metadata} without a target: asks for our own CapabilityStatement. */
  record OwnMetadata(Identity identity) implements Identified {}

  /**
   * A fault.
   *
   * @param allow the value of {@code Allow}, with {@link BarsError#WRONG_METHOD} only
   */
  record Refused(Identity identity, BarsError error, @Nullable String allow)
      implements Identified {}
}
