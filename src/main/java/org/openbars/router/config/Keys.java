package org.openbars.router.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.openbars.router.config.RouterConfig.Transport;
import org.openbars.router.inspect.InspectConfig;
import org.openbars.router.listen.ListenConfig;
import org.openbars.router.message.Dialect;

/**
 * The one table of keys, with those of {@link AdmitKeys}, {@link StreamKeys} and {@link AuditKeys}.
 * {@code config/router.yaml} says the same to operators, and a test compares the two.
 */
final class Keys {
  private static final KeyTable TABLE = new KeyTable();

  /** Every key but those of {@link #RECEIVER}, in the order of the operator's file. */
  static final List<Key<?>> ALL = TABLE.all();

  /** The keys of one entry of {@code receivers}, named from there. */
  static final List<Key<?>> RECEIVER = StreamKeys.RECEIVER_TABLE.all();

  /** Keys and whole sections that are promised and not there yet: refused, not unknown. */
  static final List<String> NOT_BUILT = List.of("directory.catalogue");

  static final Key<String> NODE_NAME =
      TABLE.computed(
          "node.name",
          "This router's name in the audit and in logs.",
          Kinds.nodeName(),
          "the host's name",
          Keys::hostName);
  static final Key<Transport> NODE_TRANSPORT =
      TABLE.key(
          "node.transport",
          "How sockets are driven; auto is epoll on Linux, else nio; io_uring is for measuring.",
          Kinds.choice(Transport.class),
          "auto");
  static final Key<RouterConfig.Engine> NODE_TLS_ENGINE =
      TABLE.key(
          "node.tls-engine",
          "What speaks TLS; auto is openssl (BoringSSL, a fraction of the CPU) where it loads, else jdk.",
          Kinds.choice(RouterConfig.Engine.class),
          "auto");
  static final Key<Duration> NODE_DRAIN_DELAY =
      TABLE.key(
          "node.drain.delay",
          "From the order to stop: how long exchanges are still taken while /health/ready says no.",
          Kinds.duration("0ms", "10m"),
          "5s");
  static final Key<Duration> NODE_DRAIN_TIMEOUT =
      TABLE.key(
          "node.drain.timeout",
          "Then how long exchanges in flight may take to end; longer than every deadline.",
          Kinds.duration("0ms", "1h"),
          "40s");
  static final Key<Duration> NODE_DRAIN_SHIP =
      TABLE.key(
          "node.drain.ship",
          "Then how long the audit may take to store what waits; the rest stays in the journal.",
          Kinds.duration("0ms", "10m"),
          "10s");

  static final Key<String> LISTEN_HOST =
      TABLE.key("listen.host", "The address that senders reach.", Hosts.host(), "127.0.0.1");
  static final Key<Integer> LISTEN_PORT =
      TABLE.key("listen.port", "The port; 0 takes a free one.", Kinds.integer(0, 65535), "8080");
  static final Key<String> LISTEN_BASE_PATH =
      TABLE.key(
          "listen.base-path",
          "What stands before /$process-message and the other paths.",
          Kinds.basePath(),
          "/booking-and-referral/FHIR/R4");
  static final Key<Path> LISTEN_TLS_CERTIFICATE =
      TABLE.absent(
          "listen.tls.certificate",
          "Our certificate chain, PEM; with a key, or neither and plain http.",
          Kinds.readableFile());
  static final Key<Path> LISTEN_TLS_KEY =
      TABLE.absent("listen.tls.key", "The certificate's private key, PEM.", Kinds.readableFile());
  static final Key<Path> LISTEN_TLS_CLIENT_TRUST =
      TABLE.absent(
          "listen.tls.client-trust",
          "Certificates that may sign a sender's, PEM; without it senders are asked for none.",
          Kinds.readableFile());
  static final Key<ListenConfig.ClientCertificate> LISTEN_TLS_CLIENT_CERTIFICATE =
      TABLE.key(
          "listen.tls.client-certificate",
          "Whether a sender without a certificate of these is turned away, or may be let in without.",
          Kinds.choice(ListenConfig.ClientCertificate.class),
          "required");
  static final Key<Integer> LISTEN_EVENT_LOOPS =
      TABLE.computed(
          "listen.event-loops",
          "Threads that carry exchanges.",
          Kinds.integer(1, 256),
          "the number of processors",
          () -> Integer.toString(Math.min(256, Runtime.getRuntime().availableProcessors())));
  static final Key<Integer> LISTEN_MAX_CONNECTIONS =
      TABLE.key(
          "listen.max-connections",
          "Open connections from senders, on the whole node.",
          Kinds.integer(1, 1_000_000),
          "10000");
  static final Key<Long> LISTEN_MAX_LINE =
      TABLE.key(
          "listen.max-line",
          "The longest request line: method, path and query.",
          Kinds.size("256B", "64KiB"),
          "8KiB");
  static final Key<Long> LISTEN_MAX_HEADERS =
      TABLE.key(
          "listen.max-headers",
          "All headers of a request together.",
          Kinds.size("1KiB", "1MiB"),
          "16KiB");
  static final Key<Integer> LISTEN_MAX_HEADER_COUNT =
      TABLE.key(
          "listen.max-header-count", "Header lines in a request.", Kinds.integer(10, 1000), "100");
  static final Key<Long> LISTEN_MAX_BODY =
      TABLE.key(
          "listen.max-body",
          "The largest request body; it is passed on as it comes, never held.",
          Kinds.size("1B", "64GiB"),
          "256MiB");
  static final Key<Duration> LISTEN_HEADER_TIMEOUT =
      TABLE.key(
          "listen.header-timeout",
          "From a connection's begin, or a later request's first byte, to the end of its headers.",
          Kinds.duration("10ms", "10m"),
          "10s");
  static final Key<Duration> LISTEN_IDLE_TIMEOUT =
      TABLE.key(
          "listen.idle-timeout",
          "How long a sender's connection may stand with nothing read or written.",
          Kinds.duration("10ms", "1h"),
          "75s");
  static final Key<Integer> LISTEN_HTTP2_MAX_STREAMS =
      TABLE.key(
          "listen.http2.max-streams",
          "Exchanges at once on one HTTP/2 connection.",
          Kinds.integer(1, 1000),
          "250");
  static final Key<Integer> LISTEN_HTTP2_MAX_RESETS =
      TABLE.key(
          "listen.http2.max-resets",
          "Streams that a sender resets in 10 s, beyond one of every two that it begins.",
          Kinds.integer(1, 1_000_000),
          "100");
  static final Key<Integer> LISTEN_HTTP2_MAX_CONTROL_FRAMES =
      TABLE.key(
          "listen.http2.max-control-frames",
          "Frames in 10 s that carry nothing of an exchange, beyond one for each that does.",
          Kinds.integer(10, 1_000_000),
          "500");

  static final Key<String> ADMIN_HOST =
      TABLE.key(
          "admin.host",
          "The address of the operator's port: health, metrics, audit questions.",
          Hosts.loopback(),
          "127.0.0.1");
  static final Key<Integer> ADMIN_PORT =
      TABLE.key("admin.port", "Its port; 0 takes a free one.", Kinds.integer(0, 65535), "8081");
  static final Key<String> ADMIN_METRICS =
      TABLE.key(
          "admin.metrics",
          "Who may read /metrics: open is anyone who reaches the port.",
          Kinds.only("open", "auth"),
          "open");
  static final Key<Boolean> ADMIN_CHANGES =
      TABLE.key(
          "admin.changes",
          "Whether this port takes changes: records restricted and corrected, messages stopped.",
          Kinds.onOff(),
          "off");

  static final Key<Path> DIRECTORY_FILE =
      TABLE.required(
          "directory.file",
          "The targets file, in the live format; the router is not ready before it is there.",
          Kinds.file());
  static final Key<Duration> DIRECTORY_CHECK_EVERY =
      TABLE.key(
          "directory.check-every",
          "How often the file's time, size and identity are looked at.",
          Kinds.duration("10ms", "1h"),
          "500ms");
  static final Key<Duration> DIRECTORY_REREAD_EVERY =
      TABLE.key(
          "directory.reread-every",
          "How often its content is read even if those have not changed.",
          Kinds.duration("10ms", "1d"),
          "60s");
  static final Key<Double> DIRECTORY_MAX_SHRINK =
      TABLE.key(
          "directory.max-shrink",
          "How many of its targets a new file may lack before it is refused.",
          Kinds.percent(),
          "20%");
  static final Key<Path> DIRECTORY_SUSPENSIONS =
      TABLE.absent(
          "directory.suspensions",
          "What operators have stopped, one file for all nodes; changed through the admin port too.",
          Kinds.file());

  static {
    TABLE.addAll(AdmitKeys.TABLE);
    TABLE.addAll(StreamKeys.TABLE);
  }

  static final Key<Dialect> ERRORS_DIALECT =
      TABLE.key(
          "errors.dialect",
          "How our own errors are worded: guide as the implementation guide says, live as the"
              + " proxy of today.",
          Kinds.choice(Dialect.class),
          "guide");
  static final Key<Path> METADATA_FILE =
      TABLE.absent(
          "metadata.file",
          "Answers GET /metadata in place of our own CapabilityStatement.",
          Kinds.readableFile());
  static final Key<String> METADATA_URL =
      TABLE.key(
          "metadata.url",
          "Where senders reach the API, for our own CapabilityStatement.",
          Kinds.baseUrl(),
          "https://api.service.nhs.uk/booking-and-referral/FHIR/R4");
  static final Key<Path> STATUS_API_KEY_FILE =
      TABLE.absent(
          "status.api-key-file",
          "Holds the key that /_status asks for; without it every such request is refused.",
          Kinds.readableFile());
  static final Key<InspectConfig.Mode> INSPECT_MODE =
      TABLE.key(
          "inspect.mode",
          "Whether messages are read as they pass; nothing of them is changed or kept.",
          Kinds.choice(InspectConfig.Mode.class),
          "envelope");
  static final Key<InspectConfig.OnMismatch> INSPECT_ON_MISMATCH =
      TABLE.key(
          "inspect.on-mismatch",
          "A message whose own destination is not its target identifier: flag records it, refuse"
              + " holds up to 64 KiB of each message to find out, and answers 400.",
          Kinds.choice(InspectConfig.OnMismatch.class),
          "flag");
  static final Key<Long> INSPECT_MAX_HELD =
      TABLE.key(
          "inspect.max-held",
          "What refuse may hold on the whole node; messages beyond are answered 503.",
          Kinds.size("1KiB", "16GiB"),
          "64MiB");

  static {
    TABLE.addAll(AuditKeys.TABLE);
  }

  private Keys() {}

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
