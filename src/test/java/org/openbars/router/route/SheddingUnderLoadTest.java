package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openbars.router.admit.NodeCapacity;
import org.openbars.router.fixture.Bench;
import org.openbars.router.fixture.OutcomeBody;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.message.Urgency;

/** What a full or a late node refuses, in which order, and what it leaves in the audit. */
class SheddingUnderLoadTest {
  private static final RawRequest READ = RawRequest.message("GET", "/Slot", "echo");
  private static final RawRequest NEW =
      RawRequest.message("POST", "/$process-message", "echo").body("{}");
  private static final RawRequest CHANGE = RawRequest.message("DELETE", "/Appointment/a", "echo");

  private Bench bench;

  @BeforeEach
  void start() {
    bench = new Bench().target("echo", "echo");
    bench
        .setup()
        .set("listen.event-loops", 1)
        .set("admit.max-in-flight", 10)
        .set("admit.max-loop-delay", "20ms")
        .set("admit.max-recorded", 3);
    bench.start();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private NodeCapacity capacity() {
    return bench.router().process().node().capacity();
  }

  private RawAnswer exchange(RawRequest request) {
    return RawSender.exchange(bench.router().port(), request);
  }

  private static void assertOverloaded(RawAnswer answer) {
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("Retry-After").orElseThrow()).containsOnlyDigits();
    assertThat(answer.header(RawRequest.REQUEST_ID)).isPresent();
    assertThat(answer.header(RawRequest.CORRELATION_ID)).isPresent();
    OutcomeBody outcome = OutcomeBody.of(answer);
    assertThat(outcome.code()).isEqualTo("PROXY_UNAVAILABLE");
    assertThat(outcome.issue()).isEqualTo("transient");
  }

  private double refusedReads() {
    return bench
        .router()
        .process()
        .node()
        .meters()
        .registry()
        .get("bars.admit.refused")
        .tag("reason", "in_flight")
        .tag("urgency", "read")
        .counter()
        .count();
  }

  private void fill(int exchanges) {
    for (int i = 0; i < exchanges; i++) {
      assertThat(capacity().enter(Urgency.CHANGE)).isNull();
    }
  }

  @Test
  void readsAreRefusedFirstThenNewMessagesThenChanges() {
    fill(7);
    assertThat(exchange(READ).status()).isEqualTo(200);
    fill(1);
    assertOverloaded(exchange(READ));
    assertOverloaded(exchange(RawRequest.message("GET", "/metadata", "echo")));
    assertThat(exchange(NEW).status()).isEqualTo(200);
    assertThat(exchange(CHANGE).status()).isEqualTo(200);
    fill(2);
    assertOverloaded(exchange(NEW));
    assertOverloaded(exchange(CHANGE));
  }

  @Test
  void refusalsBeyondThoseRecordedAreCountedExactly() {
    AuditedBench audited = new AuditedBench(bench);
    fill(10);
    // Within one second of the router's clock, so that none begins a new count.
    long start = System.nanoTime();
    try (RawSender sender = RawSender.to(audited.port)) {
      for (int i = 0; i < 10; i++) {
        assertOverloaded(sender.exchange(READ));
      }
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    double unrecorded = audited.count("bars.admit.unrecorded");

    assertThat(audited.audit.closed().size() + unrecorded).isEqualTo(10);
    assertThat(audited.audit.closed().size()).isBetween(3, (int) (3 * (seconds + 2)));
    assertThat(audited.counter("bars.errors", "error", "overloaded")).isEqualTo(10);
    assertThat(refusedReads()).isEqualTo(10);
  }

  @Test
  void lateEventLoopRefusesReadsFirstAndRecovers() {
    AtomicBoolean late = new AtomicBoolean(true);
    busy(late);
    try {
      await().atMost(Duration.ofSeconds(20)).until(() -> exchange(READ).status() == 503);
      assertOverloaded(await().until(() -> exchange(READ), answer -> answer.status() == 503));
    } finally {
      late.set(false);
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> exchange(READ).status() == 200);
    assertThat(exchange(CHANGE).status()).isEqualTo(200);
    assertThat(capacity().inFlight()).isZero();
  }

  /** Keeps the router's one event loop late by 60 ms at each turn. */
  private void busy(AtomicBoolean late) {
    bench
        .router()
        .process()
        .vertx()
        .setTimer(
            1,
            id -> {
              long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(60);
              while (System.nanoTime() < until) {
                Thread.onSpinWait();
              }
              if (late.get()) {
                busy(late);
              }
            });
  }
}
