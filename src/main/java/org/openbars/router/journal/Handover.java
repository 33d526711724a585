package org.openbars.router.journal;

import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Entries that the journal's thread writes in the place of event loops, while the disk is slow or
 * fails. Bounded in count and bytes. Any thread adds; one writes.
 */
final class Handover {
  static final int MOST = 16_384;
  static final long MOST_BYTES = 32L << 20;

  /**
   * An entry that waits.
   *
   * @param wanted told once it is written; null when nobody waits
   */
  record Item(
      byte type, byte flags, UUID id, ByteBuffer payload, @Nullable Acknowledgement wanted) {}

  private final Queue<Item> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  boolean offer(Item item) {
    if (!roomy()) {
      return false;
    }
    count.incrementAndGet();
    bytes.addAndGet(item.payload.remaining());
    queue.add(item);
    return true;
  }

  /** Whether one more may be added. Threads that add together may pass the bound by one each. */
  boolean roomy() {
    return count.get() < MOST && bytes.get() < MOST_BYTES;
  }

  @Nullable Item first() {
    return queue.peek();
  }

  void removeFirst() {
    Item item = queue.poll();
    if (item != null) {
      bytes.addAndGet(-item.payload.remaining());
      count.decrementAndGet();
    }
  }

  boolean isEmpty() {
    return count.get() == 0;
  }

  int size() {
    return count.get();
  }

  /** Ends of exchanges that wait. */
  long unsaved() {
    return queue.stream().filter(item -> item.type == Frame.CLOSED).count();
  }
}
