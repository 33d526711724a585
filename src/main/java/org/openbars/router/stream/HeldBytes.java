package org.openbars.router.stream;

import java.util.concurrent.atomic.AtomicLong;
import org.openbars.router.meter.Meters;

/**
 * Body bytes that the node holds back until it is known whether their messages may go, bounded.
 * Shared by all event loops.
 */
public final class HeldBytes {
  private final long most;
  private final AtomicLong held = new AtomicLong();

  /**
   * Nothing held yet.
   *
   * @param most bytes, on the whole node
   */
  public HeldBytes(long most, Meters meters) {
    this.most = most;
    meters.gauge(
        "bars.inspect.held.bytes", "Body bytes held until a destination is known", held::get);
  }

  /** Takes room; false, and nothing taken, when there is not enough. */
  boolean take(long bytes) {
    if (held.addAndGet(bytes) > most) {
      held.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  void giveBack(long bytes) {
    held.addAndGet(-bytes);
  }
}
