package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.message.Urgency;

/** What refusing costs the router's event loop, against carrying the same message. */
class RefusalCostTest {
  private static final int WARM_UP = Endurance.of(4_000, 40_000);
  private static final int MEASURED = Endurance.of(4_000, 40_000);

  private static final int SENDERS = 40;

  /** A third, and in the short form, of code that is hardly compiled yet, two thirds. */
  private static final double MOST = Endurance.of(2, 1) / 3.0;

  private static final RawRequest MESSAGE =
      RawRequest.message("POST", "/$process-message", "ok").body("{\"resourceType\":\"Bundle\"}");

  private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

  /** Following each buffer, as these tests do, costs more than what is measured here. */
  @BeforeEach
  void followNoBuffers() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
  }

  @AfterEach
  void followThemAgain() {
    ResourceLeakDetector.setLevel(level);
  }

  @Test
  void refusalCostsAThirdOfAnExchangeAtTheMost() throws Exception {
    try (RunningReceivers receivers = RunningReceivers.start();
        RunningRouter router =
            RunningRouter.setup()
                .set("listen.event-loops", 1)
                .set("admit.max-in-flight", 100)
                .set("admit.max-recorded", 0)
                .target("ok", receivers.url("body=none"))
                .start()) {
      long loop = loopThread(router);
      exchange(router, 200, WARM_UP);
      long carried = cpuOf(loop, () -> exchange(router, 200, MEASURED));
      for (int i = 0; i < 100; i++) {
        router.process().node().capacity().enter(Urgency.CHANGE);
      }
      exchange(router, 503, WARM_UP);
      long refused = cpuOf(loop, () -> exchange(router, 503, MEASURED));
      for (int i = 0; i < 100; i++) {
        router.process().node().capacity().leave();
      }

      System.out.printf(
          "processor time of the event loop: carried %.1f us, refused %.1f us, ratio %.2f%n",
          carried / 1e3 / MEASURED, refused / 1e3 / MEASURED, (double) refused / carried);
      assertThat((double) refused / carried).isLessThan(MOST);
    }
  }

  /** Many senders at once, as under load: the event loop finds several requests at each turn. */
  private static void exchange(RunningRouter router, int status, int times) {
    List<RawSender> senders =
        Stream.generate(() -> RawSender.to(router.port())).limit(SENDERS).toList();
    for (int i = 0; i < times; i += SENDERS) {
      senders.forEach(sender -> sender.send(MESSAGE));
      for (RawSender sender : senders) {
        assertThat(sender.answer("POST").status()).isEqualTo(status);
      }
    }
    senders.forEach(RawSender::close);
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
