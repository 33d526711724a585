package org.openbars.router.audit;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.ExchangeRecord;

/**
 * One exchange's place in the audit, taken before anything is sent to a receiver. It is used up by
 * the first {@link #record}; whatever is called after that changes nothing, so that no path through
 * an exchange can record it twice. For the exchange's event loop only.
 */
public final class AuditPlace {
  /** What takes an exchange's entries. */
  interface Entries {
    /** As {@link AuditPlace#opened}. */
    void opened(ExchangeRecord soFar, Consumer<Boolean> then);

    /**
     * As {@link AuditPlace#record}.
     *
     * @param hadOpened whether {@link #opened} was called for it
     */
    void closed(ExchangeRecord exchange, boolean hadOpened, Runnable then);

    /** An exchange has ended that got no place: there is no room to say so. */
    void unplaced(ExchangeRecord exchange);

    /** One that had a place was refused all the same, as {@link #opened} could not be written. */
    void refused();
  }

  /** For a node that keeps no audit: never refused, forgets what it is told. */
  static final AuditPlace UNAUDITED = new AuditPlace(null, false);

  private final @Nullable Entries entries;
  private final boolean refused;
  private boolean opened;
  private boolean used;

  private AuditPlace(@Nullable Entries entries, boolean refused) {
    this.entries = entries;
    this.refused = refused;
  }

  static AuditPlace held(Entries entries) {
    return new AuditPlace(entries, false);
  }

  static AuditPlace refused(Entries entries) {
    return new AuditPlace(entries, true);
  }

  /** Whether the exchange must be answered with {@code AUDIT_FULL} instead of being sent on. */
  public boolean refused() {
    return refused;
  }

  /**
   * Writes down that the message is about to go, before its first byte does. {@code then} gets
   * false when that could not be written: the message must not go. It is called before this
   * returns, as a rule; later on the exchange's context, after a second at the most.
   *
   * @param soFar becomes the exchange's record when the process ends before {@link #record}
   */
  public void opened(ExchangeRecord soFar, Consumer<Boolean> then) {
    if (used || refused) {
      then.accept(false);
    } else if (entries == null) {
      then.accept(true);
    } else {
      opened = true;
      entries.opened(soFar, then);
    }
  }

  /**
   * Writes down how the exchange ended, before the answer's last byte goes to the sender. {@code
   * then} is called as in {@link #opened}, whatever becomes of the record.
   */
  public void record(ExchangeRecord exchange, Runnable then) {
    if (used || entries == null) {
      then.run();
      return;
    }
    used = true;
    if (refused) {
      entries.unplaced(exchange);
      then.run();
    } else {
      if (exchange.result().error() == BarsError.AUDIT_FULL) {
        entries.refused();
      }
      entries.closed(exchange, opened, then);
    }
  }
}
