package org.openbars.router.stream;

import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openbars.router.isolate.Breaker;
import org.openbars.router.isolate.ConcurrencyLimit;
import org.openbars.router.isolate.ConnectBackoff;
import org.openbars.router.isolate.IdleLimit;
import org.openbars.router.isolate.IsolationConfig;
import org.openbars.router.isolate.ResendBudget;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.meter.Meters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One receiver host as the whole node sees it: its limits, how it does, and how many exchanges are
 * in flight to it. Shared by all event loops; the permit count binds, the loops' pools only hold
 * connections.
 */
public final class Receiver {
  private static final Logger LOG = LoggerFactory.getLogger(Receiver.class);

  /** A host that could not be reached so many times in a row is spared after it came back. */
  private static final int LONG_AWAY = 3;

  private final ReceiverHost host;
  private volatile Duration deadline;
  private final Duration connectTimeout;
  private final StreamConfig.Tls tls;
  private final ReceiverMeters meters;
  private final ConcurrencyLimit limit;
  private final Breaker breaker;
  private final ConnectBackoff backoff;
  private final ResendBudget resends;
  private final IdleLimit idle;
  private final AtomicInteger inFlight = new AtomicInteger();

  Receiver(ReceiverHost host, StreamConfig config, Meters meters) {
    StreamConfig.Receiver own = config.receiver(host);
    this.host = host;
    this.deadline = config.deadline(host);
    this.connectTimeout =
        own != null && own.connectTimeout() != null
            ? own.connectTimeout()
            : config.connectTimeout();
    this.tls = own != null && own.tls() != null ? own.tls() : config.tls();
    IsolationConfig isolation =
        own != null && own.breaker() != null
            ? config.isolation().withBreaker(own.breaker())
            : config.isolation();
    this.limit = new ConcurrencyLimit(isolation, config.maxInFlight(host));
    this.backoff = new ConnectBackoff(isolation.connectBackoff());
    this.resends = new ResendBudget(isolation.resendBudget());
    this.idle = new IdleLimit(config.idleTimeout());
    this.meters = new ReceiverMeters(meters, host.toString());
    this.breaker =
        new Breaker(
            isolation.breaker(), deadline.plus(connectTimeout), this::moved, System::nanoTime);
    this.meters.watch(this);
  }

  /** Other limits for the exchanges to come; the breaker and the rest stay as they were. */
  void limits(Duration forAnswer, int mostInFlight) {
    deadline = forAnswer;
    limit.max(mostInFlight);
  }

  private void moved(Breaker.State to) {
    if (to == Breaker.State.OPEN) {
      meters.opened();
      LOG.warn("receiver {} keeps failing: nothing is sent to it for a while", host);
    } else if (to == Breaker.State.CLOSED) {
      limit.recovered(System.nanoTime());
      LOG.info("receiver {} answers again", host);
    }
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

  /** The limit of exchanges in flight now. */
  int limitNow() {
    return limit.get(System.nanoTime());
  }

  ConcurrencyLimit limit() {
    return limit;
  }

  Breaker breaker() {
    return breaker;
  }

  /** How long its connections may be idle. */
  IdleLimit idle() {
    return idle;
  }

  /** Asks for one exchange; the permit is given back by {@link Permit#release}. */
  Decision admit() {
    if (inFlight.incrementAndGet() > limit.get(System.nanoTime())) {
      inFlight.decrementAndGet();
      meters.busy();
      return new Decision.Refused(new Delivery.NeverSent(Delivery.Reason.BUSY), "no permit");
    }
    long period = breaker.tryAcquire();
    if (period == Breaker.REFUSED) {
      inFlight.decrementAndGet();
      meters.suspended();
      return new Decision.Refused(suspended(breaker.retryAfter()), "it has been failing");
    }
    meters.exchange();
    resends.exchange();
    return new Permit(this, period);
  }

  void release() {
    inFlight.decrementAndGet();
  }

  private static Delivery.NeverSent suspended(Duration wait) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(wait.toNanos() + 999_999_999L);
    return new Delivery.NeverSent(Delivery.Reason.SUSPENDED, (int) Math.max(1, seconds));
  }

  /** Whether connecting to it failed the last time. */
  boolean isAway() {
    return backoff.isAway();
  }

  /** Whether a connection may be tried; if not, {@link #awayFor} says for how long. */
  boolean tryConnect(long now) {
    return backoff.tryConnect(now, connectTimeout.toNanos());
  }

  /** That it could not be connected to lately. */
  Delivery.NeverSent awayFor(long now) {
    meters.backedOff();
    return suspended(backoff.pause(now));
  }

  /** A connection that was tried at {@code started} could not be had. */
  void notConnected(ConnectFault fault, long started, long now) {
    meters.notConnected(fault);
    backoff.failed(started, now);
  }

  /** A new connection is there. */
  void connected(HttpConnection connection, long now) {
    if (connection.isSsl()) {
      meters.certificate(connection.sslSession());
    }
    if (backoff.succeeded() >= LONG_AWAY) {
      limit.recovered(now);
    }
  }

  /** A connection broke that had carried something; TLS may have said why. */
  void brokeOff(Throwable cause) {
    ConnectFault fault = ConnectFault.of(cause, false);
    if (fault.reason() == Delivery.Reason.TLS_FAILED) {
      meters.notConnected(fault);
    }
  }

  /** Whether a connection that failed may be tried a second time. */
  boolean mayReconnect() {
    boolean may = resends.take();
    if (may) {
      meters.reconnected();
    }
    return may;
  }

  /** Whether a read that broke off may be sent a second time. */
  boolean mayResend() {
    boolean may = resends.take();
    if (may) {
      meters.resent();
    }
    return may;
  }
}
