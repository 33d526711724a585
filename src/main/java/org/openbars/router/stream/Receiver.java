package org.openbars.router.stream;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.meter.Meters;

/**
 * One receiver host as the whole node sees it: its limits, and how many exchanges are in flight to
 * it. Shared by all event loops; the permit count binds, the loops' pools only hold connections.
 */
public final class Receiver {
  private final ReceiverHost host;
  private final Duration deadline;
  private final Duration connectTimeout;
  private final int maxInFlight;
  private final StreamConfig.Tls tls;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Counter exchanges;
  private final Counter refused;

  Receiver(ReceiverHost host, StreamConfig config, Meters meters) {
    StreamConfig.Receiver own = config.receiver(host);
    this.host = host;
    this.deadline = own != null && own.deadline() != null ? own.deadline() : config.deadline();
    this.connectTimeout =
        own != null && own.connectTimeout() != null
            ? own.connectTimeout()
            : config.connectTimeout();
    this.maxInFlight =
        own != null && own.maxInFlight() != null ? own.maxInFlight() : config.maxInFlight();
    this.tls = own != null && own.tls() != null ? own.tls() : config.tls();
    String name = host.toString();
    this.exchanges =
        meters.counter(
            "bars.receiver.exchanges", "Exchanges sent to a receiver host", "receiver", name);
    this.refused =
        meters.counter(
            "bars.receiver.refused", "Exchanges refused for want of a permit", "receiver", name);
    meters.gauge(
        "bars.receiver.in.flight",
        "Exchanges in flight to a receiver host",
        inFlight::get,
        "receiver",
        name);
  }

  public ReceiverHost host() {
    return host;
  }

  /** From the last request byte sent to the answer's head. */
  public Duration deadline() {
    return deadline;
  }

  /** For a connection, TLS included. */
  public Duration connectTimeout() {
    return connectTimeout;
  }

  StreamConfig.Tls tls() {
    return tls;
  }

  /** Exchanges in flight now, on all event loops. */
  public int inFlight() {
    return inFlight.get();
  }

  /** Takes a permit; each one taken is given back by {@link #release}. */
  boolean tryAcquire() {
    if (inFlight.incrementAndGet() > maxInFlight) {
      inFlight.decrementAndGet();
      refused.increment();
      return false;
    }
    exchanges.increment();
    return true;
  }

  void release() {
    inFlight.decrementAndGet();
  }
}
