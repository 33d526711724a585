package org.openbars.router.journal;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The bound on every wait for the journal: after a second whoever waits is told that it is not
 * written. Holds as many as there are exchanges under way.
 */
final class Waits {
  private final Queue<Acknowledgement> waiting = new ConcurrentLinkedQueue<>();

  Acknowledgement add(Acknowledgement acknowledgement) {
    waiting.add(acknowledgement);
    return acknowledgement;
  }

  /** Watching thread. All wait equally long, so the first is due first. */
  void expire() {
    for (Acknowledgement first = waiting.peek(); first != null; first = waiting.peek()) {
      if (!first.told() && !first.overdue()) {
        return;
      }
      waiting.poll();
      first.tell(false);
    }
  }

  /** Tells all that wait that theirs is not written. */
  void end() {
    for (Acknowledgement each = waiting.poll(); each != null; each = waiting.poll()) {
      each.tell(false);
    }
  }
}
