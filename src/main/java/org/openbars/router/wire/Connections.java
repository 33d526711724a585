package org.openbars.router.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/** Ends connections in ways that Vert.x has no call for. On the connection's event loop. */
public final class Connections {
  /** Of RFC 9113, 6.8: announces the end, and refuses no stream yet. */
  private static final int EVERY_STREAM = Integer.MAX_VALUE;

  private static final AttributeKey<Boolean> LAST = AttributeKey.valueOf("bars.last");

  private Connections() {}

  /** Nothing that follows on this connection may be taken for a request any more. */
  public static void takeNoMore(HttpConnection connection) {
    ((ConnectionBase) connection).channel().attr(LAST).set(true);
  }

  /** Whether {@link #takeNoMore} was said of it. */
  public static boolean takesMore(HttpConnection connection) {
    return !((ConnectionBase) connection).channel().hasAttr(LAST);
  }

  /** Whether more waits to be sent than the connection takes without a pause. */
  public static boolean isBehind(HttpConnection connection) {
    return !((ConnectionBase) connection).channel().isWritable();
  }

  /**
   * Tells an HTTP/2 peer, once, that its next streams belong on another connection. Those that it
   * has on their way are taken still: the limit is set later, by the connection's shutdown.
   */
  public static void announceEnd(HttpConnection connection) {
    Http2ConnectionHandler http2 =
        ((ConnectionBase) connection).channel().pipeline().get(Http2ConnectionHandler.class);
    if (http2 != null && !http2.connection().goAwaySent()) {
      connection.goAway(0, EVERY_STREAM);
    }
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
