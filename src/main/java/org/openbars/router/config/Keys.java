package org.openbars.router.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.openbars.router.admit.AdmitConfig;
import org.openbars.router.config.Key.Initial;
import org.openbars.router.config.RouterConfig.Transport;
import org.openbars.router.inspect.InspectConfig;
import org.openbars.router.isolate.IsolationConfig;
import org.openbars.router.message.Dialect;

/**
 * The one table of keys, those of {@link AuditKeys} at its end. {@code config/router.yaml} says the
 * same to operators, and a test compares the two.
 */
final class Keys {
  private static final List<Key<?>> TABLE = new ArrayList<>();
  private static final List<Key<?>> RECEIVER_TABLE = new ArrayList<>();

  /** Every key but those of {@link #RECEIVER}, in the order of the operator's file. */
  static final List<Key<?>> ALL = Collections.unmodifiableList(TABLE);

  /** The keys of one entry of {@code receivers}, named from there. */
  static final List<Key<?>> RECEIVER = Collections.unmodifiableList(RECEIVER_TABLE);

  /** Keys and whole sections that are promised and not there yet: refused, not unknown. */
  static final List<String> NOT_BUILT = List.of("directory.catalogue");

  static final Key<String> NODE_NAME =
      computed(
          "node.name",
          "This router's name in the audit and in logs.",
          Kinds.nodeName(),
          "the host's name",
          Keys::hostName);
  static final Key<Transport> NODE_TRANSPORT =
      key(
          "node.transport",
          "How sockets are driven; auto is epoll on Linux, else nio; io_uring is for measuring.",
          Kinds.choice(Transport.class),
          "auto");
  static final Key<Duration> NODE_DRAIN_DELAY =
      key(
          "node.drain.delay",
          "From the order to stop: how long exchanges are still taken while /health/ready says no.",
          Kinds.duration("0ms", "10m"),
          "5s");
  static final Key<Duration> NODE_DRAIN_TIMEOUT =
      key(
          "node.drain.timeout",
          "Then how long exchanges in flight may take to end; longer than every deadline.",
          Kinds.duration("0ms", "1h"),
          "40s");
  static final Key<Duration> NODE_DRAIN_SHIP =
      key(
          "node.drain.ship",
          "Then how long the audit may take to store what waits; the rest stays in the journal.",
          Kinds.duration("0ms", "10m"),
          "10s");

  static final Key<String> LISTEN_HOST =
      key("listen.host", "The address that senders reach.", Hosts.host(), "127.0.0.1");
  static final Key<Integer> LISTEN_PORT =
      key("listen.port", "The port; 0 takes a free one.", Kinds.integer(0, 65535), "8080");
  static final Key<String> LISTEN_BASE_PATH =
      key(
          "listen.base-path",
          "What stands before /$process-message and the other paths.",
          Kinds.basePath(),
          "/booking-and-referral/FHIR/R4");
  static final Key<Path> LISTEN_TLS_CERTIFICATE =
      absent(
          "listen.tls.certificate",
          "Our certificate chain, PEM; with a key, or neither and plain http.",
          Kinds.readableFile());
  static final Key<Path> LISTEN_TLS_KEY =
      absent("listen.tls.key", "The certificate's private key, PEM.", Kinds.readableFile());
  static final Key<Integer> LISTEN_EVENT_LOOPS =
      computed(
          "listen.event-loops",
          "Threads that carry exchanges.",
          Kinds.integer(1, 256),
          "the number of processors",
          () -> Integer.toString(Math.min(256, Runtime.getRuntime().availableProcessors())));
  static final Key<Integer> LISTEN_MAX_CONNECTIONS =
      key(
          "listen.max-connections",
          "Open connections from senders, on the whole node.",
          Kinds.integer(1, 1_000_000),
          "10000");
  static final Key<Long> LISTEN_MAX_LINE =
      key(
          "listen.max-line",
          "The longest request line: method, path and query.",
          Kinds.size("256B", "64KiB"),
          "8KiB");
  static final Key<Long> LISTEN_MAX_HEADERS =
      key(
          "listen.max-headers",
          "All headers of a request together.",
          Kinds.size("1KiB", "1MiB"),
          "16KiB");
  static final Key<Integer> LISTEN_MAX_HEADER_COUNT =
      key("listen.max-header-count", "Header lines in a request.", Kinds.integer(10, 1000), "100");
  static final Key<Long> LISTEN_MAX_BODY =
      key(
          "listen.max-body",
          "The largest request body; it is passed on as it comes, never held.",
          Kinds.size("1B", "64GiB"),
          "256MiB");
  static final Key<Duration> LISTEN_HEADER_TIMEOUT =
      key(
          "listen.header-timeout",
          "From a connection's begin, or a later request's first byte, to the end of its headers.",
          Kinds.duration("10ms", "10m"),
          "10s");
  static final Key<Duration> LISTEN_IDLE_TIMEOUT =
      key(
          "listen.idle-timeout",
          "How long a sender's connection may stand with nothing read or written.",
          Kinds.duration("10ms", "1h"),
          "75s");
  static final Key<Integer> LISTEN_HTTP2_MAX_STREAMS =
      key(
          "listen.http2.max-streams",
          "Exchanges at once on one HTTP/2 connection.",
          Kinds.integer(1, 1000),
          "250");
  static final Key<Integer> LISTEN_HTTP2_MAX_RESETS =
      key(
          "listen.http2.max-resets",
          "Streams that a sender resets in 10 s, beyond one of every two that it begins.",
          Kinds.integer(1, 1_000_000),
          "100");
  static final Key<Integer> LISTEN_HTTP2_MAX_CONTROL_FRAMES =
      key(
          "listen.http2.max-control-frames",
          "Frames in 10 s that carry nothing of an exchange, beyond one for each that does.",
          Kinds.integer(10, 1_000_000),
          "500");

  static final Key<String> ADMIN_HOST =
      key(
          "admin.host",
          "The address of the operator's port: health, metrics, audit questions.",
          Hosts.loopback(),
          "127.0.0.1");
  static final Key<Integer> ADMIN_PORT =
      key("admin.port", "Its port; 0 takes a free one.", Kinds.integer(0, 65535), "8081");
  static final Key<String> ADMIN_METRICS =
      key(
          "admin.metrics",
          "Who may read /metrics: open is anyone who reaches the port.",
          Kinds.only("open", "auth"),
          "open");
  static final Key<Boolean> ADMIN_CHANGES =
      key(
          "admin.changes",
          "Whether this port takes changes: records restricted and corrected, messages stopped.",
          Kinds.onOff(),
          "off");

  static final Key<Path> DIRECTORY_FILE =
      required(
          "directory.file",
          "The targets file, in the live format; the router is not ready before it is there.",
          Kinds.file());
  static final Key<Duration> DIRECTORY_CHECK_EVERY =
      key(
          "directory.check-every",
          "How often the file's time, size and identity are looked at.",
          Kinds.duration("10ms", "1h"),
          "500ms");
  static final Key<Duration> DIRECTORY_REREAD_EVERY =
      key(
          "directory.reread-every",
          "How often its content is read even if those have not changed.",
          Kinds.duration("10ms", "1d"),
          "60s");
  static final Key<Double> DIRECTORY_MAX_SHRINK =
      key(
          "directory.max-shrink",
          "How many of its targets a new file may lack before it is refused.",
          Kinds.percent(),
          "20%");
  static final Key<Path> DIRECTORY_SUSPENSIONS =
      absent(
          "directory.suspensions",
          "What operators have stopped, one file for all nodes; changed through the admin port too.",
          Kinds.file());

  static final Key<AdmitConfig.Mode> ADMIT_MODE =
      key(
          "admit.mode",
          "Who proves the sender; open asks nobody.",
          Kinds.choice(AdmitConfig.Mode.class, "gateway", "token"),
          "open");
  static final Key<Boolean> ADMIT_OPEN_BEYOND_LOOPBACK =
      key(
          "admit.open-beyond-loopback",
          "Lets other machines send although nobody proves the sender.",
          Kinds.flag(),
          "false");
  static final Key<Integer> ADMIT_MAX_IN_FLIGHT =
      key(
          "admit.max-in-flight",
          "Exchanges in flight on the node; those beyond are answered 503.",
          Kinds.integer(1, 1_000_000),
          "7000");
  static final Key<Double> ADMIT_READ_SHARE =
      key(
          "admit.read-share",
          "How much of that reads and searches may fill; writes have the rest to themselves.",
          Kinds.percent(),
          "80%");
  static final Key<Double> ADMIT_NEW_SHARE =
      key(
          "admit.new-share",
          "The same for new messages and bookings; updates and cancellations have all of it.",
          Kinds.percent(),
          "95%");
  static final Key<Duration> ADMIT_MAX_LOOP_DELAY =
      key(
          "admit.max-loop-delay",
          "How long an event loop may lag behind before requests to it are answered 503.",
          Kinds.duration("1ms", "1h"),
          "50ms");
  static final Key<Integer> ADMIT_MAX_RECORDED =
      key(
          "admit.max-recorded",
          "Answers of 503 for overload in a second that leave a record; the rest are counted only.",
          Kinds.integer(0, 1_000_000),
          "100");

  static final Key<Duration> STREAM_DEADLINE =
      key(
          "stream.deadline",
          "From the last request byte sent to the head of the receiver's answer.",
          Kinds.duration("1ms", "10m"),
          "32s");
  static final Key<Duration> STREAM_CONNECT_TIMEOUT =
      key(
          "stream.connect-timeout",
          "For a new connection to a receiver, TLS included.",
          Kinds.duration("1ms", "1m"),
          "2s");
  static final Key<Long> STREAM_MIN_RATE =
      key(
          "stream.min-rate",
          "A body slower than this over 10 s has stalled; a sender that takes its answer has 60 s.",
          Kinds.rate("1B", "1GiB"),
          "1KiB/s");
  static final Key<Duration> STREAM_MAX_DURATION =
      key(
          "stream.max-duration",
          "For a whole exchange, however well it moves.",
          Kinds.duration("1ms", "1d"),
          "1h");
  static final Key<Integer> STREAM_MAX_IN_FLIGHT =
      key(
          "stream.max-in-flight",
          "Exchanges in flight to one receiver host; those beyond are answered 503.",
          Kinds.integer(1, 1_000_000),
          "4000");
  static final Key<Integer> STREAM_MAX_CONNECTIONS =
      key(
          "stream.max-connections",
          "Connections to one receiver host from one event loop.",
          Kinds.integer(1, 100_000),
          "1000");
  static final Key<Duration> STREAM_IDLE_TIMEOUT =
      key(
          "stream.idle-timeout",
          "How long an unused connection to a receiver is kept; below the receiver's own limit.",
          Kinds.duration("1ms", "1h"),
          "5s");
  static final Key<Boolean> STREAM_HTTP2 =
      key("stream.http2", "Offers HTTP/2 to receivers reached over https.", Kinds.flag(), "true");
  static final Key<Boolean> STREAM_BREAKER_MODE =
      key(
          "stream.breaker.mode",
          "Whether a receiver host that keeps failing is left alone for a while.",
          Kinds.onOff(),
          "on");
  static final Key<Double> STREAM_BREAKER_FAILURE_RATE =
      key(
          "stream.breaker.failure-rate",
          "The part of its exchanges that failed, at which that begins.",
          Kinds.percent(),
          "50%");
  static final Key<Integer> STREAM_BREAKER_MIN_CALLS =
      key(
          "stream.breaker.min-calls",
          "Exchanges within the window without which it does not begin.",
          Kinds.integer(1, 100_000),
          "20");
  static final Key<Duration> STREAM_BREAKER_WINDOW =
      key(
          "stream.breaker.window",
          "How far back it looks, in whole seconds.",
          Kinds.duration("1s", "10m"),
          "10s");
  static final Key<Duration> STREAM_BREAKER_OPEN_TIME =
      key(
          "stream.breaker.open-time",
          "How long nothing is sent; then one message at a time, until one is answered.",
          Kinds.duration("10ms", "10m"),
          "5s");
  static final Key<Duration> STREAM_BREAKER_RAMP_UP =
      key(
          "stream.breaker.ramp-up",
          "How long the exchanges in flight take back to their limit after that.",
          Kinds.duration("0ms", "10m"),
          "10s");
  static final Key<Duration> STREAM_CONNECT_BACKOFF =
      key(
          "stream.connect-backoff",
          "The longest pause after connects that failed; 50 ms at first, doubled each time; 0ms for none.",
          Kinds.duration("0ms", "1m"),
          "2s");
  static final Key<Double> STREAM_RESEND_BUDGET =
      key(
          "stream.resend-budget",
          "Second tries for each exchange sent to a host: of a connect, or of a read that broke off.",
          Kinds.percent(),
          "10%");
  static final Key<IsolationConfig.Adaptive> STREAM_ADAPTIVE_LIMIT =
      key(
          "stream.adaptive-limit",
          "Lets max-in-flight follow the receiver: vegas by its answers' times, aimd by its refusals.",
          Kinds.choice(IsolationConfig.Adaptive.class),
          "off");
  static final Key<Integer> STREAM_ADAPTIVE_MIN =
      key(
          "stream.adaptive-min",
          "What the adaptive limit never goes below.",
          Kinds.integer(8, 1_000_000),
          "10");
  static final Key<Path> STREAM_TLS_TRUST =
      absent(
          "stream.tls.trust",
          "Certificates that may sign a receiver's, PEM; those of the Java runtime without it.",
          Kinds.readableFile());
  static final Key<Path> STREAM_TLS_CERTIFICATE =
      absent(
          "stream.tls.certificate",
          "Our client certificate chain, PEM; with a key or not at all.",
          Kinds.readableFile());
  static final Key<Path> STREAM_TLS_KEY =
      absent("stream.tls.key", "Its private key, PEM.", Kinds.readableFile());

  static final Key<Duration> RECEIVER_DEADLINE =
      receiver("deadline", "In place of stream.deadline.", Kinds.duration("1ms", "10m"));
  static final Key<Duration> RECEIVER_CONNECT_TIMEOUT =
      receiver(
          "connect-timeout", "In place of stream.connect-timeout.", Kinds.duration("1ms", "1m"));
  static final Key<Integer> RECEIVER_MAX_IN_FLIGHT =
      receiver("max-in-flight", "In place of stream.max-in-flight.", Kinds.integer(1, 1_000_000));
  static final Key<Boolean> RECEIVER_BREAKER =
      receiver("breaker", "In place of stream.breaker.mode.", Kinds.onOff());
  static final Key<Path> RECEIVER_TLS_TRUST =
      receiver("tls.trust", "In place of stream.tls.trust, PEM.", Kinds.readableFile());
  static final Key<Path> RECEIVER_TLS_CERTIFICATE =
      receiver("tls.certificate", "In place of stream.tls.certificate, PEM.", Kinds.readableFile());
  static final Key<Path> RECEIVER_TLS_KEY =
      receiver("tls.key", "In place of stream.tls.key, PEM.", Kinds.readableFile());
  static final Key<Boolean> RECEIVER_INSECURE =
      receiver("insecure", "Lets a target at this host be plain http.", Kinds.flag());

  static final Key<Dialect> ERRORS_DIALECT =
      key(
          "errors.dialect",
          "How our own errors are worded: guide as the implementation guide says, live as the"
              + " proxy of today.",
          Kinds.choice(Dialect.class),
          "guide");
  static final Key<Path> METADATA_FILE =
      absent(
          "metadata.file",
          "Answers GET /metadata in place of our own CapabilityStatement.",
          Kinds.readableFile());
  static final Key<String> METADATA_URL =
      key(
          "metadata.url",
          "Where senders reach the API, for our own CapabilityStatement.",
          Kinds.baseUrl(),
          "https://api.service.nhs.uk/booking-and-referral/FHIR/R4");
  static final Key<Path> STATUS_API_KEY_FILE =
      absent(
          "status.api-key-file",
          "Holds the key that /_status asks for; without it every such request is refused.",
          Kinds.readableFile());
  static final Key<InspectConfig.Mode> INSPECT_MODE =
      key(
          "inspect.mode",
          "Whether messages are read as they pass; nothing of them is changed or kept.",
          Kinds.choice(InspectConfig.Mode.class),
          "envelope");
  static final Key<InspectConfig.OnMismatch> INSPECT_ON_MISMATCH =
      key(
          "inspect.on-mismatch",
          "A message whose own destination is not its target identifier: flag records it, refuse"
              + " holds up to 64 KiB of each message to find out, and answers 400.",
          Kinds.choice(InspectConfig.OnMismatch.class),
          "flag");
  static final Key<Long> INSPECT_MAX_HELD =
      key(
          "inspect.max-held",
          "What refuse may hold on the whole node; messages beyond are answered 503.",
          Kinds.size("1KiB", "16GiB"),
          "64MiB");

  static {
    TABLE.addAll(AuditKeys.ALL);
  }

  private Keys() {}

  private static <T> Key<T> key(String name, String meaning, Kind<T> kind, String initial) {
    return register(TABLE, new Key<>(name, meaning, kind, new Initial.Fixed(initial), false));
  }

  private static <T> Key<T> computed(
      String name, String meaning, Kind<T> kind, String shown, Supplier<String> text) {
    Initial initial = new Initial.Computed(shown, text);
    return register(TABLE, new Key<>(name, meaning, kind, initial, false));
  }

  private static <T> Key<T> absent(String name, String meaning, Kind<T> kind) {
    return register(TABLE, new Key<>(name, meaning, kind, new Initial.Absent(), false));
  }

  private static <T> Key<T> required(String name, String meaning, Kind<T> kind) {
    return register(TABLE, new Key<>(name, meaning, kind, new Initial.Required(), false));
  }

  private static <T> Key<T> receiver(String name, String meaning, Kind<T> kind) {
    return register(RECEIVER_TABLE, new Key<>(name, meaning, kind, new Initial.Absent(), false));
  }

  private static <T> Key<T> register(List<Key<?>> table, Key<T> key) {
    table.add(key);
    return key;
  }

  private static String hostName() {
    String name;
    try {
      name = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      name = "";
    }
    return Kinds.isNodeName(name) ? name : "bars-router";
  }
}
