package org.openbars.router.stream;

import io.vertx.core.Vertx;

/**
 * One event loop's eye on time: every {@value #TICK_MS} ms it looks at each exchange in flight. One
 * timer for all costs an exchange two pointer moves, where a timer each would cost it a queue
 * operation and garbage.
 */
public final class Watch {
  static final int TICK_MS = 25;

  /** Something that must not stand still for ever. */
  abstract static class Watched {
    private Watched before = this;
    private Watched after = this;

    /** Called on the event loop about every {@value #TICK_MS} ms. */
    abstract void tick(long nowNanos);

    /** Ends the watch; may be called twice. */
    final void unwatch() {
      before.after = after;
      after.before = before;
      before = this;
      after = this;
    }
  }

  private final Watched ring =
      new Watched() {
        @Override
        void tick(long nowNanos) {}
      };
  private final Vertx vertx;
  private final long timer;

  /** To be made on the event loop it watches. */
  public Watch(Vertx vertx) {
    this.vertx = vertx;
    this.timer = vertx.setPeriodic(TICK_MS, id -> tick(System.nanoTime()));
  }

  void add(Watched watched) {
    watched.before = ring.before;
    watched.after = ring;
    ring.before.after = watched;
    ring.before = watched;
  }

  private void tick(long now) {
    for (Watched each = ring.after; each != ring; ) {
      // A tick may end this one's watch, and through a shared connection another's; the ring goes
      // on from what is left.
      Watched next = each.after;
      each.tick(now);
      boolean gone = next.after == next;
      each = gone ? ring : next;
    }
  }

  /** Ends the timer. */
  public void stop() {
    vertx.cancelTimer(timer);
  }
}
