package org.openbars.router.stream;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether a passage is in time: asked at each tick of the {@link Watch}, by the step the passage is
 * at. On the exchange's event loop.
 */
final class Timekeeper {
  /** What is late. */
  enum Late {
    /** The receiver, with its answer or with taking the body. */
    DEADLINE("no answer within the deadline", true),
    TOO_LONG("longer than the longest duration", false),
    TOO_SLOW("slower than the lowest rate", true),
    NOT_TAKEN("sender takes no more of its answer", false);

    private final String detail;
    private final boolean receivers;

    Late(String detail, boolean receivers) {
      this.detail = detail;
      this.receivers = receivers;
    }

    /** Whether it is the receiver's doing, once its answer has begun. */
    boolean isTheReceivers() {
      return receivers;
    }

    String detail() {
      return detail;
    }
  }

  private final StreamConfig config;
  private final long deadlineNanos;
  private final long started;
  private final Pace pace;
  private DrainPace drainPace;
  private long sendingSince;

  /**
   * Begins to look.
   *
   * @param started when the exchange's first body byte was asked for, {@link System#nanoTime}
   */
  Timekeeper(StreamConfig config, Duration deadline, long started) {
    this.config = config;
    this.deadlineNanos = deadline.toNanos();
    this.started = started;
    this.pace = new Pace(config.minRate(), started);
    this.drainPace = new DrainPace(config.minRate(), started);
  }

  /** The message begins to go, so many bytes of its body having been read. */
  void sending(long now, long bytes) {
    sendingSince = now;
    pace.restart(now, bytes);
  }

  /** The answer's head is there. */
  void answering(long now) {
    pace.restart(now, 0);
    drainPace = new DrainPace(config.minRate(), now);
  }

  /** While something else than the sender's body is waited for. */
  @Nullable Late whileWaiting(long now, long since) {
    return now - since > deadlineNanos ? Late.DEADLINE : null;
  }

  /** While the request is sent. */
  @Nullable Late whileSending(long now, Upload pump, boolean awaitsContinue) {
    boolean waitsForContinue = awaitsContinue && pump.bytes() == 0;
    if (pump.fullSince() == 0 && !waitsForContinue) {
      return progress(now, pump.bytes());
    }
    // The receiver's turn: the sender's pace is not looked at meanwhile.
    pace.restart(now, pump.bytes());
    return whileWaiting(now, pump.fullSince() != 0 ? pump.fullSince() : sendingSince);
  }

  /** While the answer is looked at, {@code pump} being null, or relayed. */
  @Nullable Late whileAnswering(long now, @Nullable Download pump) {
    if (pump == null) {
      return progress(now, 0);
    }
    if (pump.full()) {
      // The sender's turn: the receiver's pace is not looked at meanwhile.
      pace.restart(now, pump.bytes());
      if (drainPace.stalled(now, pump.bytes())) {
        return Late.NOT_TAKEN;
      }
    }
    return progress(now, pump.bytes());
  }

  /** Too slow over ten seconds, or too long in all. */
  private @Nullable Late progress(long now, long bytes) {
    if (now - started > config.maxDuration().toNanos()) {
      return Late.TOO_LONG;
    }
    return pace.stalled(now, bytes) ? Late.TOO_SLOW : null;
  }
}
