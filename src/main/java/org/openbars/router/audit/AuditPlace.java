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
  /** What takes an exchange's entries. */
  interface Entries {
    /** As {@link AuditPlace#opened}. */
    void opened(ExchangeRecord soFar, Consumer<Boolean> then);

    /**
     * As {@link AuditPlace#record}.
     *
     * @param held whether a place was taken for it
     */
    void closed(ExchangeRecord exchange, boolean held, Runnable then);

    /** As {@link AuditPlace#release}, of a place that was taken. */
    void released();
  }

  /** For a node that keeps no audit: never refused, forgets what it is told. */
  static final AuditPlace UNAUDITED = new AuditPlace(null, false, false);

  private final @Nullable Entries entries;
  private final boolean refused;
  private final boolean held;
  private boolean used;

  private AuditPlace(@Nullable Entries entries, boolean refused, boolean held) {
    this.entries = entries;
    this.refused = refused;
    this.held = held;
  }

  static AuditPlace held(Entries entries) {
    return new AuditPlace(entries, false, true);
  }

  static AuditPlace without(Entries entries) {
    return new AuditPlace(entries, false, false);
  }

  static AuditPlace refused(Entries entries) {
    return new AuditPlace(entries, true, false);
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
    if (used || entries == null) {
      then.accept(true);
    } else {
      entries.opened(soFar, then);
    }
  }

  /**
   * Hands over the exchange's record. Without a held place, as after {@link #refused}, it goes into
   * the head-room when there is some, else it is counted as lost.
   *
   * @param then run in any case, at once or later on the exchange's context
   */
  public void record(ExchangeRecord exchange, Runnable then) {
    if (used || entries == null) {
      then.run();
    } else {
      used = true;
      entries.closed(exchange, held, then);
    }
  }

  /** As {@link #record(ExchangeRecord, Runnable)}, for one who does not wait. */
  public void record(ExchangeRecord exchange) {
    record(exchange, () -> {});
  }

  /** Gives the place back for an exchange that leaves no record. */
  public void release() {
    if (used || entries == null) {
      return;
    }
    used = true;
    if (held) {
      entries.released();
    }
  }
}
