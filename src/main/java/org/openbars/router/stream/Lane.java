package org.openbars.router.stream;

import java.util.ArrayList;
import java.util.List;

/**
 * One event loop's connections to one receiver host, and what their ends teach about how long that
 * host keeps an idle one. On that event loop.
 */
final class Lane {
  private final Receiver receiver;
  private final List<Kept> open = new ArrayList<>();

  Lane(Receiver receiver) {
    this.receiver = receiver;
  }

  Receiver receiver() {
    return receiver;
  }

  void add(Kept kept) {
    open.add(kept);
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  /** Whether a message could go without a new connection. */
  boolean hasIdle(long now) {
    long limit = receiver.idle().nanos();
    for (Kept kept : open) {
      if (kept.isIdle() && kept.idle(now) <= limit) {
        return true;
      }
    }
    return false;
  }

  /** A connection has ended, by whomever. */
  void closed(Kept kept, long now) {
    open.remove(kept);
    if (kept.isIdle() && !kept.isClosing()) {
      receiver.idle().closedAfter(kept.idle(now));
    }
  }

  /**
   * Closes connections that are idle for too long. One that is too old by what was learned alone
   * stays, for the host to close: nothing goes over it, and what was learned is learned again.
   */
  void sweep(long now) {
    long most = receiver.idle().configuredNanos();
    long limit = receiver.idle().nanos();
    boolean watched = false;
    for (int i = open.size() - 1; i >= 0; i--) {
      Kept kept = open.get(i);
      long idle = kept.isClosing() ? 0 : kept.idle(now);
      if (idle > most) {
        receiver.idle().outlived(idle);
        kept.close();
      } else if (idle > limit) {
        if (watched) {
          kept.close();
        }
        watched = true;
      }
    }
  }
}
