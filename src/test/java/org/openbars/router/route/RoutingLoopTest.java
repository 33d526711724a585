package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningRouter;

/** Two routers whose directories send a service's messages to each other. */
final class RoutingLoopTest {
  private static double loops(RunningRouter router) {
    return router
        .process()
        .node()
        .meters()
        .registry()
        .get("bars.errors")
        .tag("error", "routing_loop")
        .counter()
        .count();
  }

  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String at(int port) {
    return "http://127.0.0.1:" + port + RunningRouter.BASE_PATH;
  }

  @Test
  void messageGoesRoundOnceAndIsRefusedByTheNextRouter() throws Exception {
    int one = free();
    int two = free();
    try (RunningRouter first =
            RunningRouter.setup().set("listen.port", one).target("lost", at(two)).start();
        RunningRouter second =
            RunningRouter.setup().set("listen.port", two).target("lost", at(one)).start()) {
      RawAnswer answer =
          RawSender.exchange(
              one, RawRequest.message("POST", "/$process-message", "lost").body("{}"));

      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.body().toString()).contains("PROXY_SERVER_ERROR", "passed this router");
      assertThat(answer.header("X-Request-Id")).contains(RunningRouter.REQUEST_ID);
      assertThat(loops(second)).isEqualTo(1);
      assertThat(first.process().node().capacity().inFlight()).isZero();
      assertThat(second.process().node().capacity().inFlight()).isZero();
    }
  }
}
