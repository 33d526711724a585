package org.openbars.router.audit;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.ExchangeRecord;

/**
 * One exchange's place in the audit, taken before anything is sent to a receiver. It is used up by
 * the first {@link #record} or {@link #release}; whatever is called after that does nothing, so
 * that no path through an exchange can give a place back twice. For the exchange's event loop only.
 */
public final class AuditPlace {
  /** For a node that keeps no audit: never refused, forgets what it is told. */
  static final AuditPlace UNAUDITED = new AuditPlace(null, false, false);

  private final @Nullable AuditQueue queue;
  private final boolean refused;
  private final boolean held;
  private boolean used;

  private AuditPlace(@Nullable AuditQueue queue, boolean refused, boolean held) {
    this.queue = queue;
    this.refused = refused;
    this.held = held;
  }

  static AuditPlace held(AuditQueue queue) {
    return new AuditPlace(queue, false, true);
  }

  static AuditPlace without(AuditQueue queue) {
    return new AuditPlace(queue, false, false);
  }

  static AuditPlace refused(AuditQueue queue) {
    return new AuditPlace(queue, true, false);
  }

  /** Whether the exchange must be answered with {@code AUDIT_FULL} instead of being sent on. */
  public boolean refused() {
    return refused;
  }

  /**
   * Tells that the exchange's message is about to go.
   *
   * @param then told, at once or later on the exchange's context, whether it may
   */
  public void opened(ExchangeRecord soFar, Consumer<Boolean> then) {
    then.accept(true);
  }

  /**
   * As {@link #record(ExchangeRecord)}.
   *
   * @param then run in any case, at once or later on the exchange's context
   */
  public void record(ExchangeRecord exchange, Runnable then) {
    record(exchange);
    then.run();
  }

  /**
   * Hands over the exchange's record. Without a held place, as after {@link #refused}, it goes into
   * the head-room when there is some, else it is counted as lost.
   */
  public void record(ExchangeRecord exchange) {
    if (used || queue == null) {
      return;
    }
    used = true;
    if (held) {
      queue.addToHeldPlace(exchange);
    } else {
      queue.add(exchange);
    }
  }

  /** Gives the place back for an exchange that leaves no record. */
  public void release() {
    if (used || queue == null) {
      return;
    }
    used = true;
    if (held) {
      queue.giveBack(1);
    }
  }
}
