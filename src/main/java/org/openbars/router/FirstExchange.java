package org.openbars.router;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openbars.router.config.RouterConfig;
import org.openbars.router.sandbox.SandboxBanner;
import org.openbars.router.sandbox.synthetic.CareSetting;

/**
 * The sandbox's own first exchange, from the sender to the audit's database: what it takes to load
 * and to connect everything is over when the user's first message comes, so that its record is
 * there by the time it is asked for.
 */
final class FirstExchange {
  private static final Duration LOOK_EVERY = Duration.ofMillis(10);

  private final Vertx vertx;
  private final RouterProcess router;
  private final RouterConfig config;

  FirstExchange(Vertx vertx, RouterProcess router, RouterConfig config) {
    this.vertx = vertx;
    this.router = router;
    this.config = config;
  }

  /** Completes when its record is stored; without an audit when it is answered. */
  Future<Void> run() {
    return router.node().audit().ready().compose(v -> exchange()).compose(v -> stored());
  }

  private Future<?> exchange() {
    String target = SandboxBanner.targetHeader(CareSetting.EMERGENCY_DEPARTMENT.target());
    HttpClient sender = vertx.createHttpClient();
    return sender
        .request(
            HttpMethod.GET,
            router.port(),
            config.listen().host(),
            config.listen().basePath() + "/metadata")
        .compose(
            request ->
                request
                    .putHeader("X-Request-Id", UUID.randomUUID().toString())
                    .putHeader("X-Correlation-Id", UUID.randomUUID().toString())
                    .putHeader("NHSD-Target-Identifier", target)
                    .putHeader("Accept", "application/fhir+json; version=1.1.0")
                    .send())
        .compose(HttpClientResponse::body)
        .eventually(sender::close);
  }

  private Future<Void> stored() {
    if (!config.audit().on() || records() > 0) {
      return Future.succeededFuture();
    }
    return vertx.timer(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS).compose(later -> stored());
  }

  private double records() {
    return router
        .node()
        .meters()
        .registry()
        .get("bars.audit.stored")
        .tag("sink", "postgres")
        .counter()
        .count();
  }
}
