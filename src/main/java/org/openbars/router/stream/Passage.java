package org.openbars.router.stream;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openbars.router.wire.HeaderRules;

/**
 * One message's passage to its receiver and the answer's way back. The states follow one another:
 * opening, sending, waiting, answering, done; a read that broke before its answer may go back to
 * opening, once, and nothing else ever does. Whatever ends it, both sides are left clean: a side
 * that is whole stays open for the next message, a side that was cut is reset, never ended. Runs on
 * the exchange's event loop only.
 */
public final class Passage extends Watch.Watched
    implements Opening.Listener, Upload.Listener, Download.Listener {
  private enum State {
    OPENING,
    SENDING,
    WAITING,
    ANSWERING,
    DONE
  }

  private static final int FIRST_FINAL_STATUS = 200;

  private final Loop loop;
  private final HttpServerRequest request;
  private final Outbound outbound;
  private final Attempts attempts;
  private final Sides sides;
  private final Timekeeper time;
  private final Promise<HttpClientResponse> answer = Promise.promise();
  private final Promise<Void> relayed = Promise.promise();

  private State state = State.OPENING;
  private @Nullable Upload upload;
  private @Nullable Download download;
  private BeforeLastByte beforeLastByte = Runnable::run;
  private boolean untilClose;
  private boolean continued;
  private long sentAt;
  private long deadlineFrom;
  private long answeredAt;

  private Passage(
      Loop loop, HttpServerRequest request, Outbound outbound, BeforeFirstByte beforeFirstByte) {
    this.loop = loop;
    this.request = request;
    this.outbound = outbound;
    this.attempts = new Attempts(loop, request, outbound, beforeFirstByte, this);
    this.sides = new Sides(request);
    Held held = outbound.body().held();
    this.time =
        new Timekeeper(
            loop.config(),
            outbound.receiver().deadline(),
            held.wasRead() ? held.since() : System.nanoTime());
  }

  /**
   * Makes ready. {@code request} must be paused; its handlers belong to the passage from {@link
   * #start} on.
   */
  public static Passage of(
      Loop loop, HttpServerRequest request, Outbound outbound, BeforeFirstByte beforeFirstByte) {
    return new Passage(loop, request, outbound, beforeFirstByte);
  }

  /** Sets out. */
  public void start() {
    request.exceptionHandler(e -> senderLeft());
    request.response().exceptionHandler(e -> senderLeft());
    request.response().closeHandler(v -> senderLeft());
    Decision.Refused refused = attempts.admit();
    if (refused != null) {
      fail(refused.why(), refused.detail());
      return;
    }
    loop.watch().add(this);
    attempts.start();
  }

  /**
   * The receiver's answer, its head complete and its body paused: to be handed to {@link #relay} or
   * {@link #discard}. Fails with a {@link DeliveryException} when there will be none.
   */
  public Future<HttpClientResponse> answer() {
    return answer.future();
  }

  @Override
  public void notOpened(Delivery.NeverSent why, String detail) {
    fail(attempts.notOpened(why), detail);
  }

  @Override
  public void opened(HttpClientRequest connection) {
    state = State.SENDING;
    sides.receiver(connection);
    RequestBody body = outbound.body();
    time.sending(System.nanoTime(), body.held().bytes());
    HeaderRules.copyToReceiver(request.headers(), connection.headers(), outbound.nominated());
    connection.headers().add("Via", outbound.via());
    connection.exceptionHandler(e -> broke(connection, e));
    connection.response().onComplete(this::answered, e -> broke(connection, e));
    if (body.awaitsContinue()) {
      connection.continueHandler(v -> relayContinue());
    } else if (body.held().wasRead()) {
      // What the sender expected it has been sent from here.
      connection.headers().remove(HttpHeaders.EXPECT);
    }
    Upload pump = new Upload(request, connection, body, loop.maxBody(), this);
    upload = pump;
    pump.start(body.awaitsContinue());
  }

  private void relayContinue() {
    if (state == State.SENDING && !continued) {
      continued = true;
      request.response().writeContinue();
    }
  }

  @Override
  public void uploaded() {
    sentAt = System.nanoTime();
    if (deadlineFrom == 0) {
      deadlineFrom = sentAt;
    }
    if (state == State.SENDING) {
      state = State.WAITING;
    }
  }

  @Override
  public void tooLarge() {
    if (state == State.ANSWERING) {
      cutOff(new Delivery.TooLarge(), "body over the limit after the answer had begun");
    } else {
      fail(new Delivery.TooLarge(), "body over the limit");
    }
  }

  private void answered(HttpClientResponse response) {
    if (state != State.SENDING && state != State.WAITING) {
      return;
    }
    response.pause();
    String coding = response.headers().get(HttpHeaders.TRANSFER_ENCODING);
    if (response.statusCode() < FIRST_FINAL_STATUS
        || (coding != null && !coding.trim().equalsIgnoreCase("chunked"))) {
      fail(new Delivery.BrokeOff(), "answered what HTTP does not allow here");
      return;
    }
    state = State.ANSWERING;
    untilClose =
        coding == null
            && response.version() != HttpVersion.HTTP_2
            && !response.headers().contains(HttpHeaders.CONTENT_LENGTH);
    sides.answer(response);
    answeredAt = System.nanoTime();
    time.answering(answeredAt);
    attempts.answered(response, sentAt, answeredAt);
    response.exceptionHandler(this::receiverBroke);
    answer.complete(response);
  }

  /**
   * Streams the answer to the sender.
   *
   * @param read what was read of its body already
   * @param complete whether {@code read} is all of it
   * @return completes when the last byte was written; fails with a {@link DeliveryException} when
   *     one side broke off, the sender's side having been reset
   */
  public Future<Void> relay(
      HttpClientResponse response, List<Buffer> read, boolean complete, BeforeLastByte before) {
    this.beforeLastByte = before;
    if (state == State.ANSWERING) {
      attempts.passed();
      download = new Download(request, response, this);
      download.start(read, complete);
    }
    return relayed.future();
  }

  /**
   * Ends the passage without relaying: one of our own answers takes the place of the receiver's.
   *
   * @param whole whether the receiver's answer was read to its end; if not, its side is reset
   */
  public void discard(boolean whole) {
    if (state != State.DONE) {
      attempts.replaced();
      done(!whole || upload == null || !upload.ended());
    }
  }

  /** The last byte is about to go: whatever happens on either side from here on changes nothing. */
  @Override
  public void ending() {
    // Where the receiver answered without reading all of the body, what is left of it must not meet
    // the next message.
    done(upload == null || !upload.ended());
    beforeLastByte.run(this::lastByte);
  }

  private void lastByte() {
    if (download != null && download.finish()) {
      relayed.tryComplete();
    } else {
      relayed.tryFail(new DeliveryException(new Delivery.SenderLeft(), "sender left"));
    }
  }

  private void broke(HttpClientRequest connection, Throwable cause) {
    // A connection tells of its end more than once, and of a first try there may be an old one.
    if (sides.isReceiver(connection)) {
      receiverBroke(cause);
    }
  }

  private void receiverBroke(Throwable cause) {
    switch (state) {
      case SENDING, WAITING -> {
        if (attempts.again(cause)) {
          state = State.OPENING;
          sides.receiverGone();
        } else {
          fail(new Delivery.BrokeOff(), String.valueOf(cause.getMessage()));
        }
      }
      case ANSWERING -> {
        // Vert.x tells of the close before what had been read while paused, the body's end with it.
        // That end still
        // comes; should it not, the pace finds out.
        if (!untilClose || !(cause instanceof HttpClosedException)) {
          cutOff(new Delivery.BrokeOff(), String.valueOf(cause.getMessage()));
        }
      }
      default -> {}
    }
  }

  private void senderLeft() {
    if (state != State.DONE) {
      leaveSender("sender left");
    }
  }

  private void leaveSender(String detail) {
    boolean answering = state == State.ANSWERING;
    done(true);
    sides.resetSender();
    DeliveryException left = new DeliveryException(new Delivery.SenderLeft(), detail);
    if (answering) {
      relayed.tryFail(left);
    } else {
      answer.tryFail(left);
    }
  }

  /**
   * Ends a passage in mid-answer. What the sender has of it must not look whole, so its side is
   * reset; where it has nothing yet, an answer of ours can take the place.
   */
  private void cutOff(Delivery delivery, String detail) {
    cutOff(delivery, detail, null);
  }

  private void cutOff(Delivery delivery, String detail, Timekeeper.@Nullable Late late) {
    if (late == null || late.isTheReceivers()) {
      attempts.failed(delivery);
    }
    done(true);
    HttpServerResponse toSender = request.response();
    if (toSender.headWritten()) {
      sides.resetSender();
    } else {
      toSender.headers().clear();
    }
    relayed.tryFail(new DeliveryException(delivery, detail));
  }

  private void fail(Delivery delivery, String detail) {
    attempts.failed(delivery);
    done(true);
    answer.tryFail(new DeliveryException(delivery, detail));
  }

  /**
   * Ends the passage, first of all by its state: what is reset here tells of it at once.
   *
   * @param reset whether the receiver's side was cut
   */
  private void done(boolean reset) {
    state = State.DONE;
    unwatch();
    if (upload != null) {
      upload.stop();
    }
    if (download != null) {
      download.stop();
    }
    outbound.body().held().take();
    attempts.leave(reset);
    if (reset) {
      sides.resetReceiver();
    }
  }

  @Override
  void tick(long now) {
    switch (state) {
      case OPENING -> attempts.tick(now);
      case SENDING -> {
        if (upload != null) {
          late(time.whileSending(now, upload, outbound.body().awaitsContinue()));
        }
      }
      case WAITING -> late(time.whileWaiting(now, deadlineFrom));
      case ANSWERING -> {
        if (download != null) {
          download.flushHead();
        }
        late(time.whileAnswering(now, download));
      }
      case DONE -> {}
    }
  }

  private void late(Timekeeper.@Nullable Late late) {
    if (late == null) {
      return;
    }
    if (late == Timekeeper.Late.DEADLINE) {
      fail(new Delivery.TimedOut(), late.detail());
    } else if (state == State.ANSWERING) {
      boolean begun = request.response().headWritten();
      cutOff(begun ? new Delivery.BrokeOff() : new Delivery.TimedOut(), late.detail(), late);
    } else {
      leaveSender("sender " + late.detail());
    }
  }

  /** When a connection was there, {@link System#nanoTime}; 0 when nothing was to go over one. */
  public long connectedAt() {
    return attempts.connectedAt();
  }

  /** When the request's last byte had been handed over; 0 when it was not. */
  public long sentAt() {
    return sentAt;
  }

  /** When the answer's head was complete; 0 when there was none. */
  public long answeredAt() {
    return answeredAt;
  }

  /** Whether the receiver's 100 went to the sender. */
  public boolean continued() {
    return continued;
  }

  /** Body bytes read from the sender. */
  public long bytesFromSender() {
    return upload == null ? outbound.body().held().bytes() : upload.bytes();
  }

  /** Body bytes of the receiver's answer written to the sender, or about to be. */
  public long bytesToSender() {
    return download == null ? 0 : download.bytes();
  }

  /**
   * Completes or fails as {@link #relay} says, also while an answer is being looked at before it is
   * relayed.
   */
  public Future<Void> relayed() {
    return relayed.future();
  }
}
