package org.openbars.router.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/** Ends connections in a way that Vert.x has no call for. On the connection's event loop. */
public final class Connections {
  private Connections() {}

  /** Whether more waits to be sent than the connection takes without a pause. */
  public static boolean isBehind(HttpConnection connection) {
    return !((ConnectionBase) connection).channel().isWritable();
  }

  /**
   * Resets a connection (RST): what is not yet sent is lost, and the other side cannot take what it
   * has for whole. Vert.x's own close waits until everything is written, so it would never close on
   * a peer that reads nothing. TLS is passed over: a close_notify would claim an orderly end.
   */
  public static void reset(HttpConnection connection) {
    Channel channel = ((ConnectionBase) connection).channel();
    if (channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      // From the first handler, so that no codec delays it.
      channel.pipeline().firstContext().close().addListener(closed -> {});
    }
  }
}
