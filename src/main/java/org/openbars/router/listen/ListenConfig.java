package org.openbars.router.listen;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.openbars.router.wire.PemFiles;

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
 * @param headerTimeout from a connection's begin, or a later request's first byte, to the end of
 *     its headers, {@code listen.header-timeout}
 * @param idleTimeout how long a connection may stand with nothing read or written, {@code
 *     listen.idle-timeout}
 * @param http2 what one HTTP/2 connection may ask for
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
    Duration headerTimeout,
    Duration idleTimeout,
    Http2 http2) {

  /**
   * Keys {@code listen.tls.*}, all PEM files.
   *
   * @param certificate our certificate chain
   * @param key its key
   * @param clientTrust certificates that may sign a sender's; null asks senders for none
   * @param client whether a sender without one is turned away
   */
  public record Tls(
      Path certificate, Path key, @Nullable Path clientTrust, ClientCertificate client) {
    /** Them all. */
    public PemFiles files() {
      return new PemFiles(clientTrust, certificate, key);
    }
  }

  /** Key {@code listen.tls.client-certificate}. */
  public enum ClientCertificate {
    REQUIRED,
    OPTIONAL
  }

  /**
   * Keys {@code listen.http2.*}, each for one connection.
   *
   * @param maxStreams exchanges at once, {@code listen.http2.max-streams}
   * @param maxResets streams that the sender resets in {@value #WINDOW_SECONDS} s, beyond one of
   *     every two it begins, {@code listen.http2.max-resets}
   * @param maxControlFrames frames in {@value #WINDOW_SECONDS} s that carry nothing of an exchange,
   *     beyond one for each that does, {@code listen.http2.max-control-frames}
   */
  public record Http2(int maxStreams, int maxResets, int maxControlFrames) {
    /** Over how long resets and control frames are counted. */
    static final int WINDOW_SECONDS = 10;
  }
}
