package org.openbars.router.admin;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each path answers. A path takes GET and HEAD without a body, or POST, or both. On the admin
 * port's one event loop.
 */
final class AdminRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(AdminRoutes.class);
  private static final String HEALTH = "/health/";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String JSON = "application/json";
  private final Map<String, Route> routes = new HashMap<>();
  private final String boundHost;
  private final Supplier<Future<String>> scrape;

  /** Those that take a POST. */
  private final Map<String, Route> posts = new HashMap<>();

  /** The scrape that runs now: those who ask meanwhile get the same text. */
  private @Nullable Future<String> scraping;

  /** Answers one path. */
  interface Route {
    void answer(HttpServerRequest request);
  }

  /** The routes of those who run the node. */
  record Operating(DirectoryRoutes directory, SuspensionRoutes suspensions, ConfigRoutes config) {
    static Operating of(Operations operations, boolean changes, WorkerExecutor worker) {
      return new Operating(
          new DirectoryRoutes(operations.directory()),
          new SuspensionRoutes(operations, changes, worker),
          new ConfigRoutes(operations, changes, worker));
    }
  }

  /**
   * @param scrape runs on a worker
   */
  AdminRoutes(
      String boundHost,
      Supplier<Future<String>> scrape,
      Readiness readiness,
      AuditRoutes audit,
      Operating operating,
      OpenApiRoutes openApi,
      Map<String, Page> pages) {
    this.boundHost = boundHost;
    this.scrape = scrape;
    routes.put("/health/live", request -> json(request, 200, new JsonObject().put("live", true)));
    routes.put("/health/ready", request -> ready(request, readiness.now()));
    routes.put("/metrics", this::metrics);
    routes.putAll(audit.gets());
    posts.putAll(audit.posts());
    routes.putAll(operating.directory().gets());
    routes.putAll(operating.suspensions().gets());
    posts.putAll(operating.suspensions().posts());
    posts.putAll(operating.config().posts());
    routes.putAll(openApi.gets());
    pages.forEach(
        (path, page) -> {
          Route own = request -> send(request, 200, page.contentType(), page.body());
          if (!path.startsWith("/")
              || posts.containsKey(path)
              || routes.putIfAbsent(path, own) != null) {
            throw new IllegalArgumentException("path must start with / and be free, is " + path);
          }
        });
  }

  void handle(HttpServerRequest request) {
    try {
      dispatch(request);
    } catch (RuntimeException e) {
      failed(request, e);
    }
  }

  private void dispatch(HttpServerRequest request) {
    String path = request.path() == null ? "" : request.path();
    if (!path.startsWith(HEALTH)) {
      if (!Caller.isLocal(request.remoteAddress())) {
        problem(request, 403, "only from this machine");
        return;
      }
      if (!Caller.namesThisPort(request, boundHost)) {
        problem(request, 403, "Host must be this machine's loopback name or address");
        return;
      }
    }
    Route post = posts.get(path);
    Route get = routes.get(path);
    if (post != null && (get == null || request.method().equals(HttpMethod.POST))) {
      post(request, post);
    } else {
      get(request, get, post != null);
    }
  }

  private static void get(HttpServerRequest request, @Nullable Route route, boolean posted) {
    if (route == null) {
      problem(request, 404, "no such path");
    } else if (!request.method().equals(HttpMethod.GET)
        && !request.method().equals(HttpMethod.HEAD)) {
      request.response().putHeader(HttpHeaders.ALLOW, posted ? "GET, HEAD, POST" : "GET, HEAD");
      problem(request, 405, posted ? "only GET, HEAD and POST" : "only GET and HEAD");
    } else if (hasBody(request)) {
      problem(request, 413, "no body is taken here");
    } else {
      route.answer(request);
    }
  }

  private static void post(HttpServerRequest request, Route route) {
    if (request.method().equals(HttpMethod.POST)) {
      route.answer(request);
    } else {
      request.response().putHeader(HttpHeaders.ALLOW, "POST");
      problem(request, 405, "only POST");
    }
  }

  private static void ready(HttpServerRequest request, Readiness.State state) {
    JsonObject checks = new JsonObject();
    state.checks().forEach(checks::put);
    JsonObject body = new JsonObject().put("ready", state.ready()).put("checks", checks);
    json(request, state.ready() ? 200 : 503, body);
  }

  private void metrics(HttpServerRequest request) {
    Future<String> running = scraping;
    if (running == null) {
      running = scrape.get();
      scraping = running;
      running.onComplete(done -> scraping = null);
    }
    running
        .onSuccess(text -> send(request, 200, PROMETHEUS, Buffer.buffer(text)))
        .onFailure(e -> failed(request, e));
  }

  private static boolean hasBody(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return (length != null && !length.equals("0"))
        || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
  }

  static void failed(HttpServerRequest request, Throwable e) {
    // The path alone: a query may name a patient's conversation.
    LOG.warn("An answer on the admin port failed: {}", request.path(), e);
    if (!request.response().headWritten()) {
      problem(request, 500, "failed; the log says why");
    }
  }

  static void problem(HttpServerRequest request, int status, String text) {
    json(request, status, new JsonObject().put("error", text));
  }

  static void json(HttpServerRequest request, int status, JsonObject body) {
    send(request, status, JSON, body.toBuffer());
  }

  static void send(HttpServerRequest request, int status, String type, Buffer body) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      return;
    }
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, type)
        .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()))
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader("X-Content-Type-Options", "nosniff");
    boolean unread = hasBody(request) && !request.isEnded();
    if (unread) {
      response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    Future<Void> sent =
        request.method().equals(HttpMethod.HEAD) ? response.end() : response.end(body);
    if (unread) {
      // Nobody waits for a body of any length that nobody reads.
      sent = sent.eventually(() -> request.connection().close());
    }
    sent.onFailure(e -> LOG.debug("An answer on the admin port was not taken", e));
  }
}
