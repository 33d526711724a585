package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fixture.Bench;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.ExchangeRecord;

/** The wall clock is set while exchanges are under way. */
final class ClockJumpTest {
  private static final Instant START = Instant.parse("2026-11-24T23:30:00Z");
  private static final Duration DEADLINE = Duration.ofMillis(400);
  private final AtomicReference<Instant> wall = new AtomicReference<>(START);
  private final Bench bench =
      new Bench().target("slow", "delay=200ms").target("hanging", "hang=before-head");
  private AuditedBench audited;

  @BeforeEach
  void start() {
    bench.setup().set("stream.deadline", DEADLINE.toMillis() + "ms");
    bench.start();
    audited = new AuditedBench(bench, (InstantSource) wall::get);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private RawSender sending(String target) {
    long before = bench.receivers().counts().started();
    RawSender sender = RawSender.to(audited.port);
    sender.send(RawRequest.message("GET", "/Slot", target));
    await().until(() -> bench.receivers().counts().started() > before);
    return sender;
  }

  @ParameterizedTest
  @ValueSource(ints = {-3600, 3600})
  void exchangeUnderWayEndsAsItWould(int seconds) {
    try (RawSender sender = sending("slow")) {
      wall.set(START.plusSeconds(seconds));
      assertThat(sender.answer("GET").status()).isEqualTo(200);
    }
    ExchangeRecord.Steps steps = audited.record().steps();
    assertThat(steps.received()).isEqualTo(START.toEpochMilli() * 1000);
    assertThat(steps.connected()).isBetween(steps.received(), steps.closed());
    assertThat(steps.answerHead() - steps.requestSent())
        .isBetween(200_000L, Duration.ofSeconds(30).toNanos() / 1000);
  }

  @ParameterizedTest
  @ValueSource(ints = {-3600, 3600})
  void deadlineIsNeitherSoonerNorLater(int seconds) {
    long began = System.nanoTime();
    try (RawSender sender = sending("hanging")) {
      wall.set(START.plusSeconds(seconds));
      assertThat(sender.answer("GET").status()).isEqualTo(408);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isBetween(DEADLINE, DEADLINE.multipliedBy(10));
    assertThat(audited.record().result().error()).isEqualTo(BarsError.RECEIVER_TIMED_OUT);
  }

  @Test
  void recordsKeepIdsOfTheirOwnThoughTheHourComesTwice() {
    Set<UUID> ids = new HashSet<>();
    for (int i = 0; i < 40; i++) {
      wall.set(START.plusSeconds(i % 2 == 0 ? 0 : 3600));
      assertThat(
              RawSender.exchange(audited.port, RawRequest.message("GET", "/Slot", "unknown"))
                  .status())
          .isEqualTo(404);
    }
    audited.audit.closed().forEach(each -> ids.add(each.id()));
    assertThat(ids).hasSize(40);
    // An hour after 23:30 is the next day: the id says which day the record stands in.
    assertThat(ids)
        .extracting(id -> Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16))
        .containsOnly(START, START.plusSeconds(3600));
  }
}
