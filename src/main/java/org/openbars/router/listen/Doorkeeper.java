package org.openbars.router.listen;

import io.micrometer.core.instrument.Counter;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.openbars.router.meter.Meters;

/**
 * Stands where connections come in, before Vert.x knows of them: counts them, closes at once those
 * beyond {@code listen.max-connections}, and gives each a time within which it must have sent a
 * request's headers. Any thread.
 */
public final class Doorkeeper {
  private final int most;
  private final Duration headerTimeout;
  private final ListenConfig.Http2 http2;
  private final AtomicInteger open = new AtomicInteger();
  private final Counter beyondLimit;
  private final Counter slowHeaders;
  private final Counter floods;

  public Doorkeeper(ListenConfig config, Meters meters) {
    this.most = config.maxConnections();
    this.headerTimeout = config.headerTimeout();
    this.http2 = config.http2();
    this.beyondLimit = closed(meters, "limit");
    this.slowHeaders = closed(meters, "slow_headers");
    this.floods = closed(meters, "frame_flood");
    meters.gauge("bars.connections", "Open connections from senders", open::get);
    meters.gauge("bars.connections.max", "Open connections that may be", () -> most);
  }

  private static Counter closed(Meters meters, String reason) {
    return meters.counter(
        "bars.connections.closed",
        "Senders' connections closed for what they are or do",
        "reason",
        reason);
  }

  /** Open connections on the node. */
  public int connections() {
    return open.get();
  }

  /** To be called for every listening socket, before it is bound. */
  void guard(ServerBootstrap bootstrap) {
    bootstrap.handler(new Door());
  }

  Duration headerTimeout() {
    return headerTimeout;
  }

  ListenConfig.Http2 http2() {
    return http2;
  }

  /** A connection is being closed because its headers take too long. */
  void slowHeaders() {
    slowHeaders.increment();
  }

  /** A connection is being closed because of a flood of frames. */
  void flood() {
    floods.increment();
  }

  /** Sees each connection that the operating system hands over, on the accepting thread. */
  private final class Door extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (!(message instanceof Channel connection)) {
        ctx.fireChannelRead(message);
        return;
      }
      if (open.incrementAndGet() > most) {
        open.decrementAndGet();
        beyondLimit.increment();
        connection.unsafe().closeForcibly();
        return;
      }
      connection.closeFuture().addListener(closed -> open.decrementAndGet());
      connection.pipeline().addLast(new Arrival(Doorkeeper.this));
      ctx.fireChannelRead(message);
    }
  }
}
