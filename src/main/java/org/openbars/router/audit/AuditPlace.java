package org.openbars.router.audit;

import io.micrometer.core.instrument.Counter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openbars.router.journal.Journal;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.ExchangeRecord;

/**
 * One exchange's place in the audit, taken before anything is sent to a receiver. It is used up by
 * the first {@link #record}; whatever is called after that changes nothing, so that no path through
 * an exchange can record it twice. For the exchange's event loop only.
 */
public final class AuditPlace {
  /** For a node that keeps no audit: never refused, forgets what it is told. */
  static final AuditPlace UNAUDITED = new AuditPlace(null, null, false);

  private final @Nullable Journal journal;
  private final @Nullable Counter unrecorded;
  private final boolean refused;
  private boolean opened;
  private boolean used;

  private AuditPlace(@Nullable Journal journal, @Nullable Counter unrecorded, boolean refused) {
    this.journal = journal;
    this.unrecorded = unrecorded;
    this.refused = refused;
  }

  /**
   * @param refused whether the journal takes no new exchange now
   * @param unrecorded counts those that end nevertheless, other than as refused for that reason
   */
  static AuditPlace in(Journal journal, Counter unrecorded, boolean refused) {
    return new AuditPlace(journal, unrecorded, refused);
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
    } else if (journal == null) {
      then.accept(true);
    } else {
      opened = true;
      journal.opened(AuditText.bounded(soFar), then);
    }
  }

  /**
   * Writes down how the exchange ended, before the answer's last byte goes to the sender. {@code
   * then} is called as in {@link #opened}, whatever becomes of the record.
   */
  public void record(ExchangeRecord exchange, Runnable then) {
    if (used || journal == null) {
      then.run();
      return;
    }
    used = true;
    if (!refused) {
      journal.closed(AuditText.bounded(exchange), opened, then);
      return;
    }
    // A full journal is not filled further by saying so; the refusal itself was counted.
    if (exchange.result().error() != BarsError.AUDIT_FULL && unrecorded != null) {
      unrecorded.increment();
    }
    then.run();
  }
}
