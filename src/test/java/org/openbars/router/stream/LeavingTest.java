package org.openbars.router.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Gauge;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.LeakReports;
import org.openbars.router.fixture.LogLines;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.sandbox.MockReceivers;

/**
 * Senders leave at every phase of an exchange, by an orderly end or a reset of their connection, or
 * of an HTTP/2 stream: nothing of theirs stays, and the receiver's side is reset.
 */
final class LeavingTest {
  private static final int EACH = Endurance.of(150, 300);
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration AT_WORK = Duration.ofSeconds(9);
  private static final String HALF_A_BODY =
      chunk("{\"resourceType\": \"Bundle\", \"meta\": [" + "1,".repeat(10_000)) + "4e20\r\n1,1,";

  private final LeakReports leaks = LeakReports.watch();
  private final LogLines log = LogLines.watch();
  private final RunningReceivers receivers = RunningReceivers.start();
  private final List<Socket> fillers = new ArrayList<>();
  private ServerSocket blackHole;
  private RunningRouter router;
  private MockReceivers.Counts before;
  private long slowest;
  private int left;

  @BeforeEach
  void start() throws IOException {
    blackHole = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    // Its queue is full from here on: a connection to it is never there and never refused.
    for (int i = 0; i < 2; i++) {
      fillers.add(new Socket(blackHole.getInetAddress(), blackHole.getLocalPort()));
    }
    router = router("flag");
    before = receivers.mock().counts();
  }

  private RunningRouter router(String onMismatch) {
    return RunningRouter.setup()
        .target("ordinary", receivers.url(""))
        .target("hanging", receivers.url("hang=before-head"))
        .target("head-only", receivers.url("hang=after-head,body=random,size=1MiB"))
        .target("endless", receivers.url("body=random,size=1GiB"))
        .target("never-there", "http://127.0.0.1:" + blackHole.getLocalPort() + "/FHIR/R4")
        .set("inspect.on-mismatch", onMismatch)
        .set("stream.connect-timeout", "30s")
        .start();
  }

  @AfterEach
  void stop() throws IOException {
    router.close();
    for (Socket filler : fillers) {
      filler.close();
    }
    blackHole.close();
    receivers.close();
    leaks.close();
    log.close();
  }

  @Test
  void senderThatLeavesAtAnyPhaseLeavesNothingBehind() {
    byte[] whole = RawRequest.message("GET", "/Slot", "ordinary").bytes();
    leave("within the head", 0, () -> LeavingSenders.ofHalfAHead(router.port(), EACH, whole));
    RawRequest post =
        RawRequest.message("POST", "/$process-message", "ordinary")
            .with("Content-Type", "application/fhir+json");
    leave("while a connection is sought", 0, () -> senders(to(post, "never-there").body("{}")));
    RawRequest half = post.with("Transfer-Encoding", "chunked");
    leave("within the body", 1, () -> senders(half.afterHead(HALF_A_BODY)));
    leave("while waiting", 1, () -> senders(to(post, "hanging").body("{}")));
    leave("after the answer's head", 1, () -> answered(to(post, "head-only").body("{}")));
    leave("within the answer's body", 1, () -> answered(to(post, "endless").body("{}")));
    router.close();
    router = router("refuse");
    leave("while the message is held", 0, () -> senders(half.afterHead(HALF_A_BODY)));

    System.out.printf(
        "%d senders left in 7 phases; the slowest phase had nothing in flight %d ms after%n",
        left, TimeUnit.NANOSECONDS.toMillis(slowest));
    assertThat(left).isGreaterThanOrEqualTo(7 * EACH);
    assertThat(leaks.soFar()).isEmpty();
    assertThat(log.warnings()).isEmpty();
  }

  private static String chunk(String text) {
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
  }

  private static RawRequest to(RawRequest request, String target) {
    return request.only(RawRequest.TARGET, RunningRouter.header(target));
  }

  private LeavingSenders senders(RawRequest request) {
    return LeavingSenders.of(router.port(), EACH, request);
  }

  private LeavingSenders answered(RawRequest request) {
    LeavingSenders senders = senders(request);
    await()
        .atMost(AT_WORK)
        .untilAsserted(
            () ->
                assertThat(senders.answering()).as(senders.toString()).isEqualTo(senders.count()));
    return senders;
  }

  private interface Start {
    LeavingSenders senders();
  }

  /**
   * Lets them come, waits until all are where they are to be, and lets them leave.
   *
   * @param arrivals requests that each sender causes at the receiver
   */
  private void leave(String phase, int arrivals, Start start) {
    before = receivers.mock().counts();
    try (LeavingSenders senders = start.senders()) {
      int count = senders.count();
      await(phase)
          .atMost(AT_WORK)
          .untilAsserted(
              () ->
                  assertThat(state())
                      .isEqualTo(
                          state(senders.connections(), senders.inFlight(), arrivals * count)));
      long began = System.nanoTime();
      senders.leave();
      await(phase).atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> inFlight() == 0);
      slowest = Math.max(slowest, System.nanoTime() - began);
      left += count;
    }
    await(phase)
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(gauge("bars.connections")).isZero();
              assertThat(receiversInFlight()).isZero();
              MockReceivers.Counts now = receivers.mock().counts();
              assertThat(now.open()).isZero();
              assertThat(now.aborted() - before.aborted()).isEqualTo(came());
              assertThat(now.completed()).isEqualTo(before.completed());
            });
  }

  private String state() {
    return state((int) gauge("bars.connections"), inFlight(), (int) came());
  }

  private static String state(int connections, int inFlight, int arrived) {
    return connections + " connected, " + inFlight + " in flight, " + arrived + " at the receiver";
  }

  private long came() {
    return receivers.mock().counts().started() - before.started();
  }

  private int inFlight() {
    return router.process().node().capacity().inFlight();
  }

  private double gauge(String name) {
    return router.process().node().meters().registry().get(name).gauge().value();
  }

  private double receiversInFlight() {
    return router
        .process()
        .node()
        .meters()
        .registry()
        .find("bars.receiver.in.flight")
        .gauges()
        .stream()
        .mapToDouble(Gauge::value)
        .sum();
  }
}
