package org.openbars.router.stream;

import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What comes before a message's first byte: a connection to its receiver, and then whatever must be
 * done while nothing has gone over it. On the exchange's event loop.
 */
final class Opening {
  /** What becomes of it; one of the two, once, unless it is cancelled. */
  interface Listener {
    /** The message may go over this connection. */
    void opened(HttpClientRequest connection);

    /** Not one byte went. */
    void notOpened(Delivery.Reason reason, String detail);
  }

  private final Loop loop;
  private final Outbound outbound;
  private final Passage.BeforeFirstByte before;
  private final Listener listener;
  private @Nullable HttpClientRequest unused;
  private boolean over;
  private long connectedAt;

  Opening(Loop loop, Outbound outbound, Passage.BeforeFirstByte before, Listener listener) {
    this.loop = loop;
    this.outbound = outbound;
    this.before = before;
    this.listener = listener;
  }

  void start(HttpMethod method) {
    loop.clients()
        .connect(outbound.target(), outbound.receiver(), method, outbound.uri())
        .onComplete(this::connected, this::notConnected);
  }

  private void notConnected(Throwable cause) {
    fail(ConnectFault.reason(cause), String.valueOf(cause.getMessage()));
  }

  private void connected(HttpClientRequest connection) {
    if (over) {
      // The sender left meanwhile.
      giveBack(connection);
      return;
    }
    unused = connection;
    connectedAt = System.nanoTime();
    connection.exceptionHandler(
        e -> fail(Delivery.Reason.UNREACHABLE, String.valueOf(e.getMessage())));
    Consumer<Boolean> told = go -> told(connection, go);
    before.run(told);
  }

  private void told(HttpClientRequest connection, boolean go) {
    if (over) {
      return;
    }
    if (!go) {
      fail(Delivery.Reason.NOT_RECORDED, "the audit took no entry");
      return;
    }
    over = true;
    unused = null;
    listener.opened(connection);
  }

  private void fail(Delivery.Reason reason, String detail) {
    if (!over) {
      cancel();
      listener.notOpened(reason, detail);
    }
  }

  /** Looks at the time: getting a connection has a limit of its own, the rest has the deadline. */
  void tick(long now) {
    if (connectedAt != 0 && now - connectedAt > outbound.receiver().deadline().toNanos()) {
      fail(Delivery.Reason.NOT_RECORDED, "no word from the audit within the deadline");
    }
  }

  /** Ends it; what was opened already stays so. */
  void cancel() {
    if (over) {
      return;
    }
    over = true;
    connectedAt = 0;
    if (unused != null) {
      giveBack(unused);
      unused = null;
    }
  }

  /** Nothing was written, so the connection goes back unused. */
  private static void giveBack(HttpClientRequest connection) {
    connection.exceptionHandler(e -> {});
    connection.reset();
  }

  /** When a connection was there, {@link System#nanoTime}; 0 when nothing was to go over one. */
  long connectedAt() {
    return connectedAt;
  }
}
