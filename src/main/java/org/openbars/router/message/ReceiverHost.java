package org.openbars.router.message;

import java.util.Locale;

/**
 * Where a receiver listens: the unit of pools, permits and deadlines. The host is lower case and
 * the port explicit, so that two spellings of one receiver are one value.
 */
public record ReceiverHost(String host, int port) {
  private static final int MAX_PORT = 65535;

  public ReceiverHost {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("host must not be empty");
    }
    if (port < 1 || port > MAX_PORT) {
      throw new IllegalArgumentException("port must be 1 to " + MAX_PORT + ", is " + port);
    }
    host = host.toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
