package org.openbars.router.stream;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openbars.router.isolate.IsolationConfig;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.wire.Networks;
import org.openbars.router.wire.PemFiles;

/**
 * Keys {@code stream.*} and {@code receivers}.
 *
 * @param deadline from the last request byte sent to the answer's head, {@code stream.deadline}
 * @param connectTimeout for a connection to a receiver, TLS included, {@code
 *     stream.connect-timeout}
 * @param minRate bytes a second, over ten seconds, below which a body has stalled, {@code
 *     stream.min-rate}
 * @param maxDuration of a whole exchange, {@code stream.max-duration}
 * @param maxInFlight exchanges in flight to one receiver host, {@code stream.max-in-flight}
 * @param maxConnections connections to one receiver host from one event loop, {@code
 *     stream.max-connections}
 * @param idleTimeout how long an unused connection to a receiver is kept, {@code
 *     stream.idle-timeout}
 * @param http2 whether HTTP/2 is offered to https receivers, {@code stream.http2}
 * @param insideNetworks inside addresses that a receiver's name may lead to, {@code
 *     stream.inside-networks}
 * @param isolation what keeps one receiver host's trouble with that host
 * @param tls for every receiver that has none of its own, {@code stream.tls.*}
 * @param receivers what differs for some receiver hosts, {@code receivers}
 */
public record StreamConfig(
    Duration deadline,
    Duration connectTimeout,
    long minRate,
    Duration maxDuration,
    int maxInFlight,
    int maxConnections,
    Duration idleTimeout,
    boolean http2,
    Networks insideNetworks,
    IsolationConfig isolation,
    Tls tls,
    Map<String, Receiver> receivers) {

  public StreamConfig {
    receivers = Map.copyOf(receivers);
  }

  /**
   * What proves a receiver to us and us to it; PEM files.
   *
   * @param trust certificates trusted to sign a receiver's; null for those of the Java runtime
   * @param certificate our client certificate chain, null for none
   * @param key its key, null for none
   */
  public record Tls(@Nullable Path trust, @Nullable Path certificate, @Nullable Path key) {
    /** The Java runtime's trust store and no client certificate. */
    public static final Tls DEFAULT = new Tls(null, null, null);

    /** Them all. */
    public PemFiles files() {
      return new PemFiles(trust, certificate, key);
    }
  }

  /**
   * One entry of {@code receivers}; null keeps what {@code stream} says.
   *
   * @param breaker whether it has a circuit breaker
   * @param insecure allows plain http to this receiver
   */
  public record Receiver(
      @Nullable Duration deadline,
      @Nullable Duration connectTimeout,
      @Nullable Integer maxInFlight,
      @Nullable Boolean breaker,
      @Nullable Tls tls,
      boolean insecure) {}

  /**
   * The entry for a receiver: by {@code host:port}, else by {@code host}; null when there is none.
   */
  public @Nullable Receiver receiver(ReceiverHost host) {
    Receiver exact = receivers.get(host.toString());
    return exact != null ? exact : receivers.get(host.host());
  }

  /** From the last request byte sent to the answer's head, for this receiver. */
  public Duration deadline(ReceiverHost host) {
    Receiver own = receiver(host);
    Duration deadline = own == null ? null : own.deadline();
    return deadline == null ? this.deadline : deadline;
  }

  /** Exchanges in flight to this receiver. */
  public int maxInFlight(ReceiverHost host) {
    Receiver own = receiver(host);
    Integer most = own == null ? null : own.maxInFlight();
    return most == null ? maxInFlight : most;
  }

  /** The longest deadline of any receiver. */
  public Duration longestDeadline() {
    Duration longest = deadline;
    for (Receiver receiver : receivers.values()) {
      Duration own = receiver.deadline();
      longest = own != null && own.compareTo(longest) > 0 ? own : longest;
    }
    return longest;
  }

  /** The most exchanges in flight that any receiver may have. */
  public int mostInFlight() {
    int most = maxInFlight;
    for (Receiver receiver : receivers.values()) {
      Integer own = receiver.maxInFlight();
      most = own == null ? most : Math.max(most, own);
    }
    return most;
  }

  /** Whether plain http to this receiver is allowed. */
  public boolean insecure(ReceiverHost host) {
    Receiver receiver = receiver(host);
    return receiver != null && receiver.insecure();
  }
}
