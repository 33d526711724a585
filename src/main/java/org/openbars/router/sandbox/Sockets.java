package org.openbars.router.sandbox;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Ends connections in ways that Vert.x has no call for. On the connection's event loop. TLS is
 * passed over: a peer that breaks off sends no close_notify either.
 */
final class Sockets {
  private static final long LINGER_MILLIS = 250;

  private Sockets() {}

  /**
   * Sends FIN after what was written; a peer's bytes that are still coming are not answered RST.
   */
  static void finish(Vertx vertx, HttpConnection connection) {
    Channel channel = channel(connection);
    if (channel instanceof DuplexChannel duplex) {
      duplex.shutdownOutput().addListener(done -> channel.config().setAutoRead(true));
      vertx.setTimer(LINGER_MILLIS, timer -> closeSocket(channel));
    } else {
      closeSocket(channel);
    }
  }

  private static void closeSocket(Channel channel) {
    // From the first handler, so that no codec delays it.
    if (channel.isOpen()) {
      channel.pipeline().firstContext().close().addListener(done -> {});
    }
  }

  private static Channel channel(HttpConnection connection) {
    return ((ConnectionBase) connection).channel();
  }
}
