package org.openbars.router.listen;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import org.openbars.router.wire.Connections;

/**
 * A connection that has just come: starts the time for its first headers, the TLS handshake
 * included, and makes way for {@link FirstBytes} where bytes can be read in clear. On the
 * connection's event loop.
 */
final class Arrival extends ChannelInboundHandlerAdapter {
  private final Doorkeeper doorkeeper;

  Arrival(Doorkeeper doorkeeper) {
    this.doorkeeper = doorkeeper;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    HeaderClock clock = new HeaderClock(ctx.channel(), doorkeeper);
    clock.begin();
    ctx.channel().closeFuture().addListener(closed -> clock.stop());
    FirstBytes reader = new FirstBytes(clock, doorkeeper);
    ChannelHandlerContext tls = ctx.pipeline().context(SslHandler.class);
    String before = tls == null ? ctx.name() : tls.name();
    ctx.pipeline().addAfter(before, null, reader);
    // Towards the socket from the reader: what an answer is written in leaves together.
    ctx.pipeline().addAfter(before, null, Connections.flushedTogether());
    ctx.fireChannelActive();
    ctx.pipeline().remove(this);
  }
}
