package org.openbars.router.route;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.wire.Connections;

/** Receivers, each on a port of its own, that check what they get against its {@link Plan}. */
final class PlannedReceivers implements AutoCloseable {
  static final String NUMBER = "X-Plan";
  static final String RECEIVER = "X-Receiver";
  private static final String BASE = "/FHIR/R4/of/";
  private static final int PIECE = 7_000;

  private final Vertx vertx = Vertx.vertx();
  private final List<HttpServer> servers = new ArrayList<>();
  private final Map<Integer, Plan> expected = new ConcurrentHashMap<>();
  private final AtomicIntegerArray arrivals;
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();

  PlannedReceivers(int receivers, int exchanges) {
    arrivals = new AtomicIntegerArray(exchanges);
    for (int i = 0; i < receivers; i++) {
      int number = i;
      HttpServerOptions options =
          new HttpServerOptions().setHost("127.0.0.1").setPort(0).setMaxHeaderSize(64 * 1024);
      servers.add(
          Exchanges.await(
              vertx
                  .createHttpServer(options)
                  .requestHandler(request -> received(number, request))
                  .listen()));
    }
  }

  String url(int receiver) {
    return "http://127.0.0.1:" + servers.get(receiver).actualPort() + BASE + receiver;
  }

  /** From here on a message of this plan may come. */
  void expect(Plan plan) {
    expected.put(plan.number(), plan);
  }

  /** No message of this plan may come any more. */
  void done(Plan plan) {
    expected.remove(plan.number());
  }

  /** How often a message of this number came. */
  int arrivals(int number) {
    return arrivals.get(number);
  }

  /** What came otherwise than planned. */
  Queue<String> faults() {
    return faults;
  }

  private void received(int receiver, HttpServerRequest request) {
    request.exceptionHandler(e -> {});
    int number = Integer.parseInt(request.getHeader(NUMBER));
    arrivals.incrementAndGet(number);
    Plan plan = expected.get(number);
    if (plan == null) {
      // Its sender has left, and is not looked after any more.
      Connections.reset(request.connection());
      return;
    }
    checkHead(receiver, plan, request);
    if (plan.trouble() == Plan.Trouble.EARLY) {
      answer(receiver, plan, request);
      return;
    }
    // Bytes that are not the planned ones are found as they come, and not held.
    int[] position = {0};
    request.handler(
        chunk -> {
          checkBytes("request", plan, plan.request(), position[0], chunk);
          position[0] += chunk.length();
        });
    request.endHandler(
        end -> {
          check(plan, "request's length", plan.request().bytes().length(), position[0]);
          if (plan.trouble() == Plan.Trouble.NO_ANSWER) {
            Connections.reset(request.connection());
          } else {
            answer(receiver, plan, request);
          }
        });
  }

  private void checkHead(int receiver, Plan plan, HttpServerRequest request) {
    check(plan, "receiver", plan.target(), receiver);
    check(plan, "method", plan.method(), request.method());
    check(plan, "uri", BASE + receiver + plan.path(), request.uri());
    check(plan, "request id", List.of(plan.requestId()), request.headers().getAll("X-Request-Id"));
    check(
        plan,
        "correlation id",
        List.of(plan.correlationId()),
        request.headers().getAll("X-Correlation-Id"));
    for (Map.Entry<String, String> header : plan.headers()) {
      check(
          plan,
          header.getKey(),
          Plan.values(plan.headers(), header.getKey()),
          request.headers().getAll(header.getKey()));
    }
    String coding = request.getHeader("Content-Encoding");
    check(plan, "coding", plan.request().gzip() ? "gzip" : null, coding);
  }

  /** A piece of a body against where it must stand. */
  void checkBytes(String side, Plan plan, Plan.Body body, int position, Buffer chunk) {
    int end = position + chunk.length();
    if (end > body.bytes().length() || !body.bytes().slice(position, end).equals(chunk)) {
      faults.add("exchange " + plan.number() + ": other bytes in the " + side + " at " + position);
    }
  }

  /** One thing at either end against the plan. */
  void check(Plan plan, String what, @Nullable Object planned, @Nullable Object found) {
    if (!Objects.equals(planned, found)) {
      faults.add(
          "exchange " + plan.number() + ": " + what + " is " + found + " in place of " + planned);
    }
  }

  private void answer(int receiver, Plan plan, HttpServerRequest request) {
    HttpServerResponse response = request.response();
    response.exceptionHandler(e -> {});
    response.putHeader(NUMBER, Integer.toString(plan.number()));
    response.putHeader(RECEIVER, Integer.toString(receiver));
    response.putHeader("X-Request-Id", plan.requestId());
    response.putHeader("X-Correlation-Id", plan.correlationId());
    for (Map.Entry<String, String> header : plan.answerHeaders()) {
      response.headers().add(header.getKey(), header.getValue());
    }
    Plan.Body body = plan.answer();
    if (body.gzip()) {
      response.putHeader("Content-Encoding", "gzip");
    }
    if (body.chunked()) {
      response.setChunked(true);
    } else {
      response.putHeader("Content-Length", Integer.toString(body.bytes().length()));
    }
    boolean cut = plan.trouble() == Plan.Trouble.ANSWER_CUT;
    pump(request, body.bytes(), 0, cut ? body.bytes().length() / 2 : body.bytes().length(), cut);
  }

  private void pump(HttpServerRequest request, Buffer bytes, int from, int to, boolean cut) {
    HttpServerResponse response = request.response();
    int position = from;
    while (position < to) {
      if (response.writeQueueFull()) {
        int next = position;
        response.drainHandler(v -> pump(request, bytes, next, to, cut));
        return;
      }
      int end = Math.min(to, position + PIECE);
      response.write(bytes.slice(position, end)).otherwiseEmpty();
      position = end;
    }
    response.drainHandler(null);
    if (cut) {
      Future<Void> written = response.write(Buffer.buffer());
      written.onComplete(done -> Connections.reset(request.connection()));
    } else {
      response.end().otherwiseEmpty();
    }
  }

  @Override
  public void close() {
    Exchanges.await(vertx.close());
  }
}
