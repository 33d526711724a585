package org.openbars.router.journal;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that entries may take, counted exactly: what is written and not deleted, and what is
 * set aside for the ends of exchanges under way, so that one that was begun can always end. Any
 * thread; one compare-and-set a call.
 */
final class Room {
  /** Set aside for the end of each exchange: the longest entry that the audit hands over. */
  static final long FOR_AN_END = 20 * 1024;

  private static final int HEAD_ROOM = 16;

  private final long limit;
  private final long forBeginnings;
  private final boolean refuses;
  private final long setAside;
  private final AtomicLong used = new AtomicLong();
  // Set by the first refusal, so that room for one exchange does not let one in at a time.
  private volatile boolean full;

  /**
   * @param limit bytes; a sixteenth of it is only for entries of exchanges refused for other causes
   * @param refuses false to take everything, and to say {@link #over} when there is no room
   */
  Room(long limit, boolean refuses) {
    this.limit = limit;
    this.forBeginnings = limit - limit / HEAD_ROOM;
    this.refuses = refuses;
    this.setAside = refuses ? FOR_AN_END : 0;
  }

  /** Takes room for a beginning and sets some aside for its end. */
  boolean begin(long bytes) {
    if (!refuses) {
      used.addAndGet(bytes);
      return true;
    }
    if (!full() && take(bytes + FOR_AN_END, forBeginnings)) {
      return true;
    }
    full = true;
    return false;
  }

  /** Takes back a {@link #begin} of which nothing was written. */
  void begunInVain(long bytes) {
    used.addAndGet(-bytes - setAside);
  }

  /** Takes room for an end, out of what was set aside for it. */
  void end(long bytes) {
    used.addAndGet(bytes - setAside);
  }

  /** Takes room for an end that had no beginning. */
  boolean take(long bytes) {
    if (!refuses) {
      used.addAndGet(bytes);
      return true;
    }
    return take(bytes, limit);
  }

  private boolean take(long bytes, long most) {
    long now = used.get();
    while (now + bytes <= most) {
      if (used.compareAndSet(now, now + bytes)) {
        return true;
      }
      now = used.get();
    }
    return false;
  }

  /** What is set aside for an end. */
  long setAside() {
    return setAside;
  }

  /** Counts what must be written, room or not. */
  void charge(long bytes) {
    used.addAndGet(bytes);
  }

  void giveBack(long bytes) {
    used.addAndGet(-bytes);
  }

  /** Whether nothing new may begin: from the first refusal until a quarter is free. */
  boolean full() {
    if (!refuses) {
      return false;
    }
    long now = used.get();
    if (full && now <= forBeginnings / 4 * 3) {
      full = false;
    } else if (!full && now + FOR_AN_END > forBeginnings) {
      full = true;
    }
    return full;
  }

  /** Whether the oldest must go, when nothing is refused. */
  boolean over() {
    return !refuses && used.get() > forBeginnings;
  }

  /** Whether it must go before anything more is written. */
  boolean wellOver() {
    return !refuses && used.get() > limit;
  }

  boolean halfUsed() {
    return used.get() > limit / 2;
  }

  long used() {
    return used.get();
  }

  long limit() {
    return limit;
  }
}
