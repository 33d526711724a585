package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.ResourceLeakDetector;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.openbars.router.fixture.OpenLoad;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RunningRouter;

/**
 * What a node still carries when more is offered than it can. One event loop, so that load and
 * receiver have the other processor. Needs a machine with nothing else to do.
 */
@EnabledIfSystemProperty(named = "endurance", matches = "true")
class GoodputTest {
  private static final RawRequest MESSAGE =
      RawRequest.message("POST", "/$process-message", "ok").body("{\"resourceType\":\"Bundle\"}");
  private static final double SECONDS = 8;

  private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

  @BeforeEach
  void followNoBuffers() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
  }

  @AfterEach
  void followThemAgain() {
    ResourceLeakDetector.setLevel(level);
  }

  @Test
  void goodputStaysFlatAtFiveTimesWhatTheNodeCarries() throws Exception {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    int receiver =
        vertx
            .createHttpServer(new HttpServerOptions().setTcpNoDelay(true))
            .requestHandler(request -> request.response().end("{}"))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS)
            .actualPort();
    try (RunningRouter router =
            RunningRouter.setup()
                .set("listen.event-loops", 1)
                .set("admit.max-loop-delay", System.getProperty("lag", "20ms"))
                .target("ok", "http://127.0.0.1:" + receiver)
                .start();
        OpenLoad load = new OpenLoad(router.port(), MESSAGE)) {
      for (int rate = 100; rate < 2000; rate *= 2) {
        run(load, "warm-up", rate);
      }
      int peak = peak(load);
      OpenLoad.Result calm = run(load, "80 %", (int) (0.8 * peak));
      OpenLoad.Result twice = run(load, "200 %", 2 * peak);
      OpenLoad.Result five = run(load, "500 %", 5 * peak);

      assertThat(twice.goodput()).isGreaterThan(0.9 * peak);
      assertThat(five.goodput()).isGreaterThan(0.75 * peak);
      assertThat(twice.p99Micros()).isLessThan(2 * calm.p99Micros());
      assertThat(five.p99Micros()).isLessThan(2 * calm.p99Micros());
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  /** The highest rate, in steps of a quarter, up to the first that is not answered in full. */
  private static int peak(OpenLoad load) {
    int best = 0;
    for (double rate = 2000; rate < 100_000; rate *= 1.25) {
      OpenLoad.Result result = run(load, "search", (int) rate);
      best = (int) Math.max(best, result.goodput());
      if (result.goodput() < 0.9 * rate) {
        return best;
      }
    }
    return best;
  }

  private static OpenLoad.Result run(OpenLoad load, String name, int rate) {
    // What was left of the run before goes first.
    load.run(Math.min(rate, 1000), 3);
    OpenLoad.Result result = load.run(rate, SECONDS);
    System.out.printf(
        "%s: offered %d/s, sent %d, of them held back %d, carried %.0f/s, refused %d, p99 %.1f ms%n",
        name,
        rate,
        result.sent(),
        result.heldBack(),
        result.goodput(),
        result.refused(),
        result.p99Micros() / 1000.0);
    return result;
  }
}
