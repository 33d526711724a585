package org.openbars.router.ledger;

import java.time.LocalDate;

/**
 * One thing a check found wrong.
 *
 * @param day whose chain
 * @param node whose chain
 * @param position the record's place in the chain, from 1; 0 when no one record is meant
 * @param what for a person; never holds a record's content
 */
public record Fault(LocalDate day, String node, long position, Kind kind, String what) {
  /** What was done to the audit. */
  public enum Kind {
    /** A column, or the link itself, is not what was stored. */
    EDITED,
    /** The NHS number is not the one the record was made with. The chain itself holds. */
    NHS_NUMBER,
    /** Records are not there, in the middle of a chain. */
    MISSING,
    /** A record stands in a place that is taken. */
    INSERTED,
    /** The end of a chain, or the whole of it, is not there. */
    CUT,
    /** The chain holds, but is not the one that was sealed, or that its head says. */
    REWRITTEN,
    /** A record is in no chain. */
    UNCHAINED,
    /** A seal file was changed, or a line of it cannot be read. */
    SEAL
  }

  /** One line, whatever a node is called. */
  @Override
  public String toString() {
    String line =
        day + " " + node + " " + (position == 0 ? "-" : position) + " " + kind + ": " + what;
    return line.replaceAll("\\p{Cntrl}", "?");
  }
}
