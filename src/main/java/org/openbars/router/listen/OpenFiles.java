package org.openbars.router.listen;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.OptionalLong;

/**
 * Whether the process may open as many files as its limits promise: a connection each way for every
 * exchange, and what the program itself needs.
 *
 * @param allowed as {@code ulimit -n} says
 * @param maxConnections senders' connections, {@code listen.max-connections}
 * @param maxInFlight exchanges in flight, one receiver's connection each, {@code
 *     admit.max-in-flight}
 */
public record OpenFiles(long allowed, int maxConnections, int maxInFlight) {
  /** Jars, the journal's segments, PostgreSQL, the admin port, event loops, each with room. */
  public static final int OWN = 500;

  /** Less than this is no service at all. */
  public static final int LEAST = OWN + 100;

  /** What the operating system allows this process; empty where it does not tell. */
  public static OptionalLong allowedHere() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? OptionalLong.of(unix.getMaxFileDescriptorCount())
        : OptionalLong.empty();
  }

  /** Files open at once when every limit is reached. */
  public long needed() {
    return (long) maxConnections + maxInFlight + OWN;
  }

  /** Whether a node can start at all. */
  public boolean bearable() {
    return allowed >= LEAST;
  }

  /** Whether the limits can all be reached. */
  public boolean enough() {
    return allowed >= needed();
  }

  /** What an operator can do about it. */
  public String advice() {
    return "ulimit -n is %d; listen.max-connections %d and admit.max-in-flight %d may need %d: raise the one or lower the others"
        .formatted(allowed, maxConnections, maxInFlight, needed());
  }
}
