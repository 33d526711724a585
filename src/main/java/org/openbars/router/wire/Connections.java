package org.openbars.router.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.function.Function;

/** What Vert.x has no call for: ends, flushes and notes. On the connection's event loop. */
public final class Connections {
  /** Of RFC 9113, 6.8: announces the end, and refuses no stream yet. */
  private static final int EVERY_STREAM = Integer.MAX_VALUE;

  /** Flushes after which a turn that reads much flushes anyway; Netty's own figure. */
  private static final int MOST_FLUSHES =
      FlushConsolidationHandler.DEFAULT_EXPLICIT_FLUSH_AFTER_FLUSHES;

  private static final AttributeKey<Object> NOTE = AttributeKey.valueOf(Connections.class, "note");

  private static final AttributeKey<Boolean> LAST = AttributeKey.valueOf("bars.last");

  private Connections() {}

  /**
   * What was once found out about a connection, for as long as it lasts. On its event loop.
   *
   * @param find called the first time
   */
  @SuppressWarnings("unchecked")
  public static <T> T noted(HttpConnection connection, Function<HttpConnection, T> find) {
    Attribute<Object> note = ((ConnectionBase) connection).channel().attr(NOTE);
    Object known = note.get();
    if (known == null) {
      known = find.apply(connection);
      note.set(known);
    }
    return (T) known;
  }

  /** Nothing that follows on this connection may be taken for a request any more. */
  public static void takeNoMore(HttpConnection connection) {
    ((ConnectionBase) connection).channel().attr(LAST).set(true);
  }

  /** Whether requests on it are still taken. */
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

  /** Has what one turn of the event loop writes to a peer leave in one call of the kernel. */
  public static void flushTogether(HttpConnection connection) {
    ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
    ChannelHandlerContext tls = pipeline.context(SslHandler.class);
    if (tls == null) {
      pipeline.addFirst(flushedTogether());
    } else {
      pipeline.addAfter(tls.name(), null, flushedTogether());
    }
  }

  /**
   * Head, pieces and end of a message are written one by one and often in one turn, each with a
   * flush of its own. To stand next to the socket, or to TLS; one for each connection.
   */
  public static ChannelHandler flushedTogether() {
    return new FlushConsolidationHandler(MOST_FLUSHES, true);
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
