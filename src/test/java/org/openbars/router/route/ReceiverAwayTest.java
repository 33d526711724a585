package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.LogLines;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.SteadyLoad;

/** Receivers that are away while senders go on: the log says so, and does not drown in it. */
final class ReceiverAwayTest {
  private static final Duration AWAY = Endurance.of(Duration.ofSeconds(4), Duration.ofMinutes(10));
  private static final int RATE = Endurance.of(200, 500);

  /** What the log's clock may differ from the one that holds lines back. */
  private static final long MILLIS_BETWEEN = 980;

  @Test
  void aReceiverThatIsAwayCostsTheLogOneLineASecond() throws IOException {
    try (RunningReceivers resetting = RunningReceivers.start();
        RunningRouter router =
            RunningRouter.setup()
                .target("refusing", "http://127.0.0.1:" + refusingPort() + "/FHIR/R4")
                .target("resetting", resetting.url("reset=after-read"))
                .start();
        LogLines log = LogLines.watch();
        SteadyLoad refused = new SteadyLoad(router.port(), "refusing", RATE);
        SteadyLoad reset = new SteadyLoad(router.port(), "resetting", RATE)) {
      long began = System.nanoTime();
      await().atMost(AWAY.plusSeconds(30)).until(() -> System.nanoTime() - began > AWAY.toNanos());
      refused.stop();
      reset.stop();
      double seconds = (System.nanoTime() - began) / 1e9;

      List<ILoggingEvent> lines = log.all();
      Map<String, List<Long>> byReceiver = new HashMap<>();
      List<String> others = new ArrayList<>();
      for (ILoggingEvent line : lines) {
        String receiver = LogLines.field(line, "receiver");
        if (receiver.isEmpty()) {
          others.add(line.getLoggerName() + " " + line.getFormattedMessage());
        } else {
          byReceiver.computeIfAbsent(receiver, key -> new ArrayList<>()).add(line.getTimeStamp());
        }
      }
      System.out.printf(
          "two receivers away for %.1f s at %d/s each: %d exchanges, %d lines%n",
          seconds, RATE, refused.sent() + reset.sent(), lines.size());
      assertThat(refused.answered().values()).containsOnly(503);
      assertThat(reset.answered().values()).containsOnly(503);
      assertThat(refused.broken() + reset.broken()).isZero();
      assertThat(others).isEmpty();
      assertThat(byReceiver).hasSize(2);
      byReceiver.forEach((receiver, times) -> assertAtMostOneASecond(receiver, times, seconds));
    }
  }

  private static void assertAtMostOneASecond(String receiver, List<Long> times, double seconds) {
    assertThat(times).as(receiver).hasSizeBetween(2, (int) seconds + 1);
    for (int i = 1; i < times.size(); i++) {
      assertThat(times.get(i) - times.get(i - 1)).as(receiver).isGreaterThan(MILLIS_BETWEEN);
    }
  }

  /** A port of this machine on which nobody listens. */
  private static int refusingPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
