package org.openbars.router.stream;

import io.micrometer.core.instrument.Counter;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.openbars.router.meter.Meters;

/** What is counted of one receiver host. Any thread. */
final class ReceiverMeters {
  private static final String TAG = "receiver";
  private static final double NANOS = 1e9;

  private final Meters meters;
  private final String name;
  private final Counter exchanges;
  private final Counter busy;
  private final Counter suspended;
  private final Counter backedOff;
  private final Counter opened;
  private final Counter reconnected;
  private final Counter resent;

  /** Epoch second at which the certificate shown last ends; 0 before any. */
  private final AtomicLong certificateEnd = new AtomicLong();

  ReceiverMeters(Meters meters, String name) {
    this.meters = meters;
    this.name = name;
    this.exchanges = counter("exchanges", "Exchanges sent to a receiver host");
    this.busy = counter("refused", "Exchanges refused for want of a permit");
    this.suspended = suspended("breaker");
    this.backedOff = suspended("backoff");
    this.opened = counter("breaker.opened", "Times the circuit breaker opened");
    this.reconnected = again("connect");
    this.resent = again("read");
  }

  private Counter counter(String what, String description) {
    return meters.counter("bars.receiver." + what, description, TAG, name);
  }

  private Counter suspended(String reason) {
    return meters.counter(
        "bars.receiver.suspended",
        "Exchanges refused because the receiver host has been failing",
        TAG,
        name,
        "reason",
        reason);
  }

  private Counter again(String what) {
    return meters.counter(
        "bars.receiver.again",
        "Second tries: of a connection, or of a read that broke off",
        TAG,
        name,
        "what",
        what);
  }

  /** Shows how a receiver stands. */
  void watch(Receiver receiver) {
    meters.gauge(
        "bars.receiver.in.flight",
        "Exchanges in flight to a receiver host",
        receiver::inFlight,
        TAG,
        name);
    meters.gauge(
        "bars.receiver.limit",
        "Exchanges it may have in flight now",
        receiver::limitNow,
        TAG,
        name);
    meters.gauge(
        "bars.receiver.breaker",
        "Its circuit breaker: 0 closed, 1 letting one through at a time, 2 open",
        () -> receiver.breaker().state().level(),
        TAG,
        name);
    meters.gauge(
        "bars.receiver.idle.limit.seconds",
        "How long its connections may be idle and still carry a message",
        () -> receiver.idle().nanos() / NANOS,
        TAG,
        name);
  }

  void exchange() {
    exchanges.increment();
  }

  void busy() {
    busy.increment();
  }

  void suspended() {
    suspended.increment();
  }

  void backedOff() {
    backedOff.increment();
  }

  void opened() {
    opened.increment();
  }

  void reconnected() {
    reconnected.increment();
  }

  void resent() {
    resent.increment();
  }

  void notConnected(ConnectFault fault) {
    meters
        .counter(
            "bars.receiver.connect.failed",
            "Connections to a receiver host that could not be had, or that TLS ended",
            TAG,
            name,
            "reason",
            fault.word())
        .increment();
  }

  /** The receiver has shown a certificate. */
  void certificate(SSLSession session) {
    try {
      if (session.getPeerCertificates()[0] instanceof X509Certificate shown
          && certificateEnd.getAndSet(shown.getNotAfter().toInstant().getEpochSecond()) == 0) {
        meters.gauge(
            "bars.receiver.certificate.expiry.seconds",
            "How long the certificate that a receiver host showed last is still good for",
            () -> certificateEnd.get() - Instant.now().getEpochSecond(),
            TAG,
            name);
      }
    } catch (SSLPeerUnverifiedException e) {
      // It has shown none, which the handshake would not have let pass.
      certificateEnd.set(0);
    }
  }
}
