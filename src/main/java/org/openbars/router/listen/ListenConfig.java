package org.openbars.router.listen;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keys {@code listen.*}.
 *
 * @param host address to bind, {@code listen.host}
 * @param port 0 to 65535, 0 takes a free one, {@code listen.port}
 * @param basePath starts with {@code /}, does not end with it, {@code listen.base-path}
 * @param tls null for plain http
 * @param eventLoops 1 to 256, {@code listen.event-loops}
 * @param maxConnections open connections on the node, {@code listen.max-connections}
 * @param maxLine bytes of a request line, {@code listen.max-line}
 * @param maxHeaders bytes of all headers together, {@code listen.max-headers}
 * @param maxHeaderCount header lines, {@code listen.max-header-count}
 * @param maxBody bytes of a request body, {@code listen.max-body}
 * @param idleTimeout how long a connection may stand with nothing read or written, {@code
 *     listen.idle-timeout}
 */
public record ListenConfig(
    String host,
    int port,
    String basePath,
    @Nullable Tls tls,
    int eventLoops,
    int maxConnections,
    int maxLine,
    int maxHeaders,
    int maxHeaderCount,
    long maxBody,
    Duration idleTimeout) {

  /** Keys {@code listen.tls.*}: a certificate chain and its key, both PEM files. */
  public record Tls(Path certificate, Path key) {}
}
