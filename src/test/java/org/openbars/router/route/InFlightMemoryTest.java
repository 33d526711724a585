package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.RawHttp2;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RunningRouter;

/** What an exchange holds that waits for its receiver: the budget of docs/threads.md. */
class InFlightMemoryTest {
  private static final int IN_FLIGHT = Endurance.of(500, 7000);
  private static final int STREAMS = 250;
  private static final int STEP = 50;

  /** Heads of 2 x (8 + 16) KiB at the most; bodies there are none. */
  private static final long MOST_EACH = 48 * 1024;

  @Test
  void waitingExchangesKeepWithinTheBudget() throws Exception {
    ConcurrentLinkedQueue<SocketChannel> held = new ConcurrentLinkedQueue<>();
    try (ServerSocketChannel receiver = ServerSocketChannel.open()) {
      receiver.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
      hold(receiver, held);
      int port = ((InetSocketAddress) receiver.getLocalAddress()).getPort();
      try (RunningRouter router =
          RunningRouter.setup()
              .set("admit.read-share", "100%")
              .set("admit.new-share", "100%")
              .set("stream.max-in-flight", IN_FLIGHT)
              .set("stream.max-connections", IN_FLIGHT)
              .set("stream.connect-timeout", "30s")
              .set("stream.deadline", "5m")
              .patience(Duration.ofMillis(1))
              .target("silent", "http://127.0.0.1:" + port)
              .start()) {
        long before = used();
        List<RawHttp2> senders = send(router);
        long each = (used() - before) / IN_FLIGHT;
        System.out.printf(
            "in flight %d: %d bytes of heap and direct memory each%n", IN_FLIGHT, each);
        assertThat(each).isLessThan(MOST_EACH);
        senders.forEach(RawHttp2::close);
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> router.process().node().capacity().inFlight() == 0);
      }
    } finally {
      for (SocketChannel each : held) {
        each.close();
      }
    }
  }

  private static List<RawHttp2> send(RunningRouter router) {
    RawRequest request = RawRequest.message("GET", "/Slot", "silent");
    List<RawHttp2> senders = new ArrayList<>();
    for (int sent = 0; sent < IN_FLIGHT; sent++) {
      if (sent % STREAMS == 0) {
        senders.add(RawHttp2.to(router.port()));
      }
      RawHttp2 sender = senders.get(senders.size() - 1);
      assertThat(sender.send(RawHttp2.request(2 * (sent % STREAMS) + 1, request))).isTrue();
      if (sent % STEP == 0) {
        int least = sent + 1;
        await()
            .pollInterval(Duration.ofMillis(5))
            .atMost(Duration.ofSeconds(30))
            .until(() -> router.process().node().capacity().inFlight() >= least);
      }
    }
    await().until(() -> router.process().node().capacity().inFlight() == IN_FLIGHT);
    return senders;
  }

  private static void hold(
      ServerSocketChannel receiver, ConcurrentLinkedQueue<SocketChannel> held) {
    Thread acceptor =
        new Thread(
            () -> {
              try {
                while (true) {
                  held.add(receiver.accept());
                }
              } catch (IOException e) {
                // The test has ended.
              }
            },
            "silent-receiver");
    acceptor.setDaemon(true);
    acceptor.start();
  }

  private static long used() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
        + PlatformDependent.usedDirectMemory();
  }
}
