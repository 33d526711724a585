package org.openbars.router.stream;

import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What comes before a message's first byte: a connection to its receiver that has not been idle for
 * too long, and whatever must be done while nothing has gone over it. A connection that fails, or
 * breaks before that byte, is tried once more. On the exchange's event loop.
 */
final class Opening {
  /** What becomes of it; one of the two, once, unless it is cancelled. */
  interface Listener {
    /** The message may go over this connection. */
    void opened(HttpClientRequest connection);

    /** Not one byte went. */
    void notOpened(Delivery.NeverSent why, String detail);
  }

  /** Connections passed over; the lane has closed the others by then. */
  private static final int MOST_PASSED_OVER = 8;

  private final Loop loop;
  private final Outbound outbound;
  private final HttpMethod method;
  private final @Nullable BeforeFirstByte before;
  private final Listener listener;
  private final Receiver receiver;
  private final Lane lane;
  private @Nullable HttpClientRequest connection;
  private @Nullable Kept kept;
  private @Nullable List<HttpClientRequest> passedOver;
  private boolean triedAgain;
  private boolean told;
  private boolean over;
  private boolean opened;
  private long started;
  private long askedAt;
  private long connectedAt;

  /**
   * @param before null when it was done before
   */
  Opening(
      Loop loop,
      Outbound outbound,
      HttpMethod method,
      @Nullable BeforeFirstByte before,
      Listener listener) {
    this.loop = loop;
    this.outbound = outbound;
    this.method = method;
    this.before = before;
    this.listener = listener;
    this.receiver = outbound.receiver();
    this.lane = loop.clients().lane(receiver);
    this.told = before == null;
  }

  void start() {
    if (over) {
      return;
    }
    started = System.nanoTime();
    if (receiver.isAway() && !lane.hasIdle(started) && !receiver.tryConnect(started)) {
      over = true;
      listener.notOpened(receiver.awayFor(started), "it could not be connected to lately");
      return;
    }
    connect();
  }

  private void connect() {
    if (over) {
      return;
    }
    long spent = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    long within = Math.max(1, receiver.connectTimeout().toMillis() - spent);
    loop.clients()
        .connect(outbound, method, within)
        .onComplete(this::connected, this::notConnected);
  }

  private void notConnected(Throwable cause) {
    if (over) {
      return;
    }
    ConnectFault fault = ConnectFault.of(cause, outbound.target().secure());
    Delivery.Reason reason = fault.reason();
    long now = System.nanoTime();
    boolean early = now - started < receiver.connectTimeout().toNanos() / 2;
    if (reason == Delivery.Reason.UNREACHABLE && early && !triedAgain && receiver.mayReconnect()) {
      triedAgain = true;
      connect();
      return;
    }
    if (reason != Delivery.Reason.BUSY) {
      receiver.notConnected(fault, started, now);
    }
    fail(reason, fault.detail(cause));
  }

  private void connected(HttpClientRequest request) {
    if (over) {
      // The sender left meanwhile.
      request.exceptionHandler(e -> {});
      request.reset();
      return;
    }
    long now = System.nanoTime();
    Kept one = loop.clients().kept(request.connection());
    one.take(now);
    if (one.join(lane)) {
      receiver.connected(request.connection(), now);
    }
    connection = request;
    kept = one;
    if (one.isTooOld(now, receiver.idle())) {
      passOver();
      return;
    }
    releasePassedOver();
    connectedAt = now;
    request.exceptionHandler(this::brokeUnused);
    if (told) {
      open();
    } else if (askedAt == 0 && before != null) {
      askedAt = now;
      Consumer<Boolean> then = this::told;
      before.run(then);
    }
  }

  /** Holds on to a connection that must not carry a message, so that another one is given. */
  private void passOver() {
    HttpClientRequest old = connection;
    if (old == null) {
      return;
    }
    List<HttpClientRequest> olds = passedOver == null ? new ArrayList<>(2) : passedOver;
    passedOver = olds;
    old.exceptionHandler(e -> {});
    olds.add(old);
    dropKept();
    if (olds.size() > MOST_PASSED_OVER) {
      fail(Delivery.Reason.UNREACHABLE, "its connections are all too old");
      return;
    }
    lane.sweep(System.nanoTime());
    // Those closed leave the pool with the next turn of the loop.
    loop.clients().later(this::connect);
  }

  private void releasePassedOver() {
    if (passedOver != null) {
      passedOver.forEach(HttpClientRequest::reset);
      passedOver = null;
    }
  }

  private void brokeUnused(Throwable cause) {
    if (over || connection == null) {
      return;
    }
    dropKept();
    if (triedAgain) {
      fail(Delivery.Reason.UNREACHABLE, String.valueOf(cause.getMessage()));
    } else {
      triedAgain = true;
      loop.clients().later(this::connect);
    }
  }

  private void told(boolean go) {
    if (over) {
      return;
    }
    told = true;
    if (!go) {
      fail(Delivery.Reason.NOT_RECORDED, "the audit took no entry");
    } else if (connection != null && kept != null) {
      if (kept.isTooOld(System.nanoTime(), receiver.idle())) {
        passOver();
      } else {
        open();
      }
    }
  }

  private void open() {
    HttpClientRequest ready = connection;
    if (ready != null) {
      over = true;
      opened = true;
      listener.opened(ready);
    }
  }

  private void fail(Delivery.Reason reason, String detail) {
    if (!over) {
      cancel();
      listener.notOpened(new Delivery.NeverSent(reason), detail);
    }
  }

  /** Looks at the time: getting a connection has a limit of its own, the rest has the deadline. */
  void tick(long now) {
    if (askedAt != 0 && !told && now - askedAt > receiver.deadline().toNanos()) {
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
    releasePassedOver();
    if (connection != null) {
      // Nothing was written, so the connection goes back unused.
      connection.exceptionHandler(e -> {});
      connection.reset();
      dropKept();
    }
  }

  private void dropKept() {
    if (kept != null) {
      kept.giveBackUnused();
      kept = null;
    }
    connection = null;
  }

  /**
   * What was opened carries the message no more.
   *
   * @param cut whether it was cut short of its end
   */
  void leave(long now, boolean cut) {
    cancel();
    if (opened && kept != null) {
      if (cut && connection != null && connection.version() != HttpVersion.HTTP_2) {
        kept.closes();
      }
      kept.giveBack(now);
      kept = null;
    }
  }

  /** What was opened ends with the answer, as its receiver said. */
  void endsWithAnswer() {
    if (kept != null) {
      kept.closes();
    }
  }

  /** What was opened broke before any answer. */
  void broke(long now) {
    if (kept != null && kept.metItsClose(now)) {
      receiver.idle().closedAfter(kept.idleBefore());
    }
  }

  /** When a connection was there, {@link System#nanoTime}; 0 when nothing was to go over one. */
  long connectedAt() {
    return connectedAt;
  }
}
