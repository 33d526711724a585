package org.openbars.router;

import io.netty.util.Version;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sees to it that what parses strangers' bytes is not of a version with known holes, whatever a
 * class path was put together from.
 */
final class Libraries {
  /** The first without CVE-2026-33870, 33871, 42581, 45416, 50020, 89044 and others. */
  static final String LEAST_NETTY = "4.2.18";

  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+).*");

  private Libraries() {}

  /**
   * Looks at the class path.
   *
   * @throws IllegalStateException naming what is too old
   */
  static void check() {
    Map<String, String> versions = new TreeMap<>();
    Version.identify().forEach((name, version) -> versions.put(name, version.artifactVersion()));
    check(versions);
  }

  /**
   * @param netty versions by artifact
   */
  static void check(Map<String, String> netty) {
    if (netty.isEmpty()) {
      throw new IllegalStateException("the class path does not say which Netty it has");
    }
    netty.forEach(
        (name, version) -> {
          // BoringSSL's bindings have a numbering of their own, and the same origin.
          if (!name.contains("tcnative") && number(version) < number(LEAST_NETTY)) {
            throw new IllegalStateException(
                name + " " + version + " has known holes; at least " + LEAST_NETTY);
          }
        });
  }

  private static long number(String version) {
    Matcher parts = VERSION.matcher(version);
    if (!parts.matches()) {
      return 0;
    }
    return (Long.parseLong(parts.group(1)) * 10_000 + Long.parseLong(parts.group(2))) * 10_000
        + Long.parseLong(parts.group(3));
  }
}
