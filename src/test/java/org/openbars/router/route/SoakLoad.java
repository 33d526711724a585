package org.openbars.router.route;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.awaitility.Awaitility;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;

/**
 * Senders over HTTP/1.1 and HTTP/2 by turns, at a steady rate, of exchanges that end in every way
 * there is. Keeps counts and nothing else.
 */
final class SoakLoad implements AutoCloseable {
  private static final int TICK_MILLIS = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A machine that is too slow for the rate gets fewer, and not ever more of them at once. */
  private static final int MOST_AT_ONCE = 40;

  private static final int WINDOW = 16 << 20;
  private static final long CANCEL = 0x8;

  /** One kind of exchange: what share of a hundred it has, and how it must end; 0 for broken. */
  private record Kind(int share, String target, HttpMethod method, int bytes, int status) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind(58, "ordinary", HttpMethod.POST, 2_000, 200),
          new Kind(15, "ordinary", HttpMethod.GET, 0, 200),
          new Kind(8, "echo", HttpMethod.POST, 100_000, 200),
          new Kind(5, "long", HttpMethod.GET, 0, 200),
          new Kind(4, "unknown", HttpMethod.POST, 2_000, 404),
          new Kind(4, "failing", HttpMethod.POST, 2_000, 503),
          new Kind(2, "cutting", HttpMethod.GET, 0, 0),
          new Kind(2, "slow", HttpMethod.POST, 2_000, 0),
          new Kind(2, "leaving", HttpMethod.POST, 2_000, 503));

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http1 = client(HttpVersion.HTTP_1_1);
  private final HttpClient http2 = client(HttpVersion.HTTP_2);
  private final int port;
  private final double perMillisecond;
  private final long began = System.nanoTime();
  private final long timer;
  private final AtomicLong sent = new AtomicLong();
  private final LongAdder ended = new LongAdder();
  private final LongAdder broken = new LongAdder();
  private final Map<String, Integer> wrong = new ConcurrentHashMap<>();

  SoakLoad(int port, int perSecond) {
    this.port = port;
    this.perMillisecond = perSecond / 1000.0;
    this.timer = vertx.setPeriodic(TICK_MILLIS, tick -> sendDue());
  }

  /** A router with every target that the load asks for, and an audit. */
  static RunningRouter router(RunningReceivers receivers, String database) {
    return RunningRouter.setup()
        .target("ordinary", receivers.url(""))
        .target("echo", receivers.url("echo"))
        .target("long", receivers.url("body=random,size=200KiB,chunked"))
        .target("failing", receivers.url("status=503,body=html"))
        .target("cutting", receivers.url("reset=mid-body,body=random,size=200KiB"))
        .target("slow", receivers.url("delay=300ms"))
        .target("leaving", receivers.url("reset=after-read"))
        .set("audit.postgres.uri", database)
        .start();
  }

  private HttpClient client(HttpVersion version) {
    return vertx.createHttpClient(
        new HttpClientOptions()
            .setProtocolVersion(version)
            .setHttp2ClearTextUpgrade(false)
            .setHttp2ConnectionWindowSize(WINDOW),
        new PoolOptions().setHttp1MaxSize(MOST_AT_ONCE).setHttp2MaxSize(2));
  }

  private void sendDue() {
    double due = (System.nanoTime() - began) / 1e6 * perMillisecond;
    while (sent.get() < due && sent.get() - ended() < MOST_AT_ONCE) {
      send(sent.getAndIncrement());
    }
  }

  /** The kinds spread evenly over each hundred: 37 and 100 have no common divisor. */
  private static Kind kind(long number) {
    int place = (int) (number * 37 % 100);
    for (Kind kind : KINDS) {
      place -= kind.share();
      if (place < 0) {
        return kind;
      }
    }
    throw new AssertionError("shares must add up to 100");
  }

  private void send(long number) {
    Kind kind = kind(number);
    boolean get = kind.method().equals(HttpMethod.GET);
    RequestOptions options =
        new RequestOptions()
            .setMethod(kind.method())
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI(RunningRouter.BASE_PATH + (get ? "/Slot" : "/$process-message"))
            .setTimeout(PATIENCE.toMillis())
            .putHeader("X-Request-Id", UUID.randomUUID().toString())
            .putHeader("X-Correlation-Id", UUID.randomUUID().toString())
            .putHeader("Content-Type", "application/fhir+json")
            .putHeader("NHSD-Target-Identifier", RunningRouter.header(kind.target()));
    HttpClient client = number % 2 == 0 ? http1 : http2;
    client
        .request(options)
        .compose(request -> exchange(request, kind))
        .onSuccess(status -> ended(kind, status, ""))
        .onFailure(e -> ended(kind, 0, " by " + e));
  }

  private Future<Integer> exchange(HttpClientRequest request, Kind kind) {
    Future<HttpClientResponse> answer =
        kind.bytes() == 0 ? request.send() : request.send(body(kind.bytes()));
    if (kind.target().equals("slow")) {
      // This sender does not wait for it.
      vertx.setTimer(100, left -> request.reset(CANCEL).otherwiseEmpty());
    }
    return answer.compose(head -> head.body().map(head.statusCode()));
  }

  private static Buffer body(int length) {
    byte[] text = new byte[length];
    Arrays.fill(text, (byte) 'x');
    byte[] begin =
        "{\"resourceType\":\"Bundle\",\"id\":\""
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    System.arraycopy(begin, 0, text, 0, begin.length);
    text[length - 2] = '"';
    text[length - 1] = '}';
    return Buffer.buffer(text);
  }

  private void ended(Kind kind, int status, String cause) {
    ended.increment();
    if (status == 0) {
      broken.increment();
    }
    // A receiver may be cut off so early that the router can still answer for it.
    boolean right = status == kind.status() || (kind.status() == 0 && status == 503);
    if (!right) {
      wrong.merge(kind.target() + " ended with " + status + cause, 1, Integer::sum);
    }
  }

  /** Exchanges that have ended in any way. */
  long ended() {
    return ended.sum();
  }

  /** What ended otherwise than it must, and how often. */
  Map<String, Integer> wrong() {
    return wrong;
  }

  /** Sends no more, and waits for what was sent. */
  void stop() {
    vertx.cancelTimer(timer);
    Awaitility.await().atMost(PATIENCE.plusSeconds(10)).until(() -> ended() == sent.get());
  }

  @Override
  public String toString() {
    return broken.sum() + " broken off as they should be";
  }

  @Override
  public void close() {
    Exchanges.await(vertx.close());
  }
}
