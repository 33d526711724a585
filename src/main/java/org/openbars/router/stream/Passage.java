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
import org.openbars.router.wire.Connections;
import org.openbars.router.wire.HeaderRules;

/**
 * One message's passage to its receiver and the answer's way back. The states follow one another
 * and never go back: connecting, sending, waiting, answering, done. Whatever ends it, both sides
 * are left clean: a side that is whole stays open for the next message, a side that was cut is
 * reset, never ended. Runs on the exchange's event loop only.
 */
public final class Passage extends Watch.Watched implements Upload.Listener, Download.Listener {
  private enum State {
    CONNECTING,
    SENDING,
    WAITING,
    ANSWERING,
    DONE
  }

  private static final long HTTP2_CANCEL = 0x8;
  private static final int FIRST_FINAL_STATUS = 200;

  private final StreamConfig config;
  private final long maxBody;
  private final HttpServerRequest request;
  private final Outbound outbound;
  private final Promise<HttpClientResponse> answer = Promise.promise();
  private final Promise<Void> relayed = Promise.promise();
  private final long started = System.nanoTime();

  private State state = State.CONNECTING;
  private @Nullable HttpClientRequest toReceiver;
  private @Nullable HttpClientResponse fromReceiver;
  private @Nullable Upload upload;
  private @Nullable Download download;
  private Runnable beforeEnd = () -> {};
  private boolean untilClose;
  private boolean continued;
  private boolean held;
  private long connectedAt;
  private long sentAt;
  private long answeredAt;
  private final Pace pace;
  private DrainPace drainPace;

  private Passage(StreamConfig config, long maxBody, HttpServerRequest request, Outbound outbound) {
    this.config = config;
    this.maxBody = maxBody;
    this.request = request;
    this.outbound = outbound;
    this.pace = new Pace(config.minRate(), started);
    this.drainPace = new DrainPace(config.minRate(), started);
  }

  /**
   * Sets out. {@code request} must be paused; its handlers belong to the passage from here on.
   *
   * @param maxBody bytes of a body at the most
   */
  public static Passage open(
      StreamConfig config,
      long maxBody,
      ReceiverClients clients,
      Watch watch,
      HttpServerRequest request,
      Outbound outbound) {
    Passage passage = new Passage(config, maxBody, request, outbound);
    passage.start(clients, watch);
    return passage;
  }

  /**
   * The receiver's answer, its head complete and its body paused: to be handed to {@link #relay} or
   * {@link #discard}. Fails with a {@link DeliveryException} when there will be none.
   */
  public Future<HttpClientResponse> answer() {
    return answer.future();
  }

  private void start(ReceiverClients clients, Watch watch) {
    request.exceptionHandler(e -> senderLeft());
    request.response().exceptionHandler(e -> senderLeft());
    request.response().closeHandler(v -> senderLeft());
    Receiver receiver = outbound.receiver();
    if (!receiver.tryAcquire()) {
      fail(new Delivery.NeverSent(Delivery.Reason.BUSY), "no permit");
      return;
    }
    held = true;
    watch.add(this);
    clients
        .connect(outbound.target(), receiver, request.method(), outbound.uri())
        .onComplete(this::connected, this::notConnected);
  }

  private void notConnected(Throwable cause) {
    if (state == State.CONNECTING) {
      fail(new Delivery.NeverSent(ConnectFault.reason(cause)), String.valueOf(cause.getMessage()));
    }
  }

  private void connected(HttpClientRequest connection) {
    if (state != State.CONNECTING) {
      // The sender left meanwhile. Nothing was written, so the connection goes back unused.
      connection.exceptionHandler(e -> {});
      connection.reset();
      return;
    }
    toReceiver = connection;
    state = State.SENDING;
    connectedAt = System.nanoTime();
    pace.restart(connectedAt, 0);
    HeaderRules.copyToReceiver(request.headers(), connection.headers(), outbound.nominated());
    connection.headers().add("Via", outbound.via());
    connection.exceptionHandler(this::receiverBroke);
    connection.response().onComplete(this::answered, this::receiverBroke);
    if (outbound.awaitsContinue()) {
      connection.continueHandler(v -> relayContinue());
    }
    Upload pump = new Upload(request, connection, outbound.body(), maxBody, this);
    upload = pump;
    pump.start(outbound.awaitsContinue());
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
    if (state == State.SENDING) {
      state = State.WAITING;
    }
  }

  @Override
  public void tooLarge() {
    if (state == State.ANSWERING) {
      cutOff(new Delivery.TooLarge(), "body over the limit after the answer had begun");
    } else {
      abortReceiver();
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
      abortReceiver();
      fail(new Delivery.BrokeOff(), "answered what HTTP does not allow here");
      return;
    }
    state = State.ANSWERING;
    untilClose =
        coding == null
            && response.version() != HttpVersion.HTTP_2
            && !response.headers().contains(HttpHeaders.CONTENT_LENGTH);
    fromReceiver = response;
    answeredAt = System.nanoTime();
    pace.restart(answeredAt, 0);
    drainPace = new DrainPace(config.minRate(), answeredAt);
    response.exceptionHandler(this::receiverBroke);
    answer.complete(response);
  }

  /**
   * Streams the answer to the sender.
   *
   * @param read what was read of its body already
   * @param complete whether {@code read} is all of it
   * @param beforeEnd run just before the last byte is written, when nothing can go wrong any more
   *     on the receiver's side
   * @return completes when the last byte was written; fails with a {@link DeliveryException} when
   *     one side broke off, the sender's side having been reset
   */
  public Future<Void> relay(
      HttpClientResponse response, List<Buffer> read, boolean complete, Runnable beforeEnd) {
    this.beforeEnd = beforeEnd;
    if (state == State.ANSWERING) {
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
    if (state == State.DONE) {
      return;
    }
    if (!whole || upload == null || !upload.ended()) {
      abortReceiver();
    }
    done();
  }

  /** The last byte is about to go: whatever happens on either side from here on changes nothing. */
  @Override
  public void ending() {
    if (upload == null || !upload.ended()) {
      // The receiver answered without reading all of the body: what is left of it must not meet the
      // next message.
      abortReceiver();
    }
    done();
    beforeEnd.run();
  }

  @Override
  public void ended() {
    relayed.tryComplete();
  }

  private void receiverBroke(Throwable cause) {
    switch (state) {
      case SENDING, WAITING -> {
        abortReceiver();
        fail(new Delivery.BrokeOff(), String.valueOf(cause.getMessage()));
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
    if (state == State.DONE) {
      return;
    }
    boolean answering = state == State.ANSWERING;
    abortReceiver();
    done();
    abortSender();
    DeliveryException left = new DeliveryException(new Delivery.SenderLeft(), "sender left");
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
    abortReceiver();
    done();
    HttpServerResponse toSender = request.response();
    if (toSender.headWritten()) {
      abortSender();
    } else {
      toSender.headers().clear();
    }
    relayed.tryFail(new DeliveryException(delivery, detail));
  }

  private void fail(Delivery delivery, String detail) {
    done();
    answer.tryFail(new DeliveryException(delivery, detail));
  }

  private void done() {
    state = State.DONE;
    unwatch();
    if (upload != null) {
      upload.stop();
    }
    if (download != null) {
      download.stop();
    }
    if (held) {
      held = false;
      outbound.receiver().release();
    }
  }

  /**
   * Resets the receiver's side. Over HTTP/1.1 that must be the connection: Vert.x would hand it,
   * its request half written, to the next message.
   */
  private void abortReceiver() {
    HttpClientRequest connection = toReceiver;
    if (connection == null) {
      return;
    }
    if (fromReceiver != null) {
      // Vert.x never releases what a closed connection had read while it was paused.
      fromReceiver.resume();
    }
    if (connection.version() == HttpVersion.HTTP_2) {
      connection.reset(HTTP2_CANCEL);
    } else {
      Connections.reset(connection.connection());
    }
  }

  /** Resets the sender's side, for the same reasons. */
  private void abortSender() {
    if (!request.isEnded()) {
      request.resume();
    }
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset(HTTP2_CANCEL);
    } else {
      Connections.reset(request.connection());
    }
  }

  @Override
  void tick(long now) {
    switch (state) {
      case SENDING -> tickSending(now);
      case WAITING -> {
        if (now - sentAt > outbound.receiver().deadline().toNanos()) {
          timeOut();
        }
      }
      case ANSWERING -> tickAnswering(now);
      default -> {}
    }
  }

  private void tickSending(long now) {
    Upload pump = upload;
    if (pump == null) {
      return;
    }
    long deadline = outbound.receiver().deadline().toNanos();
    boolean waitsForContinue = outbound.awaitsContinue() && pump.bytes() == 0;
    if (pump.fullSince() != 0 || waitsForContinue) {
      // The receiver's turn: the sender's pace is not looked at meanwhile.
      pace.restart(now, pump.bytes());
      long since = pump.fullSince() != 0 ? pump.fullSince() : connectedAt;
      if (now - since > deadline) {
        timeOut();
      }
    } else {
      checkProgress(now, pump.bytes());
    }
  }

  private void tickAnswering(long now) {
    Download pump = download;
    if (pump == null) {
      checkProgress(now, 0);
      return;
    }
    pump.flushHead();
    if (pump.full()) {
      // The sender's turn: the receiver's pace is not looked at meanwhile.
      pace.restart(now, pump.bytes());
      if (drainPace.stalled(now, pump.bytes())) {
        stall("sender takes no more of its answer");
      }
    }
    checkProgress(now, pump.bytes());
  }

  /** Too slow over ten seconds, or too long in all, ends both sides. */
  private void checkProgress(long now, long bytes) {
    if (state == State.DONE) {
      return;
    }
    if (now - started > config.maxDuration().toNanos()) {
      stall("longer than the longest duration");
    } else if (pace.stalled(now, bytes)) {
      stall("slower than the lowest rate");
    }
  }

  private void stall(String detail) {
    if (state == State.ANSWERING) {
      boolean begun = request.response().headWritten();
      cutOff(begun ? new Delivery.BrokeOff() : new Delivery.TimedOut(), detail);
      return;
    }
    abortReceiver();
    done();
    abortSender();
    answer.tryFail(new DeliveryException(new Delivery.SenderLeft(), "sender " + detail));
  }

  private void timeOut() {
    abortReceiver();
    fail(new Delivery.TimedOut(), "no answer within the deadline");
  }

  /** When a connection was there, {@link System#nanoTime}; 0 when there was none. */
  public long connectedAt() {
    return connectedAt;
  }

  /** When the request's last byte had been handed over; 0 when it was not. */
  public long sentAt() {
    return sentAt;
  }

  /** When the answer's head was complete; 0 when there was none. */
  public long answeredAt() {
    return answeredAt;
  }

  /** Body bytes read from the sender. */
  public long bytesFromSender() {
    return upload == null ? 0 : upload.bytes();
  }

  /** Body bytes of the receiver's answer written to the sender. */
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
