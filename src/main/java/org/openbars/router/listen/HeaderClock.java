package org.openbars.router.listen;

import io.netty.channel.Channel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose headers are not complete within {@code listen.header-timeout}. Costs a
 * request two assignments: at most one task a connection waits in the event loop, and it looks only
 * when it runs. Headers whose begin came together with the end of the request before are seen to
 * begin with their next bytes; without any, the idle timeout ends the connection. On the
 * connection's event loop.
 */
final class HeaderClock implements Runnable {
  private final Channel channel;
  private final Doorkeeper doorkeeper;
  private final long timeout;
  private @Nullable ScheduledFuture<?> look;
  private boolean waiting;
  private long since;
  private int unanswered;

  HeaderClock(Channel channel, Doorkeeper doorkeeper) {
    this.channel = channel;
    this.doorkeeper = doorkeeper;
    this.timeout = doorkeeper.headerTimeout().toNanos();
  }

  /** Headers have begun, or are awaited from now on; nothing if they are already. */
  void begin() {
    if (waiting) {
      return;
    }
    waiting = true;
    since = System.nanoTime();
    if (look == null) {
      lookIn(timeout);
    }
  }

  /** Headers are complete. */
  void complete() {
    waiting = false;
  }

  boolean waiting() {
    return waiting;
  }

  /** A request came whose answer must not be cut off by this clock. */
  void asked() {
    unanswered++;
  }

  /** The answer to one of them has been written. */
  void answered() {
    unanswered--;
  }

  /** The connection is gone. */
  void stop() {
    waiting = false;
    if (look != null) {
      look.cancel(false);
      look = null;
    }
  }

  @Override
  public void run() {
    look = null;
    if (!waiting) {
      return;
    }
    long left = since + timeout - System.nanoTime();
    if (left > 0) {
      lookIn(left);
    } else if (unanswered > 0) {
      // A pipelined request in parts must not cost an earlier one its answer.
      since = System.nanoTime();
      lookIn(timeout);
    } else {
      doorkeeper.slowHeaders();
      // From the first handler: nothing was asked, so there is no farewell to send.
      channel.pipeline().firstContext().close().addListener(closed -> {});
    }
  }

  private void lookIn(long nanos) {
    look = channel.eventLoop().schedule(this, nanos, TimeUnit.NANOSECONDS);
  }
}
