package org.openbars.router.ledger;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Walks along chains, a row at a time in the order of day, node and position, and says what is
 * wrong. After a fault it goes on from what is stored, so that one change is one fault. Not
 * thread-safe.
 */
final class ChainCheck {
  private static final int POSITION = 0;
  private static final int VERSION = 1;
  private static final int HASH = 2;
  private static final int NHS_NUMBER = 3;
  private static final int DAY = LinkedColumns.BEFORE + LinkedColumns.DAY;
  private static final int NODE = LinkedColumns.BEFORE + LinkedColumns.NODE;
  private static final int NHS_NUMBER_HASH = LinkedColumns.BEFORE + LinkedColumns.NHS_NUMBER_HASH;
  private static final int APPLICATION = LinkedColumns.BEFORE + LinkedColumns.APPLICATION;

  /** An export from before there were applications. */
  static final int LEAST_COLUMNS = APPLICATION;

  static final int COLUMNS = LinkedColumns.BEFORE + LinkedColumns.NAMES.size();

  private final Seals seals;
  private final NumberCheck numbers;
  private final Consumer<Fault> faults;
  private final Consumer<String> notes;
  private final LinkHash hashing = new LinkHash();
  private final Set<ChainHead.Key> seen = new HashSet<>();

  // The chain that is walked along.
  private ChainHead.@Nullable Key chain;
  private int day;
  private byte[] node = new byte[0];
  private List<Seals.Sealed> marks = List.of();
  private int nextSeal;
  private boolean rewritten;
  private long last;
  private boolean previousKnown;
  private byte[] previous = new byte[LinkHash.BYTES];
  private byte[] computed = new byte[LinkHash.BYTES];
  // What the last link should have been, where it was not: then the link may be what was changed.
  private byte[] instead = new byte[LinkHash.BYTES];
  private boolean hasInstead;

  private long records;
  private long chains;

  ChainCheck(Seals seals, List<NhsNumberKey> keys, Consumer<Fault> faults, Consumer<String> notes) {
    this.seals = seals;
    this.numbers = new NumberCheck(keys);
    this.faults = faults;
    this.notes = notes;
  }

  void row(CopyRows row, @Nullable Map<ChainHead.Key, ChainHead> heads) {
    records++;
    if (!isOfThisChain(row)) {
      end(heads);
      begin(row);
    }
    if (row.length(POSITION) != Long.BYTES) {
      fault(0, Fault.Kind.UNCHAINED, "a record is in no chain");
      return;
    }
    long position = row.int64(POSITION);
    if (position <= last) {
      fault(position, Fault.Kind.INSERTED, "a record stands in a place that is taken or is none");
      return;
    }
    if (position > last + 1) {
      missing(last + 1, position - 1);
      previousKnown = false;
      hasInstead = false;
    }
    last = position;
    check(row, position);
  }

  private boolean isOfThisChain(CopyRows row) {
    return chain != null
        && row.int32(DAY) == day
        && Arrays.equals(
            row.buffer(),
            row.offset(NODE),
            row.offset(NODE) + Math.max(0, row.length(NODE)),
            node,
            0,
            node.length);
  }

  private void begin(CopyRows row) {
    int from = row.offset(NODE);
    node = Arrays.copyOfRange(row.buffer(), from, from + Math.max(0, row.length(NODE)));
    day = row.int32(DAY);
    ChainHead.Key key =
        new ChainHead.Key(LinkedBytes.day(day), new String(node, StandardCharsets.UTF_8));
    chain = key;
    chains++;
    seen.add(key);
    marks = seals.of(key);
    nextSeal = 0;
    rewritten = false;
    last = 0;
    previous = hashing.start(key);
    previousKnown = true;
    hasInstead = false;
  }

  private void check(CopyRows row, long position) {
    int hash = row.offset(HASH);
    byte[] buffer = row.buffer();
    boolean whole =
        row.length(HASH) == LinkHash.BYTES
            && row.length(VERSION) == Short.BYTES
            && isKnown(row, row.int16(VERSION));
    if (!whole) {
      fault(position, Fault.Kind.EDITED, "the link is none, or of a version this router has not");
      previousKnown = false;
      hasInstead = false;
      return;
    }
    if (previousKnown) {
      link(row, previous);
      boolean holds = isStored(buffer, hash, computed);
      if (!holds && hasInstead) {
        byte[] own = computed.clone();
        link(row, instead);
        holds = isStored(buffer, hash, computed);
        computed = holds ? computed : own;
      }
      hasInstead = !holds;
      if (!holds) {
        fault(position, Fault.Kind.EDITED, "a column or the link is not what was stored");
        System.arraycopy(computed, 0, instead, 0, LinkHash.BYTES);
      }
    }
    System.arraycopy(buffer, hash, previous, 0, LinkHash.BYTES);
    previousKnown = true;
    checkSeals(position);
    if (!numbers.holds(row, NHS_NUMBER, NHS_NUMBER_HASH)) {
      fault(
          position,
          Fault.Kind.NHS_NUMBER,
          "the NHS number is not the one the record was made with");
    }
  }

  private static boolean isKnown(CopyRows row, int version) {
    return version == LinkedColumns.WITHOUT_APPLICATION
        ? row.length(APPLICATION) < 0
        : version == LinkedColumns.VERSION && row.columns() == COLUMNS;
  }

  private void link(CopyRows row, byte[] from) {
    int version = row.int16(VERSION);
    int start = row.offset(LinkedColumns.BEFORE) - Integer.BYTES;
    boolean uncovered = version == LinkedColumns.WITHOUT_APPLICATION && row.columns() == COLUMNS;
    int end = uncovered ? row.offset(APPLICATION) - Integer.BYTES : row.end();
    hashing.next(from, version, row.buffer(), start, end - start, computed);
  }

  private static boolean isStored(byte[] buffer, int offset, byte[] hash) {
    return Arrays.equals(buffer, offset, offset + LinkHash.BYTES, hash, 0, LinkHash.BYTES);
  }

  private void checkSeals(long position) {
    while (nextSeal < marks.size() && marks.get(nextSeal).length() <= position) {
      Seals.Sealed seal = marks.get(nextSeal);
      nextSeal++;
      // One fault a chain: when one seal does not hold, no later one will.
      if (seal.length() == position && !rewritten && !endsWith(seal.head())) {
        rewritten = true;
        fault(
            position,
            Fault.Kind.REWRITTEN,
            "the chain to here is not the one that was sealed at " + seal.time());
      }
    }
  }

  /** Ends the chain that is walked along; {@code heads} is null when none are known. */
  void end(@Nullable Map<ChainHead.Key, ChainHead> heads) {
    ChainHead.Key ended = chain;
    if (ended == null) {
      return;
    }
    long sealedTo = marks.isEmpty() ? 0 : marks.get(marks.size() - 1).length();
    if (sealedTo > last) {
      String what = "sealed with " + sealedTo + " records, there are " + last;
      fault(last + 1, Fault.Kind.CUT, what);
    } else if (heads != null) {
      checkHead(heads.get(ended));
    }
    if (sealedTo < last && seals.lines() > 0) {
      notes.accept(
          ended
              + ": the last "
              + (last - sealedTo)
              + " records are younger than the last seal;"
              + " until the next, nothing outside the database shows if they are cut off");
    }
    chain = null;
  }

  private void checkHead(@Nullable ChainHead head) {
    if (head == null) {
      fault(last, Fault.Kind.REWRITTEN, "it has no head");
    } else if (head.length() > last) {
      String what = "its head says " + head.length() + " records, there are " + last;
      fault(last + 1, Fault.Kind.CUT, what);
    } else if (head.length() < last || (previousKnown && !endsWith(head))) {
      fault(last, Fault.Kind.REWRITTEN, "its head is not the last record's link");
    }
  }

  /** Whether the chain so far has this head, or had it before its last link was changed. */
  private boolean endsWith(ChainHead head) {
    return head.hasHash(previous) || (hasInstead && head.hasHash(instead));
  }

  /** Says which of these chains were not met at all. */
  void notSeen(Iterable<ChainHead.Key> expected, Map<ChainHead.Key, ChainHead> heads) {
    for (ChainHead.Key key : expected) {
      if (!seen.contains(key)) {
        List<Seals.Sealed> seal = seals.of(key);
        ChainHead head = heads.get(key);
        long length = head == null ? 0 : head.length();
        length = seal.isEmpty() ? length : Math.max(length, seal.get(seal.size() - 1).length());
        if (length > 0) {
          seen.add(key);
          String what = "the whole chain of " + length + " records is not there";
          faults.accept(new Fault(key.day(), key.node(), 0, Fault.Kind.CUT, what));
        }
      }
    }
  }

  private void missing(long from, long to) {
    String which = from == to ? "record " + from + " is" : "records " + from + " to " + to + " are";
    fault(from, Fault.Kind.MISSING, which + " not there");
  }

  private void fault(long position, Fault.Kind kind, String what) {
    ChainHead.Key of = chain;
    if (of != null) {
      faults.accept(new Fault(of.day(), of.node(), position, kind, what));
    }
  }

  long records() {
    return records;
  }

  long chains() {
    return chains;
  }

  NumberCheck numbers() {
    return numbers;
  }
}
