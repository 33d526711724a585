package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.message.Urgency;

/** What refusing costs the router's event loop, against carrying the same message. */
class RefusalCostTest {
  private static final int WARM_UP = Endurance.of(3_000, 30_000);
  private static final int MEASURED = Endurance.of(3_000, 30_000);

  /** A third, and in the short form, of code that is hardly compiled yet, two thirds. */
  private static final double MOST = Endurance.of(2, 1) / 3.0;

  private static final RawRequest MESSAGE =
      RawRequest.message("POST", "/$process-message", "ok").body("{\"resourceType\":\"Bundle\"}");

  @Test
  void refusalCostsAThirdOfAnExchangeAtTheMost() throws Exception {
    try (RunningReceivers receivers = RunningReceivers.start();
        RunningRouter router =
            RunningRouter.setup()
                .set("listen.event-loops", 1)
                .set("admit.max-in-flight", 10)
                .set("admit.max-recorded", 0)
                .target("ok", receivers.url("body=none"))
                .start()) {
      long loop = loopThread(router);
      exchange(router, 200, WARM_UP);
      long carried = cpuOf(loop, () -> exchange(router, 200, MEASURED));
      for (int i = 0; i < 10; i++) {
        router.process().node().capacity().enter(Urgency.CHANGE);
      }
      exchange(router, 503, WARM_UP);
      long refused = cpuOf(loop, () -> exchange(router, 503, MEASURED));
      for (int i = 0; i < 10; i++) {
        router.process().node().capacity().leave();
      }

      System.out.printf(
          "processor time of the event loop: carried %.1f us, refused %.1f us, ratio %.2f%n",
          carried / 1e3 / MEASURED, refused / 1e3 / MEASURED, (double) refused / carried);
      assertThat((double) refused / carried).isLessThan(MOST);
    }
  }

  private static void exchange(RunningRouter router, int status, int times) {
    try (RawSender sender = RawSender.to(router.port())) {
      for (int i = 0; i < times; i++) {
        assertThat(sender.exchange(MESSAGE).status()).isEqualTo(status);
      }
    }
  }

  private static long loopThread(RunningRouter router) throws Exception {
    CompletableFuture<Long> thread = new CompletableFuture<>();
    router.process().vertx().runOnContext(v -> thread.complete(Thread.currentThread().getId()));
    return thread.get(10, TimeUnit.SECONDS);
  }

  private static long cpuOf(long thread, Runnable work) {
    long before = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread);
    work.run();
    return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread) - before;
  }
}
