package org.openbars.router.sandbox;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * What arrived at the mock receivers: counters, and the latest arrivals up to a limit. Safe on any
 * thread.
 */
final class ArrivalLog {
  private final int limit;
  private final ArrayDeque<Arrival> latest = new ArrayDeque<>();
  final LongAdder started = new LongAdder();
  final LongAdder received = new LongAdder();
  final LongAdder completed = new LongAdder();
  final LongAdder aborted = new LongAdder();
  final LongAdder brokenOff = new LongAdder();

  ArrivalLog(int limit) {
    this.limit = limit;
  }

  /** Whether arrivals are kept; without them bodies are only counted, not hashed. */
  boolean keeps() {
    return limit > 0;
  }

  void add(Arrival arrival) {
    synchronized (latest) {
      if (latest.size() == limit) {
        latest.removeFirst();
      }
      latest.addLast(arrival);
    }
  }

  List<Arrival> latest() {
    synchronized (latest) {
      return List.copyOf(latest);
    }
  }

  void clear() {
    synchronized (latest) {
      latest.clear();
    }
  }
}
