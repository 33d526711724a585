package org.openbars.router.inspect;

/**
 * Keys {@code inspect.*}.
 *
 * @param maxHeld bytes that {@link OnMismatch#REFUSE} may hold on the node, {@code
 *     inspect.max-held}
 */
public record InspectConfig(Mode mode, OnMismatch onMismatch, long maxHeld) {
  /** Whether messages are read as they pass, {@code inspect.mode}. */
  public enum Mode {
    ENVELOPE,
    OFF
  }

  /**
   * What becomes of a message whose destination is not its target identifier, {@code
   * inspect.on-mismatch}.
   */
  public enum OnMismatch {
    /** It passes, and its record says so. Delays nothing. */
    FLAG,
    /** It is refused, where its beginning tells; its beginning is held until then. */
    REFUSE
  }
}
