package org.openbars.router.stream;

import io.vertx.core.http.HttpConnection;
import org.jspecify.annotations.Nullable;
import org.openbars.router.isolate.IdleLimit;

/**
 * One connection to a receiver: how many exchanges it carries, and since when it carries none. On
 * its event loop; times are {@link System#nanoTime}.
 */
final class Kept {
  /** What breaks within this of its first byte may have met the host's close on the way. */
  private static final long SOON = 1_000_000_000L;

  /** So short a pause is no idleness: what breaks then breaks for another reason. */
  private static final long LEAST_IDLE = 10_000_000L;

  /** For so long a connection that has carried nothing yet counts as new. */
  private static final long JUST_MADE = 50_000_000L;

  private final HttpConnection connection;
  private @Nullable Lane lane;
  private boolean carriedBefore;
  private boolean closing;
  private int carries;
  private long idleSince;
  private long idleBefore;
  private long takenAt;

  Kept(HttpConnection connection, long now) {
    this.connection = connection;
    this.idleSince = now;
  }

  /** Puts it into a lane; false when it is in one. */
  boolean join(Lane joined) {
    if (lane != null) {
      return false;
    }
    lane = joined;
    joined.add(this);
    return true;
  }

  /** It has ended, by whomever. */
  void ended(long now) {
    if (lane != null) {
      lane.closed(this, now);
    }
  }

  boolean isIdle() {
    return carries == 0;
  }

  /** How long it has carried nothing; 0 while it does. */
  long idle(long now) {
    return carries == 0 ? now - idleSince : 0;
  }

  /** An exchange may go over it. */
  void take(long now) {
    idleBefore = idle(now);
    takenAt = now;
    carries++;
  }

  /** How long it had been idle when it was taken. */
  long idleBefore() {
    return idleBefore;
  }

  /**
   * Whether it must not carry the message that it was taken for: nothing has gone over it since,
   * and the host may close it any moment. One that was just made is no idle one, whatever was
   * learned.
   */
  boolean isTooOld(long now, IdleLimit limit) {
    long unused = carries > 1 ? 0 : idleBefore + (now - takenAt);
    return closing || unused > (carriedBefore ? limit.nanos() : Math.max(limit.nanos(), JUST_MADE));
  }

  /** The exchange did not go over it. */
  void giveBackUnused() {
    carries--;
  }

  /** The exchange that went over it has ended. */
  void giveBack(long now) {
    carries--;
    carriedBefore = true;
    idleSince = now;
  }

  /** Whether a break now may be the host's close, met by a message on its way. */
  boolean metItsClose(long now) {
    return idleBefore > LEAST_IDLE && now - takenAt < SOON;
  }

  /** Its close will say nothing about the host's patience: it was announced, or is ours. */
  void closes() {
    closing = true;
  }

  boolean isClosing() {
    return closing;
  }

  void close() {
    closing = true;
    connection.close();
  }
}
