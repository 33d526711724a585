package org.openbars.router.admin;

import io.netty.util.NetUtil;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, and who may ask for more than health while no token or mutual TLS guards the port.
 *
 * @param who {@code loopback} until there is a token or a certificate to tell them by
 * @param address IP address of the connection's other end
 * @param posted whether what is asked came in a body
 */
public record Caller(String who, String address, boolean posted) {

  static Caller of(HttpServerRequest request, boolean posted) {
    SocketAddress peer = request.remoteAddress();
    String address = peer == null ? null : peer.hostAddress();
    return new Caller("loopback", address == null ? "unknown" : address, posted);
  }

  /** Whether the other end is this machine. An address that is not known is not. */
  static boolean isLocal(@Nullable SocketAddress peer) {
    String address = peer == null ? null : peer.hostAddress();
    return address != null && isLoopback(address);
  }

  /**
   * Whether the request was meant for this port. A page in a browser on this machine may reach it
   * under a name of its own (DNS rebinding), but cannot change the name it asks by.
   */
  static boolean namesThisPort(HttpServerRequest request, String boundHost) {
    HostAndPort authority = request.authority();
    if (authority == null || request.headers().getAll("Host").size() != 1) {
      return false;
    }
    String host = authority.host();
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    String bare = bracketed ? host.substring(1, host.length() - 1) : host;
    return bare.equalsIgnoreCase("localhost")
        || bare.equalsIgnoreCase(boundHost)
        || isLoopback(bare);
  }

  private static boolean isLoopback(String text) {
    if (!NetUtil.isValidIpV4Address(text) && !NetUtil.isValidIpV6Address(text)) {
      return false;
    }
    InetAddress address = NetUtil.createInetAddressFromIpAddressString(text);
    return address != null && address.isLoopbackAddress();
  }
}
