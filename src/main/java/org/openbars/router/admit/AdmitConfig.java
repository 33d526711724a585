package org.openbars.router.admit;

import java.time.Duration;

/**
 * Keys {@code admit.*}.
 *
 * @param mode who proves the sender, {@code admit.mode}
 * @param openBeyondLoopback allows {@code open} on other than a loopback address, {@code
 *     admit.open-beyond-loopback}
 * @param maxInFlight exchanges in flight on the node, {@code admit.max-in-flight}
 * @param readShare 0 to 1, how much of that reads may fill, {@code admit.read-share}
 * @param newShare 0 to 1, how much of it new messages may fill, {@code admit.new-share}
 * @param maxLoopDelay how long an event loop may lag behind, {@code admit.max-loop-delay}
 * @param maxRecorded refusals for overload a second that leave a record, {@code admit.max-recorded}
 */
public record AdmitConfig(
    Mode mode,
    boolean openBeyondLoopback,
    int maxInFlight,
    double readShare,
    double newShare,
    Duration maxLoopDelay,
    int maxRecorded) {
  /** Who proves the sender. {@code gateway} and {@code token} are not built yet. */
  public enum Mode {
    OPEN
  }
}
