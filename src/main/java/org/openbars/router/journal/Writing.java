package org.openbars.router.journal;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The lanes, and what the journal's own thread writes in its own: entries that were handed over,
 * and those that it owes before anything may be deleted.
 */
final class Writing {
  private final Supplier<Lane> lanes;
  private final CopyOnWriteArrayList<Lane> all = new CopyOnWriteArrayList<>();
  private final Lane own;
  private final Pen pen;
  private final Handover handover;
  private final OpenExchanges open;
  private final Room room;
  private final Health health;
  // Told where an entry stands, to acknowledge it.
  private final Written written;
  private final ArrayDeque<Owed> owed = new ArrayDeque<>();

  /** Told of an entry that was handed over and is written now. */
  interface Written {
    void to(Segment segment, long end, Acknowledgement wanted);
  }

  private record Owed(byte type, UUID id, ByteBuffer payload) {}

  Writing(
      Supplier<Lane> lanes,
      Handover handover,
      OpenExchanges open,
      Room room,
      Health health,
      Written written) {
    this.lanes = lanes;
    this.handover = handover;
    this.open = open;
    this.room = room;
    this.health = health;
    this.written = written;
    this.own = fresh();
    this.pen = new Pen(own);
  }

  /** One more lane. */
  Lane fresh() {
    Lane lane = lanes.get();
    all.add(lane);
    return lane;
  }

  List<Lane> all() {
    return all;
  }

  /** Whether nothing waits to be written. Any thread. */
  boolean idle() {
    return handover.isEmpty();
  }

  boolean nothingOwed() {
    return owed.isEmpty();
  }

  /** Writes what waits, oldest first, for as long as the disk takes it. */
  void writeWaiting() {
    while (!owed.isEmpty() && writeOwed()) {
      // The next one.
    }
    for (Handover.Item item = handover.first(); item != null; item = handover.first()) {
      if (!write(item)) {
        return;
      }
      handover.removeFirst();
    }
    if (!held()) {
      health.wellIfCalm();
    }
  }

  private boolean held() {
    for (Lane lane : all) {
      if (lane.underWay() > Health.SLOW_NANOS) {
        return true;
      }
    }
    return false;
  }

  private boolean write(Handover.Item item) {
    Acknowledgement wanted = item.wanted();
    if (item.type() == Frame.OPENED && (wanted == null || wanted.told())) {
      // Whoever asked was told no: its message did not go.
      return true;
    }
    pen.copy(item.payload());
    Segment segment = own.append(pen, item.type(), item.flags(), item.id());
    if (segment == null) {
      return false;
    }
    if (item.type() == Frame.CLOSED) {
      open.remove(item.id());
    }
    if (wanted != null) {
      written.to(segment, pen.writtenTo(), wanted);
    }
    return true;
  }

  /** An exchange that never ended is owed an end: its entry as it was opened. */
  void owe(Recovery.Orphan orphan) {
    room.charge(Frame.HEADER + orphan.payload().remaining());
    owed.add(new Owed(Frame.CLOSED, orphan.id(), orphan.payload()));
  }

  private boolean writeOwed() {
    Iterator<Owed> each = owed.iterator();
    while (each.hasNext()) {
      Owed next = each.next();
      if (next.type == Frame.ENDED && open.has(next.id)) {
        // Its end is being written right now.
        continue;
      }
      pen.copy(next.payload);
      if (own.append(pen, next.type, Frame.HAD_OPENED, next.id) == null) {
        return false;
      }
      each.remove();
    }
    return false;
  }

  /** Says an opened entry again, in the newest segment. */
  void carry(OpenExchanges.Place place, ByteBuffer payload) {
    pen.copy(payload);
    room.charge(pen.end());
    Segment to = own.append(pen, Frame.CARRIED, (byte) 0, place.id());
    if (to == null) {
      room.giveBack(pen.end());
      return;
    }
    long at = pen.writtenTo() - pen.end();
    if (!open.move(place.id(), place.segment(), to, at)) {
      // Closed meanwhile: without this it would be taken for open after a crash.
      ByteBuffer id = ByteBuffer.allocate(1 + 2 * Long.BYTES).put((byte) 0);
      id.putLong(place.id().getMostSignificantBits());
      id.putLong(place.id().getLeastSignificantBits()).flip();
      room.charge(Frame.HEADER + id.remaining());
      owed.add(new Owed(Frame.ENDED, place.id(), id));
    }
  }

  /** Seals a segment whose lane is not at it. */
  void seal(Segment segment) {
    for (Lane lane : all) {
      if (lane.writesTo(segment)) {
        lane.seal();
      }
    }
  }

  /** For whoever must look at each lane. */
  void forEach(Consumer<Lane> action) {
    all.forEach(action);
  }

  @Nullable Lane at(int index) {
    return index < all.size() ? all.get(index) : null;
  }
}
