package org.openbars.router.listen;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.spi.transport.Transport;
import java.net.SocketAddress;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.openbars.router.wire.AddressGuard;

/**
 * A transport with a {@link Doorkeeper} at each listening socket, an {@link AddressGuard} at each
 * that connects, and small reads from every one; everything else is the other one's. Vert.x has no
 * other place from which a connection can be seen before its first bytes.
 */
final class GuardedTransport implements Transport {
  @SuppressWarnings("deprecation") // Not meant for applications; Vert.x sets it so as well.
  private static final ChannelOption<RecvByteBufAllocator> READS = ChannelOption.RCVBUF_ALLOCATOR;

  private static final int LEAST_READ = 64;
  private static final int FIRST_READ = 2048;
  private static final int MOST_READ = 16 * 1024;

  private final Transport inner;
  private final Doorkeeper doorkeeper;
  private final AddressGuard addresses;

  private GuardedTransport(Transport inner, Doorkeeper doorkeeper, AddressGuard addresses) {
    this.inner = inner;
    this.doorkeeper = doorkeeper;
    this.addresses = addresses;
  }

  static io.vertx.core.transport.Transport of(
      io.vertx.core.transport.Transport transport, Doorkeeper doorkeeper, AddressGuard addresses) {
    Transport guarded = new GuardedTransport(transport.implementation(), doorkeeper, addresses);
    return new io.vertx.core.transport.Transport() {
      @Override
      public String name() {
        return transport.name();
      }

      @Override
      public boolean available() {
        return transport.available();
      }

      @Override
      public @Nullable Throwable unavailabilityCause() {
        return transport.unavailabilityCause();
      }

      @Override
      public Transport implementation() {
        return guarded;
      }
    };
  }

  /**
   * One read at a time, of 16 KiB at the most. Left to itself Netty reads 64 KiB sixteen times
   * before Vert.x, told to pause, has it stop: a megabyte for each peer that is faster than the
   * other side.
   */
  private static RecvByteBufAllocator smallReads() {
    return new AdaptiveRecvByteBufAllocator(LEAST_READ, FIRST_READ, MOST_READ)
        .maxMessagesPerRead(1);
  }

  @Override
  public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
    inner.configure(options, domainSocket, bootstrap);
    bootstrap.childOption(READS, smallReads());
    doorkeeper.guard(bootstrap);
  }

  @Override
  public boolean supportsDomainSockets() {
    return inner.supportsDomainSockets();
  }

  @Override
  public boolean supportFileRegion() {
    return inner.supportFileRegion();
  }

  @Override
  public boolean isAvailable() {
    return inner.isAvailable();
  }

  @Override
  public @Nullable Throwable unavailabilityCause() {
    return inner.unavailabilityCause();
  }

  @Override
  public SocketAddress convert(io.vertx.core.net.SocketAddress address) {
    return inner.convert(address);
  }

  @Override
  public io.vertx.core.net.SocketAddress convert(SocketAddress address) {
    return inner.convert(address);
  }

  @Override
  public IoHandlerFactory ioHandlerFactory() {
    return inner.ioHandlerFactory();
  }

  @Override
  public EventLoopGroup eventLoopGroup(
      int type, int threads, ThreadFactory threadFactory, int ioRatio) {
    return inner.eventLoopGroup(type, threads, threadFactory, ioRatio);
  }

  @Override
  public DatagramChannel datagramChannel() {
    return inner.datagramChannel();
  }

  @Override
  @SuppressWarnings("deprecation") // Of the interface.
  public DatagramChannel datagramChannel(InternetProtocolFamily family) {
    return inner.datagramChannel(family);
  }

  @Override
  public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
    ChannelFactory<? extends Channel> channels = inner.channelFactory(domainSocket);
    return domainSocket ? channels : addresses.guarding(channels);
  }

  @Override
  public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
    return inner.serverChannelFactory(domainSocket);
  }

  @Override
  public void configure(DatagramChannel channel, DatagramSocketOptions options) {
    inner.configure(channel, options);
  }

  @Override
  public void configure(
      ClientOptionsBase options, int connectTimeout, boolean domainSocket, Bootstrap bootstrap) {
    inner.configure(options, connectTimeout, domainSocket, bootstrap);
    bootstrap.option(READS, smallReads());
  }
}
