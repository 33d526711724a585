package org.openbars.router.stream;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.meter.Meters;
import org.openbars.router.wire.Keyring;

/**
 * The node's receivers by host, made when the first message for one arrives. Any thread. Bounded by
 * the hosts in the target directory: {@link #retain} lets go of those that left it.
 */
public final class Receivers {
  private final StreamConfig config;
  private final Meters meters;
  private final Keyring keyring;
  private final ConcurrentMap<ReceiverHost, Receiver> byHost = new ConcurrentHashMap<>();

  /**
   * @param keyring opened with {@link StreamConfig.Tls#files} of all
   */
  public Receivers(StreamConfig config, Meters meters, Keyring keyring) {
    this.config = config;
    this.meters = meters;
    this.keyring = keyring;
  }

  /** What TLS to them is made with. */
  public Keyring keyring() {
    return keyring;
  }

  /** The receiver at {@code host}. */
  public Receiver at(ReceiverHost host) {
    Receiver known = byHost.get(host);
    return known != null
        ? known
        : byHost.computeIfAbsent(host, h -> new Receiver(h, config, meters));
  }

  /** Forgets receivers that are not in {@code hosts} and have nothing in flight. */
  public void retain(Set<ReceiverHost> hosts) {
    for (Receiver receiver : byHost.values()) {
      if (!hosts.contains(receiver.host())
          && receiver.inFlight() == 0
          && byHost.remove(receiver.host(), receiver)) {
        // Kept, its gauge would go on answering for the next receiver at this host.
        meters.forget("receiver", receiver.host().toString());
      }
    }
  }
}
