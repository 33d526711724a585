package org.openbars.router.admit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

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
 * @param token how tokens are checked; null in the other modes
 */
public record AdmitConfig(
    Mode mode,
    boolean openBeyondLoopback,
    int maxInFlight,
    double readShare,
    double newShare,
    Duration maxLoopDelay,
    int maxRecorded,
    GatewayConfig gateway,
    @Nullable TokenConfig token,
    QuotaConfig quota) {
  /** Who proves the sender. */
  public enum Mode {
    /** Nobody: for one machine, or a network in which everybody may send. */
    OPEN,
    /** An API gateway before this router, which names the application in a header. */
    GATEWAY,
    /** The router itself, by the access token. */
    TOKEN
  }

  public AdmitConfig {
    if (mode == Mode.TOKEN && token == null) {
      throw new IllegalArgumentException("mode token needs the keys below admit.token");
    }
  }
}
