package org.openbars.router.config;

import java.nio.file.Path;
import java.time.Duration;
import org.openbars.router.isolate.IsolationConfig;
import org.openbars.router.wire.Networks;

/** The keys below {@code stream}, and those of one entry of {@code receivers}. */
final class StreamKeys {
  /** Part of {@link Keys#ALL}. */
  static final KeyTable TABLE = new KeyTable();

  /** {@link Keys#RECEIVER}, named from an entry. */
  static final KeyTable RECEIVER_TABLE = new KeyTable();

  static final Key<Duration> DEADLINE =
      TABLE.key(
          "stream.deadline",
          "From the last request byte sent to the head of the receiver's answer.",
          Kinds.duration("1ms", "10m"),
          "32s");
  static final Key<Duration> CONNECT_TIMEOUT =
      TABLE.key(
          "stream.connect-timeout",
          "For a new connection to a receiver, TLS included.",
          Kinds.duration("1ms", "1m"),
          "2s");
  static final Key<Long> MIN_RATE =
      TABLE.key(
          "stream.min-rate",
          "A body slower than this over 10 s has stalled; a sender that takes its answer has 60 s.",
          Kinds.rate("1B", "1GiB"),
          "1KiB/s");
  static final Key<Duration> MAX_DURATION =
      TABLE.key(
          "stream.max-duration",
          "For a whole exchange, however well it moves.",
          Kinds.duration("1ms", "1d"),
          "1h");
  static final Key<Integer> MAX_IN_FLIGHT =
      TABLE.key(
          "stream.max-in-flight",
          "Exchanges in flight to one receiver host; those beyond are answered 503.",
          Kinds.integer(1, 1_000_000),
          "4000");
  static final Key<Integer> MAX_CONNECTIONS =
      TABLE.key(
          "stream.max-connections",
          "Connections to one receiver host from one event loop.",
          Kinds.integer(1, 100_000),
          "1000");
  static final Key<Duration> IDLE_TIMEOUT =
      TABLE.key(
          "stream.idle-timeout",
          "How long an unused connection to a receiver is kept; below the receiver's own limit.",
          Kinds.duration("1ms", "1h"),
          "5s");
  static final Key<Boolean> HTTP2 =
      TABLE.key(
          "stream.http2", "Offers HTTP/2 to receivers reached over https.", Kinds.flag(), "true");
  static final Key<Networks> INSIDE_NETWORKS =
      TABLE.absent(
          "stream.inside-networks",
          "Loopback, private and link-local ranges that a receiver's name may lead to; none without it.",
          Hosts.networks());
  static final Key<Boolean> BREAKER_MODE =
      TABLE.key(
          "stream.breaker.mode",
          "Whether a receiver host that keeps failing is left alone for a while.",
          Kinds.onOff(),
          "on");
  static final Key<Double> BREAKER_FAILURE_RATE =
      TABLE.key(
          "stream.breaker.failure-rate",
          "The part of its exchanges that failed, at which that begins.",
          Kinds.percent(),
          "50%");
  static final Key<Integer> BREAKER_MIN_CALLS =
      TABLE.key(
          "stream.breaker.min-calls",
          "Exchanges within the window without which it does not begin.",
          Kinds.integer(1, 100_000),
          "20");
  static final Key<Duration> BREAKER_WINDOW =
      TABLE.key(
          "stream.breaker.window",
          "How far back it looks, in whole seconds.",
          Kinds.duration("1s", "10m"),
          "10s");
  static final Key<Duration> BREAKER_OPEN_TIME =
      TABLE.key(
          "stream.breaker.open-time",
          "How long nothing is sent; then one message at a time, until one is answered.",
          Kinds.duration("10ms", "10m"),
          "5s");
  static final Key<Duration> BREAKER_RAMP_UP =
      TABLE.key(
          "stream.breaker.ramp-up",
          "How long the exchanges in flight take back to their limit after that.",
          Kinds.duration("0ms", "10m"),
          "10s");
  static final Key<Duration> CONNECT_BACKOFF =
      TABLE.key(
          "stream.connect-backoff",
          "The longest pause after connects that failed; 50 ms at first, doubled each time; 0ms for none.",
          Kinds.duration("0ms", "1m"),
          "2s");
  static final Key<Double> RESEND_BUDGET =
      TABLE.key(
          "stream.resend-budget",
          "Second tries for each exchange sent to a host: of a connect, or of a read that broke off.",
          Kinds.percent(),
          "10%");
  static final Key<IsolationConfig.Adaptive> ADAPTIVE_LIMIT =
      TABLE.key(
          "stream.adaptive-limit",
          "Lets max-in-flight follow the receiver: vegas by its answers' times, aimd by its refusals.",
          Kinds.choice(IsolationConfig.Adaptive.class),
          "off");
  static final Key<Integer> ADAPTIVE_MIN =
      TABLE.key(
          "stream.adaptive-min",
          "What the adaptive limit never goes below.",
          Kinds.integer(8, 1_000_000),
          "10");
  static final Key<Path> TLS_TRUST =
      TABLE.absent(
          "stream.tls.trust",
          "Certificates that may sign a receiver's, PEM; those of the Java runtime without it.",
          Kinds.readableFile());
  static final Key<Path> TLS_CERTIFICATE =
      TABLE.absent(
          "stream.tls.certificate",
          "Our client certificate chain, PEM; with a key or not at all.",
          Kinds.readableFile());
  static final Key<Path> TLS_KEY =
      TABLE.absent("stream.tls.key", "Its private key, PEM.", Kinds.readableFile());

  static final Key<Duration> RECEIVER_DEADLINE =
      RECEIVER_TABLE.absent(
          "deadline", "In place of stream.deadline.", Kinds.duration("1ms", "10m"));
  static final Key<Duration> RECEIVER_CONNECT_TIMEOUT =
      RECEIVER_TABLE.absent(
          "connect-timeout", "In place of stream.connect-timeout.", Kinds.duration("1ms", "1m"));
  static final Key<Integer> RECEIVER_MAX_IN_FLIGHT =
      RECEIVER_TABLE.absent(
          "max-in-flight", "In place of stream.max-in-flight.", Kinds.integer(1, 1_000_000));
  static final Key<Boolean> RECEIVER_BREAKER =
      RECEIVER_TABLE.absent("breaker", "In place of stream.breaker.mode.", Kinds.onOff());
  static final Key<Path> RECEIVER_TLS_TRUST =
      RECEIVER_TABLE.absent(
          "tls.trust", "In place of stream.tls.trust, PEM.", Kinds.readableFile());
  static final Key<Path> RECEIVER_TLS_CERTIFICATE =
      RECEIVER_TABLE.absent(
          "tls.certificate", "In place of stream.tls.certificate, PEM.", Kinds.readableFile());
  static final Key<Path> RECEIVER_TLS_KEY =
      RECEIVER_TABLE.absent("tls.key", "In place of stream.tls.key, PEM.", Kinds.readableFile());
  static final Key<Boolean> RECEIVER_INSECURE =
      RECEIVER_TABLE.absent("insecure", "Lets a target at this host be plain http.", Kinds.flag());

  private StreamKeys() {}
}
