package org.openbars.router.listen;

import io.netty.channel.uring.IoUring;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.transport.Transport;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the node's Vert.x on the best way the operating system offers to drive sockets: io_uring,
 * then epoll, then NIO. io_uring costs a third less CPU an exchange and is often blocked in
 * containers; falling back is said in the log.
 */
public final class Transports {
  private static final Logger LOG = LoggerFactory.getLogger(Transports.class);
  private static final String MULTISHOT_POLL = "io.netty.iouring.pollAddMultishotEnabled";

  /**
   * With one poll for all reads (multi-shot), Netty 4.2.18 loses a connection's end when it comes
   * while reading is paused: a cut answer would hang until its rate is found too low, and one that
   * ends with its connection would be cut short. A poll for each read sees it. Must be set before
   * Netty's io_uring classes load.
   */
  private static final String MULTISHOT_POLL = "io.netty.iouring.pollAddMultishotEnabled";

  static {
    if (System.getProperty(MULTISHOT_POLL) == null) {
      System.setProperty(MULTISHOT_POLL, "false");
    }
  }

  private Transports() {}

  /**
   * To be called before anything else of Vert.x or Netty. Turns off the multishot poll of io_uring:
   * with it, Netty 4.2.18 misses about one in thirty connections that are reset just after bytes
   * came, and the exchange would wait for its time to run out instead of being told at once.
   */
  public static void prepare() {
    if (System.getProperty(MULTISHOT_POLL) == null) {
      System.setProperty(MULTISHOT_POLL, "false");
    }
  }

  /**
   * Makes it.
   *
   * @param name {@code auto}, or the one that must be used, {@code io_uring}, {@code epoll} or
   *     {@code nio}
   * @throws IllegalArgumentException when the one named is not available here
   */
  public static Vertx vertx(VertxOptions options, String name) {
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
    return builder.withTransport(chosen).build();
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
