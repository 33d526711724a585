package org.openbars.router.admin;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openbars.router.meter.Meters;

/**
 * The operator's port: {@code /health/live}, {@code /health/ready}, {@code /metrics}, {@code
 * /api/}, {@code /openapi/} and fixed pages. One event loop and one worker of its own; start and
 * stop from any thread. All but health is for callers on this machine.
 */
public final class AdminServer {
  private static final int MAX_CONNECTIONS = 64;
  private static final int MAX_LINE = 8192;
  private static final int MAX_HEADERS = 8192;
  private static final int IDLE_SECONDS = 30;

  private final Vertx vertx;
  private final AdminConfig config;
  private final WorkerExecutor worker;
  private final AdminRoutes routes;

  // Written by the one who starts, read by whoever asks.
  private volatile @Nullable Running running;

  private record Running(String deployment, int port) {}

  /**
   * @param pages by path; none may be a path of ours
   */
  public AdminServer(
      Vertx vertx,
      AdminConfig config,
      Meters meters,
      Readiness readiness,
      AuditQuestions audit,
      Operations operations,
      Map<String, Page> pages) {
    this.vertx = vertx;
    this.config = config;
    this.worker = vertx.createSharedWorkerExecutor("admin", 1);
    this.routes =
        new AdminRoutes(
            config.host(),
            () -> worker.executeBlocking(meters::scrape, false),
            readiness,
            new AuditRoutes(audit, config.changes(), worker),
            AdminRoutes.Operating.of(operations, config.changes(), worker),
            new OpenApiRoutes(worker),
            pages);
  }

  /** Opens the port; the future holds its number. Fails when the port is taken. */
  public Future<Integer> start() {
    Deployed deployed = new Deployed();
    return vertx
        .deployVerticle(deployed)
        .map(
            deployment -> {
              int port = deployed.port();
              running = new Running(deployment, port);
              return port;
            });
  }

  /** The port that is open; 0 before {@link #start} is done. */
  public int port() {
    Running now = running;
    return now == null ? 0 : now.port();
  }

  /** Closes the port and every connection to it. */
  public Future<Void> stop() {
    Running now = running;
    running = null;
    Future<Void> closed = now == null ? Future.succeededFuture() : vertx.undeploy(now.deployment());
    return closed.eventually(worker::close);
  }

  /** What runs on the admin port's event loop. */
  private final class Deployed extends VerticleBase {
    private @Nullable HttpServer server;
    private int connections;

    @Override
    public Future<?> start() {
      HttpServer opening =
          vertx
              .createHttpServer(options())
              .connectionHandler(this::bound)
              .requestHandler(routes::handle);
      server = opening;
      return opening.listen();
    }

    int port() {
      HttpServer open = server;
      return open == null ? 0 : open.actualPort();
    }

    private void bound(HttpConnection connection) {
      connections++;
      connection.closeHandler(closed -> connections--);
      if (connections > MAX_CONNECTIONS) {
        connection.close();
      }
    }

    private HttpServerOptions options() {
      return new HttpServerOptions()
          .setHost(config.host())
          .setPort(config.port())
          .setHttp2ClearTextEnabled(false)
          .setCompressionSupported(false)
          .setMaxInitialLineLength(MAX_LINE)
          .setMaxHeaderSize(MAX_HEADERS)
          .setIdleTimeout(IDLE_SECONDS)
          .setIdleTimeoutUnit(TimeUnit.SECONDS);
    }
  }
}
