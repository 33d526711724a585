package org.openbars.router.sandbox;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openbars.router.sandbox.Behaviour.Body;
import org.openbars.router.sandbox.Behaviour.Continue;
import org.openbars.router.sandbox.Behaviour.Fault;
import org.openbars.router.sandbox.Behaviour.Phase;
import org.openbars.router.wire.Connections;

/**
 * One request at a mock receiver, from its head to the end of its answer or to where the behaviour
 * breaks off. On the request's event loop.
 */
final class ReceivedExchange {
  private static final long HANG_MILLIS = 600_000;
  private static final long INTERNAL_ERROR = 2;

  private final Vertx vertx;
  private final ArrivalLog log;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Behaviour behaviour;
  private final Answer answer;
  private final @Nullable CaredExchange cared;
  private final @Nullable MessageDigest digest;
  private final long began = System.nanoTime();
  private long bytesRead;
  private long bytesSent;
  private boolean noted;
  private boolean ending;
  private boolean over;

  /**
   * @param cared makes the answer from the whole request; null for what is canned
   */
  ReceivedExchange(
      Vertx vertx,
      ArrivalLog log,
      HttpServerRequest request,
      Behaviour behaviour,
      Answer answer,
      @Nullable CaredExchange cared) {
    this.vertx = vertx;
    this.log = log;
    this.request = request;
    this.response = request.response();
    this.behaviour = behaviour;
    this.answer = answer;
    this.cared = cared;
    this.digest = log.keeps() ? Sha256.digest() : null;
  }

  void serve() {
    log.started.increment();
    response.closeHandler(closed -> peerLeft());
    request.exceptionHandler(failure -> peerLeft());
    if (behaviour.equals(Behaviour.ORDINARY)) {
      serveOrdinarily();
    } else {
      misbehave();
    }
  }

  /** The path that load goes through: no pause, no timer, one write. */
  private void serveOrdinarily() {
    if (digest != null || cared != null) {
      request.handler(this::take);
    }
    request.endHandler(
        end -> {
          received();
          if (cared == null) {
            ended(answer.writeOrdinary());
          } else {
            cared.begin(answer).onComplete(made -> writeCared(cared));
          }
        });
    if (request.headers().contains(HttpHeaders.EXPECT)) {
      response.writeContinue().onFailure(failure -> peerLeft());
    }
  }

  private void writeCared(CaredExchange made) {
    made.answered();
    if (!over) {
      ended(answer.writeOrdinary());
    }
  }

  private void misbehave() {
    request.pause();
    if (behaviour.breaksAt(Phase.BEFORE_READ)) {
      breakOff();
      return;
    }
    request.handler(this::takeOne).endHandler(end -> requestEnded());
    Continue continues = behaviour.pace().continues();
    boolean asked = request.headers().contains(HttpHeaders.EXPECT);
    if (continues == Continue.ALWAYS || (asked && continues == Continue.AS_ASKED)) {
      response.writeContinue().onFailure(failure -> peerLeft());
    }
    if (behaviour.pace().early() || echoes()) {
      after(behaviour.pace().delay(), this::answer);
    } else {
      readNext();
    }
  }

  private boolean echoes() {
    return behaviour.content().body() == Body.ECHO;
  }

  /** Asks for one more buffer of the request, when the pace allows it. */
  private void readNext() {
    long rate = behaviour.pace().readRate();
    long dueMillis = rate == 0 ? 0 : bytesRead * 1000 / rate;
    long wait = dueMillis - (System.nanoTime() - began) / 1_000_000;
    if (rate == 0 || wait < 1) {
      request.fetch(1);
    } else {
      after(wait, () -> request.fetch(1));
    }
  }

  private void take(Buffer chunk) {
    bytesRead += chunk.length();
    if (cared != null) {
      cared.take(chunk);
    }
    if (digest != null) {
      digest.update(chunk.getBytes());
    }
  }

  private void takeOne(Buffer chunk) {
    take(chunk);
    if (over && !ending) {
      return;
    }
    if (behaviour.breaksAt(Phase.MID_READ)) {
      breakOff();
    } else if (echoes()) {
      echo(chunk);
    } else {
      readNext();
    }
  }

  private void echo(Buffer chunk) {
    Future<Void> written = write(chunk);
    if (behaviour.breaksAt(Phase.MID_BODY)) {
      written.onComplete(done -> breakOff());
    } else if (response.writeQueueFull()) {
      response.drainHandler(drained -> readNext());
    } else {
      response.drainHandler(null);
      readNext();
    }
  }

  private void requestEnded() {
    received();
    if (over) {
      return;
    }
    if (behaviour.breaksAt(Phase.AFTER_READ)) {
      breakOff();
    } else if (echoes()) {
      finish();
    } else if (cared != null) {
      // The delay is the time that processing takes: until then a retry is too early.
      Future<Void> made = cared.begin(answer);
      after(behaviour.pace().delay(), () -> made.onComplete(done -> answerCared(cared)));
    } else if (!behaviour.pace().early()) {
      after(behaviour.pace().delay(), this::answer);
    }
  }

  private void answerCared(CaredExchange made) {
    made.answered();
    answer();
  }

  private void answer() {
    if (over) {
      return;
    }
    answer.writeHead();
    boolean bodyless = answer.bodyless();
    if (behaviour.breaksAt(Phase.AFTER_HEAD)) {
      response.writeHead().onComplete(done -> breakOff());
      return;
    }
    if (bodyless) {
      finish();
    } else if (!echoes()) {
      pump();
    }
    if (echoes() || behaviour.pace().early()) {
      readNext();
    }
  }

  private void pump() {
    response.drainHandler(null);
    long half = answer.half();
    boolean cut = behaviour.breaksAt(Phase.MID_BODY);
    long dripEvery = behaviour.pace().dripEvery();
    while (!over) {
      byte[] next = answer.next(cut ? half - bytesSent : Long.MAX_VALUE);
      if (next.length == 0) {
        finish();
        return;
      }
      Future<Void> written = write(Buffer.buffer(next));
      if (cut && bytesSent >= half) {
        written.onComplete(done -> breakOff());
        return;
      }
      if (dripEvery > 0) {
        after(dripEvery, this::pump);
        return;
      }
      if (response.writeQueueFull()) {
        response.drainHandler(drained -> pump());
        return;
      }
    }
  }

  private Future<Void> write(Buffer chunk) {
    bytesSent += chunk.length();
    return response.write(chunk).onFailure(failure -> peerLeft());
  }

  private void finish() {
    if (over) {
      return;
    }
    if (behaviour.breaksAt(Phase.MID_BODY)) {
      breakOff();
      return;
    }
    ended(answer.end());
  }

  /** The answer's last byte was handed over; whether it got out decides how this is counted. */
  private void ended(Future<Void> end) {
    ending = true;
    over = true;
    end.onComplete(
        out -> {
          (out.succeeded() ? log.completed : log.aborted).increment();
          if (behaviour.framing() == Behaviour.Framing.UNTIL_CLOSE) {
            Sockets.finish(vertx, request.connection());
          }
        });
  }

  private void received() {
    log.received.increment();
    note(true);
  }

  private void peerLeft() {
    note(false);
    if (cared != null) {
      cared.answered();
    }
    if (!over) {
      over = true;
      log.aborted.increment();
    }
    dropUnread();
  }

  /** Vert.x never releases what a closed connection had read while it was paused. */
  private void dropUnread() {
    if (!request.isEnded()) {
      request.handler(null).endHandler(null);
      request.resume();
    }
  }

  private void breakOff() {
    if (over) {
      return;
    }
    Fault fault = behaviour.fault().orElseThrow();
    switch (fault.kind()) {
      case HANG -> after(HANG_MILLIS, () -> cut(true));
      case RESET -> cut(true);
      case CLOSE -> cut(false);
    }
  }

  private void cut(boolean reset) {
    if (over) {
      return;
    }
    over = true;
    log.brokenOff.increment();
    note(false);
    dropUnread();
    if (!reset) {
      Sockets.finish(vertx, request.connection());
    } else if (request.version() == HttpVersion.HTTP_2) {
      response.reset(INTERNAL_ERROR).onFailure(failure -> request.connection().close());
    } else {
      Connections.reset(request.connection());
    }
  }

  private void after(long millis, Runnable step) {
    if (millis <= 0) {
      step.run();
    } else {
      vertx.setTimer(
          millis,
          timer -> {
            if (!over || ending) {
              step.run();
            }
          });
    }
  }

  private void note(boolean whole) {
    if (digest == null || noted) {
      return;
    }
    noted = true;
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    for (Map.Entry<String, String> header : request.headers()) {
      if (!header.getKey().startsWith(":")) {
        headers.add(Map.entry(header.getKey(), header.getValue()));
      }
    }
    HttpMethod method = request.method();
    String sha256 = HexFormat.of().formatHex(digest.digest());
    HttpVersion version = request.version();
    log.add(new Arrival(method.name(), request.uri(), version, headers, bytesRead, sha256, whole));
  }
}
