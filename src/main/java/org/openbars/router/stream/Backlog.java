package org.openbars.router.stream;

import io.vertx.core.Future;

/**
 * Body bytes handed to a connection that have not left the router yet. Vert.x counts writes, not
 * bytes, and over HTTP/2 not those that wait for the peer's window, so its own "queue full" lets a
 * slow peer cost hundreds of KiB. On the exchange's event loop.
 */
final class Backlog {
  /** Bytes beyond which nothing more is read for this peer. */
  private static final long MOST = 64 * 1024;

  private final Runnable drained;
  private long given;
  private long left;

  /**
   * Begins with nothing.
   *
   * @param drained called whenever less than half of the bound waits; may be called when nobody
   *     waits for it
   */
  Backlog(Runnable drained) {
    this.drained = drained;
  }

  /** Counts a write in. A body that is shorter than the bound costs no more than that. */
  void add(int length, Future<Void> write) {
    given += length;
    if (given > MOST) {
      long upTo = given;
      write.onSuccess(v -> leftUpTo(upTo));
    }
  }

  private void leftUpTo(long position) {
    left = position;
    if (isLow()) {
      drained.run();
    }
  }

  /** Whether the bound is passed. */
  boolean isFull() {
    return given - left > MOST;
  }

  /** Whether so little waits that more may be read. */
  boolean isLow() {
    // Of the first bytes nobody is told when they leave.
    return given <= MOST || given - left <= MOST / 2;
  }
}
