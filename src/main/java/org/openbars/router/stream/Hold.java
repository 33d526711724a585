package org.openbars.router.stream;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import org.openbars.router.wire.BodyTap;

/**
 * Reads the beginning of a request's body, and sends nothing, until its tap has an opinion: at most
 * {@value #LIMIT} bytes and the chunk that passes them. A sender that waits for 100 is sent it from
 * here, as its body cannot be seen otherwise. On the exchange's event loop.
 */
public final class Hold extends Watch.Watched {
  /** Beyond so many bytes the message goes, whatever is known of it. */
  public static final int LIMIT = 64 * 1024;

  /** What came of it. */
  public sealed interface Outcome {
    /** The message may go, what was read of it first. */
    record Go(Held held) implements Outcome {}

    /** The tap refuses it. */
    record Refused() implements Outcome {}

    /** The body passed the longest allowed. */
    record TooLarge() implements Outcome {}

    /** The node holds as many bytes as it may. */
    record NoRoom() implements Outcome {}
  }

  private final Loop loop;
  private final HttpServerRequest request;
  private final BodyTap tap;
  private final Promise<Outcome> outcome = Promise.promise();
  private final List<Buffer> chunks = new ArrayList<>(4);
  private final long started = System.nanoTime();
  private final Pace pace;
  private boolean continued;
  private boolean over;
  private long bytes;

  /** Makes ready; {@code request} must be paused. */
  public Hold(Loop loop, HttpServerRequest request, BodyTap tap) {
    this.loop = loop;
    this.request = request;
    this.tap = tap;
    this.pace = new Pace(loop.config().minRate(), started);
  }

  /**
   * Reads. The request is paused again when the outcome is there; fails with a {@link
   * DeliveryException} when the sender leaves or is too slow.
   *
   * @param awaitsContinue whether the sender waits for 100 before it sends the body
   */
  public Future<Outcome> read(boolean awaitsContinue) {
    request.exceptionHandler(e -> senderLeft());
    request.response().exceptionHandler(e -> senderLeft());
    request.response().closeHandler(v -> senderLeft());
    request.handler(this::chunk);
    request.endHandler(v -> ended());
    loop.watch().add(this);
    if (awaitsContinue && request.version() != HttpVersion.HTTP_1_0) {
      continued = true;
      request.response().writeContinue();
    }
    request.resume();
    return outcome.future();
  }

  /** Whether the sender was sent 100. */
  public boolean continued() {
    return continued;
  }

  /** Body bytes read. */
  public long bytes() {
    return bytes;
  }

  private void chunk(Buffer chunk) {
    if (over) {
      return;
    }
    bytes += chunk.length();
    if (bytes > loop.maxBody()) {
      stop(new Outcome.TooLarge());
    } else if (!loop.heldBytes().take(chunk.length())) {
      stop(new Outcome.NoRoom());
    } else {
      chunks.add(chunk);
      tap.chunk(chunk);
      decide(bytes >= LIMIT, false);
    }
  }

  private void ended() {
    if (!over) {
      tap.ended();
      decide(true, true);
    }
  }

  private void decide(boolean now, boolean complete) {
    BodyTap.Opinion opinion = tap.opinion();
    if (opinion == BodyTap.Opinion.REFUSE) {
      stop(new Outcome.Refused());
    } else if (now || opinion == BodyTap.Opinion.PASS) {
      over = true;
      unwatch();
      if (!complete) {
        request.pause();
      }
      outcome.complete(new Outcome.Go(Held.of(chunks, complete, started, loop.heldBytes())));
    }
  }

  private void stop(Outcome refused) {
    drop();
    if (!request.isEnded()) {
      request.pause();
    }
    outcome.complete(refused);
  }

  private void drop() {
    over = true;
    unwatch();
    chunks.forEach(chunk -> loop.heldBytes().giveBack(chunk.length()));
    chunks.clear();
  }

  private void senderLeft() {
    if (!over) {
      end("sender left");
    }
  }

  @Override
  void tick(long now) {
    if (now - started > loop.config().maxDuration().toNanos()) {
      end("sender " + Timekeeper.Late.TOO_LONG.detail());
    } else if (pace.stalled(now, bytes)) {
      end("sender " + Timekeeper.Late.TOO_SLOW.detail());
    }
  }

  private void end(String detail) {
    drop();
    Sides.resetSender(request);
    outcome.fail(new DeliveryException(new Delivery.SenderLeft(), detail));
  }
}
