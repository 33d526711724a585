package org.openbars.router.journal;

import java.time.Instant;

/**
 * Records that a sink was not and will not be given.
 *
 * @param noticed when the reader found out
 * @param records exact when {@link Reason#DROPPED}, else at least so many; 0 when not known
 */
public record Gap(Instant noticed, Reason reason, long records) {
  /** Why. */
  public enum Reason {
    /** Bytes that are no sound entry; neighbours were read. */
    DAMAGED,
    /** Deleted before they were stored, as {@code audit.journal.when-full: drop-oldest} asks. */
    DROPPED,
    /** A segment's file is gone, or cannot be read. */
    LOST_SEGMENT,
    /** Sound entries of a layout not known here; their file is kept. */
    UNREADABLE
  }
}
