package org.openbars.router.listen;

import io.netty.channel.uring.IoUring;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.transport.Transport;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openbars.router.wire.AddressGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the node's Vert.x on the way the operating system offers to drive sockets: epoll on Linux,
 * else NIO. io_uring costs less CPU but must be asked for by name: see {@link #prepare}.
 */
public final class Transports {
  private static final Logger LOG = LoggerFactory.getLogger(Transports.class);
  private static final String MULTISHOT_POLL = "io.netty.iouring.pollAddMultishotEnabled";

  private Transports() {}

  /**
   * To be called before anything else of Vert.x or Netty. Turns off io_uring's multi-shot poll:
   * with it, Netty 4.2.18 loses a connection's end that comes while reading is paused, so that a
   * cut answer hangs. Without it, an answer that ends with its connection was still seen cut short,
   * which is why io_uring is never chosen by itself.
   */
  public static void prepare() {
    if (System.getProperty(MULTISHOT_POLL) == null) {
      System.setProperty(MULTISHOT_POLL, "false");
    }
  }

  /**
   * Makes it.
   *
   * @param doorkeeper stands at every socket that it will listen on
   * @param addresses looks at where every other one connects
   * @param name {@code auto}, or the one that must be used, {@code io_uring}, {@code epoll} or
   *     {@code nio}
   * @throws IllegalArgumentException when the one named is not available here
   */
  public static Vertx vertx(
      VertxOptions options, String name, Doorkeeper doorkeeper, AddressGuard addresses) {
    VertxBuilder builder = Vertx.builder().with(options);
    String wanted = name.toLowerCase(Locale.ROOT);
    Transport chosen =
        switch (wanted) {
          case "io_uring" -> required(wanted, Transport.IO_URING);
          case "epoll" -> required(wanted, Transport.EPOLL);
          case "nio" -> Transport.NIO;
          default -> best();
        };
    LOG.info("transport: {}", chosen.name());
    if (chosen == Transport.IO_URING) {
      LOG.warn(
          "node.transport io_uring can cut an answer short that ends with its connection; for measuring only");
    }
    return builder.withTransport(GuardedTransport.of(chosen, doorkeeper, addresses)).build();
  }

  private static Transport best() {
    return available(Transport.EPOLL) ? Transport.EPOLL : Transport.NIO;
  }

  private static Transport required(String name, @Nullable Transport transport) {
    if (!available(transport) || transport == null) {
      throw new IllegalArgumentException(
          "node.transport: " + name + " is not available here: " + cause(transport));
    }
    return transport;
  }

  private static boolean available(@Nullable Transport transport) {
    return transport != null
        && transport.available()
        && (transport != Transport.IO_URING || safe());
  }

  /**
   * Whether the property above was set in time; another part of the process may have loaded
   * io_uring first.
   */
  private static boolean safe() {
    return !IoUring.isPollAddMultishotEnabled();
  }

  private static String cause(@Nullable Transport transport) {
    if (transport == null) {
      return "no native library for this platform";
    }
    if (transport.available()) {
      return "it was loaded without -D" + MULTISHOT_POLL + "=false";
    }
    Throwable cause = transport.unavailabilityCause();
    return cause == null ? "unknown cause" : String.valueOf(cause.getMessage());
  }
}
