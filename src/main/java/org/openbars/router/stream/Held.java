package org.openbars.router.stream;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was read of a request's body before its receiver was opened, to be sent first and unchanged.
 * For one exchange, on its event loop.
 */
public final class Held {
  /** Of a request that was not held. */
  public static final Held NOTHING = new Held(List.of(), false, 0, null);

  private final boolean complete;
  private final long since;
  private final long bytes;
  private final @Nullable HeldBytes room;
  private List<Buffer> chunks;

  private Held(List<Buffer> chunks, boolean complete, long since, @Nullable HeldBytes room) {
    this.chunks = chunks;
    this.complete = complete;
    this.since = since;
    this.room = room;
    this.bytes = chunks.stream().mapToLong(Buffer::length).sum();
  }

  /**
   * Chunks for which room was taken.
   *
   * @param complete whether they are the whole body
   * @param since when their holding began, {@link System#nanoTime}
   */
  static Held of(List<Buffer> chunks, boolean complete, long since, HeldBytes room) {
    return new Held(List.copyOf(chunks), complete, since, room);
  }

  /** Whether the request was held, be it without a byte. */
  public boolean wasRead() {
    return room != null;
  }

  boolean complete() {
    return complete;
  }

  long since() {
    return since;
  }

  long bytes() {
    return bytes;
  }

  /** The chunks, once: their room is given back. */
  List<Buffer> take() {
    List<Buffer> taken = chunks;
    if (room != null && !taken.isEmpty()) {
      room.giveBack(bytes);
      chunks = List.of();
    }
    return taken;
  }
}
