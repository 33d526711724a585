package org.openbars.router.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Looks at each address that a connection is about to be made to, the very one, after every
 * look-up: a name that leads inside ({@link Networks#INSIDE}) is refused, however often it changes
 * what it leads to. An address that is written out passes: who wrote it, the target directory or
 * the configuration, has decided. Any thread.
 */
public final class AddressGuard {
  private final Networks.Matcher inside = Networks.INSIDE.matcher();
  private final Networks.Matcher allowed;

  /**
   * @param allowed inside addresses that names may lead to
   */
  public AddressGuard(Networks allowed) {
    this.allowed = allowed.matcher();
  }

  /** The same channels, each with a look at where it connects. */
  public ChannelFactory<Channel> guarding(ChannelFactory<? extends Channel> channels) {
    return () -> {
      Channel channel = channels.newChannel();
      channel.pipeline().addLast(new Look());
      return channel;
    };
  }

  private boolean refuses(InetSocketAddress to) {
    InetAddress address = to.getAddress();
    if (address == null) {
      return true;
    }
    String name = to.getHostString();
    boolean writtenOut = NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name);
    return !writtenOut && inside.contains(address) && !allowed.contains(address);
  }

  private final class Look extends ChannelOutboundHandlerAdapter {
    @Override
    public void connect(
        ChannelHandlerContext ctx, SocketAddress to, SocketAddress from, ChannelPromise promise) {
      if (to instanceof InetSocketAddress inet && refuses(inet)) {
        promise.setFailure(new InsideAddressException(String.valueOf(inet.getAddress())));
        return;
      }
      ctx.connect(to, from, promise).addListener(connected -> {});
      ctx.pipeline().remove(this);
    }
  }
}
