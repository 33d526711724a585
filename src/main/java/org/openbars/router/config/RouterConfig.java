package org.openbars.router.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.openbars.router.admin.AdminConfig;
import org.openbars.router.admit.AdmitConfig;
import org.openbars.router.audit.AuditConfig;
import org.openbars.router.directory.DirectoryConfig;
import org.openbars.router.inspect.InspectConfig;
import org.openbars.router.listen.ListenConfig;
import org.openbars.router.message.Dialect;
import org.openbars.router.stream.StreamConfig;

/**
 * The whole configuration, checked.
 *
 * @param node this router's name in audit and logs, {@code node.name}; the host's name by default
 * @param transport {@code auto}, {@code io_uring}, {@code epoll} or {@code nio}, {@code
 *     node.transport}
 * @param tlsEngine {@code auto}, {@code openssl} or {@code jdk}, {@code node.tls-engine}
 * @param drain how the node ends, {@code node.drain.*}
 * @param dialect {@code errors.dialect}
 * @param metadataUrl where senders reach the API, {@code metadata.url}; no slash at its end
 * @param metadataFile answers {@code GET /metadata} in place of our own statement, {@code
 *     metadata.file}; null for ours
 * @param statusKeyFile holds the key that {@code /_status} asks for, {@code status.api-key-file};
 *     null refuses all
 */
public record RouterConfig(
    String node,
    Transport transport,
    Engine tlsEngine,
    Drain drain,
    ListenConfig listen,
    AdminConfig admin,
    DirectoryConfig directory,
    AdmitConfig admit,
    StreamConfig stream,
    InspectConfig inspect,
    AuditConfig audit,
    Dialect dialect,
    String metadataUrl,
    @Nullable Path metadataFile,
    @Nullable Path statusKeyFile) {

  /**
   * Keys {@code node.drain.*}.
   *
   * @param delay between readiness going off and the port closing, {@code node.drain.delay}
   * @param timeout for exchanges in flight after that, {@code node.drain.timeout}
   * @param ship for the audit to store what waits after that, {@code node.drain.ship}
   */
  public record Drain(Duration delay, Duration timeout, Duration ship) {
    /** All three, one after another. */
    public Duration longest() {
      return delay.plus(timeout).plus(ship);
    }
  }

  /** How the operating system's sockets are driven. */
  public enum Transport {
    AUTO,
    IO_URING,
    EPOLL,
    NIO
  }

  /** What speaks TLS. */
  public enum Engine {
    AUTO,
    OPENSSL,
    JDK
  }
}
