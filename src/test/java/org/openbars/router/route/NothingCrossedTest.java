package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.RunningRouter;

/**
 * Many exchanges at once between senders of both versions and a hundred receivers, some of them cut
 * off at either end: each message comes to its receiver once and as it was, each answer to its
 * sender.
 */
final class NothingCrossedTest {
  private static final int TARGETS = 100;
  private static final int EXCHANGES = Endurance.of(1_500, 100_000);
  private static final int AT_ONCE = 100;
  private static final String NOT_CARRIED = "answered by the router";

  /** Of so many exchanges one may meet a connection that was cut off a moment before. */
  private static final int ONE_NEVER_SENT_IN = 1_000;

  private static final int PIECE = 9_000;
  private static final long CANCEL = 0x8;
  private static final Duration PATIENCE = Endurance.of(Duration.ofMinutes(2), Duration.ofHours(1));

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http1 = client(HttpVersion.HTTP_1_1);
  private final HttpClient http2 = client(HttpVersion.HTTP_2);
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicInteger neverSent = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final Map<Plan.Trouble, LongAdder> ends = new ConcurrentHashMap<>();
  private PlannedReceivers receivers;
  private RunningRouter router;

  @BeforeEach
  void start() {
    receivers = new PlannedReceivers(TARGETS, EXCHANGES);
    RunningRouter.Setup setup = RunningRouter.setup();
    for (int i = 0; i < TARGETS; i++) {
      setup.target("t" + i, receivers.url(i));
    }
    router = setup.start();
  }

  @AfterEach
  void stop() {
    router.close();
    receivers.close();
    Exchanges.await(vertx.close());
  }

  private HttpClient client(HttpVersion version) {
    return vertx.createHttpClient(
        new HttpClientOptions()
            .setProtocolVersion(version)
            .setHttp2ClearTextUpgrade(false)
            .setMaxHeaderSize(64 * 1024)
            .setInitialSettings(new Http2Settings().setMaxHeaderListSize(64 * 1024)),
        new PoolOptions().setHttp1MaxSize(AT_ONCE).setHttp2MaxSize(2));
  }

  @Test
  void everyMessageComesToItsReceiverAndEveryAnswerToItsSender() {
    for (int i = 0; i < AT_ONCE; i++) {
      vertx.runOnContext(v -> send());
    }
    await().atMost(PATIENCE).until(() -> ended.get() == EXCHANGES);

    System.out.printf(
        "%d exchanges over %d targets, %d at once: %d body bytes, ends %s, %d never sent, %d"
            + " faults%n",
        EXCHANGES, TARGETS, AT_ONCE, bytes.get(), ends, neverSent.get(), receivers.faults().size());
    assertThat(receivers.faults()).isEmpty();
    assertThat(neverSent.get()).isLessThanOrEqualTo(EXCHANGES / ONE_NEVER_SENT_IN);
    for (int i = 0; i < EXCHANGES; i++) {
      assertThat(receivers.arrivals(i)).as("exchange %d", i).isLessThanOrEqualTo(1);
    }
  }

  private void send() {
    int number = next.getAndIncrement();
    if (number >= EXCHANGES) {
      return;
    }
    Plan plan = Plan.of(number, TARGETS);
    receivers.expect(plan);
    HttpClient client = number % 2 == 0 ? http1 : http2;
    client
        .request(options(plan))
        .compose(request -> exchange(plan, request))
        .onComplete(
            (done, failure) -> {
              end(plan, failure);
              send();
            });
  }

  private RequestOptions options(Plan plan) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(plan.method())
            .setHost("127.0.0.1")
            .setPort(router.port())
            .setURI(RunningRouter.BASE_PATH + plan.path())
            .putHeader(PlannedReceivers.NUMBER, Integer.toString(plan.number()))
            .putHeader("X-Request-Id", plan.requestId())
            .putHeader("X-Correlation-Id", plan.correlationId())
            .putHeader("Content-Type", "application/octet-stream")
            .putHeader("NHSD-Target-Identifier", RunningRouter.header("t" + plan.target()));
    for (Map.Entry<String, String> header : plan.headers()) {
      options.addHeader(header.getKey(), header.getValue());
    }
    if (plan.request().gzip()) {
      options.putHeader("Content-Encoding", "gzip");
    }
    return options;
  }

  private Future<Void> exchange(Plan plan, HttpClientRequest request) {
    request.exceptionHandler(e -> {});
    Buffer body = plan.request().bytes();
    if (body.length() == 0) {
      return request.send().compose(answer -> answered(plan, answer));
    }
    if (plan.request().chunked()) {
      request.setChunked(true);
    } else {
      request.putHeader("Content-Length", Integer.toString(body.length()));
    }
    pump(plan, request, 0);
    return request.response().compose(answer -> answered(plan, answer));
  }

  private static void pump(Plan plan, HttpClientRequest request, int from) {
    Buffer body = plan.request().bytes();
    boolean leaves = plan.trouble() == Plan.Trouble.SENDER_LEAVES;
    int to = leaves ? body.length() / 2 : body.length();
    for (int position = from; position < to; position += PIECE) {
      if (request.writeQueueFull()) {
        int next = position;
        request.drainHandler(v -> pump(plan, request, next));
        return;
      }
      request.write(body.slice(position, Math.min(to, position + PIECE))).otherwiseEmpty();
    }
    request.drainHandler(null);
    if (leaves) {
      request.reset(CANCEL).otherwiseEmpty();
    } else {
      request.end().otherwiseEmpty();
    }
  }

  /** An answer of the router's, or the planned one to its last byte. */
  private Future<Void> answered(Plan plan, HttpClientResponse answer) {
    check(plan, "its request id", plan.requestId(), answer.getHeader("X-Request-Id"));
    check(plan, "its correlation id", plan.correlationId(), answer.getHeader("X-Correlation-Id"));
    if (answer.statusCode() == 503) {
      return answer.end().compose(v -> Future.failedFuture(NOT_CARRIED));
    }
    check(plan, "status", 200, answer.statusCode());
    check(
        plan, "number", Integer.toString(plan.number()), answer.getHeader(PlannedReceivers.NUMBER));
    check(
        plan,
        "answering receiver",
        Integer.toString(plan.target()),
        answer.getHeader(PlannedReceivers.RECEIVER));
    for (Map.Entry<String, String> header : plan.answerHeaders()) {
      check(
          plan,
          header.getKey(),
          Plan.values(plan.answerHeaders(), header.getKey()),
          answer.headers().getAll(header.getKey()));
    }
    int[] position = {0};
    answer.handler(
        chunk -> {
          receivers.checkBytes("answer", plan, plan.answer(), position[0], chunk);
          position[0] += chunk.length();
        });
    return answer
        .end()
        .onSuccess(
            v -> {
              bytes.addAndGet(position[0] + plan.request().bytes().length());
              check(plan, "answer's length", plan.answer().bytes().length(), position[0]);
            });
  }

  private void check(Plan plan, String what, @Nullable Object planned, @Nullable Object found) {
    receivers.check(plan, what, planned, found);
  }

  /** An exchange without trouble must go through, one that was cut off must not look whole. */
  private void end(Plan plan, @Nullable Throwable failure) {
    receivers.done(plan);
    ended.incrementAndGet();
    ends.computeIfAbsent(plan.trouble(), key -> new LongAdder()).increment();
    boolean through = failure == null;
    switch (plan.trouble()) {
      case NONE -> {
        boolean never = !through && NOT_CARRIED.equals(failure.getMessage());
        if (never && receivers.arrivals(plan.number()) == 0) {
          neverSent.incrementAndGet();
        } else {
          check(plan, "its end", "through", through ? "through" : String.valueOf(failure));
        }
      }
      case SENDER_LEAVES, ANSWER_CUT, NO_ANSWER ->
          check(plan, "its end", "broken off", through ? "through" : "broken off");
      // The answer may come while the rest of the body is on its way, and cost the connection.
      case EARLY -> {}
    }
  }
}
