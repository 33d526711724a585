package org.openbars.router.admit;

/**
 * Keys {@code admit.*}.
 *
 * @param mode who proves the sender, {@code admit.mode}
 * @param openBeyondLoopback allows {@code open} on other than a loopback address, {@code
 *     admit.open-beyond-loopback}
 * @param maxInFlight exchanges in flight on the node, {@code admit.max-in-flight}
 */
public record AdmitConfig(Mode mode, boolean openBeyondLoopback, int maxInFlight) {
  /** Who proves the sender. {@code gateway} and {@code token} are not built yet. */
  public enum Mode {
    OPEN
  }
}
