package org.openbars.router.stream;

import java.time.Duration;
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
  private final StreamConfig started;
  private volatile StreamConfig config;
  private final Meters meters;
  private final Keyring keyring;
  private final ConcurrentMap<ReceiverHost, Receiver> byHost = new ConcurrentHashMap<>();

  /**
   * @param keyring opened with {@link StreamConfig.Tls#files} of all
   */
  public Receivers(StreamConfig config, Meters meters, Keyring keyring) {
    this.started = config;
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
    return known != null ? known : byHost.computeIfAbsent(host, this::made);
  }

  /**
   * Other deadlines and limits of exchanges in flight from now on, for receivers known already too.
   * None grows beyond the highest that the router started with: listeners' idle time and the pools
   * were measured for those.
   */
  public void limits(StreamConfig fresh) {
    config = fresh;
    // One that is made meanwhile may have read the former: it is met here, or reads this one.
    byHost.values().forEach(receiver -> limit(receiver, fresh));
  }

  private void limit(Receiver receiver, StreamConfig fresh) {
    Duration deadline = fresh.deadline(receiver.host());
    Duration longest = started.longestDeadline();
    receiver.limits(
        deadline.compareTo(longest) > 0 ? longest : deadline,
        Math.min(fresh.maxInFlight(receiver.host()), started.mostInFlight()));
  }

  private Receiver made(ReceiverHost host) {
    // What needs a restart is taken from the start's configuration.
    Receiver receiver = new Receiver(host, started, meters);
    limit(receiver, config);
    return receiver;
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
