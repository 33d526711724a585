package org.openbars.router.journal;

import java.nio.file.Path;

/**
 * Keys {@code audit.journal.*}.
 *
 * @param path the folder, one router's alone; made when it is missing
 * @param maxSize bytes of entries kept at the most, {@link #MIN_SIZE} or more; the files may take
 *     one segment for each event loop beyond it
 * @param sync what an entry must outlive before it counts as written
 * @param whenFull what gives way at {@code maxSize}
 */
public record JournalConfig(Path path, long maxSize, Sync sync, WhenFull whenFull) {
  /** The least {@code maxSize}, in bytes. */
  public static final long MIN_SIZE = 1L << 20;

  /** Checks the size. */
  public JournalConfig {
    if (maxSize < MIN_SIZE) {
      throw new IllegalArgumentException(
          "audit.journal.max-size must be at least " + MIN_SIZE + " bytes, is " + maxSize);
    }
  }

  /** What an entry must outlive. */
  public enum Sync {
    /** The end of the process by any means; a power cut may take the last milliseconds. */
    OS,
    /** A power cut. */
    DISK
  }

  /** What gives way when there is no room. */
  public enum WhenFull {
    /** New exchanges; what was begun may always end. */
    REFUSE,
    /** The oldest entries, stored or not; each sink is told how many it was not given. */
    DROP_OLDEST
  }
}
