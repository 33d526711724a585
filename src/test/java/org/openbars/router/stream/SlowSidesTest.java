package org.openbars.router.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.Footprint;
import org.openbars.router.fixture.PacedReceiver;
import org.openbars.router.fixture.RouterApart;

/**
 * Bodies under way to slow receivers and slow senders cost the node their buffers and no more,
 * however long they are. Half the senders speak HTTP/1.1, half share one HTTP/2 connection.
 */
final class SlowSidesTest {
  private static final int SENDERS = 64;
  private static final long MOST_GROWTH = 16L << 20;
  private static final long UPLOAD = 20_000_000;
  private static final int RECEIVER_READS = 100 * 1024;
  private static final long DOWNLOAD = 50_000_000;
  private static final int SENDER_READS = 50 * 1024;
  private static final Duration LOOK = Endurance.of(Duration.ofSeconds(2), Duration.ofMinutes(30));
  private static final Duration SETTLING = Duration.ofSeconds(30);

  private PacedReceiver receiver;
  private RouterApart router;
  private SlowSenders senders;

  private void start(PacedReceiver slowOrLong) {
    receiver = slowOrLong;
    router = RouterApart.to(receiver.url());
    senders = new SlowSenders(router.port(), RouterApart.TARGET);
  }

  @AfterEach
  void stop() {
    senders.close();
    router.close();
    receiver.close();
  }

  @Test
  void longUploadsToASlowReceiverCostTheirBuffersAndNoMore() {
    start(PacedReceiver.reading(RECEIVER_READS));
    senders.upload(1000);
    await().atMost(SETTLING).until(() -> senders.ended() == 2);
    Footprint before = router.footprint();

    for (int i = 0; i < SENDERS / 2; i++) {
      senders.upload(UPLOAD);
    }
    await().atMost(SETTLING).until(() -> receiver.begun() == 2 + SENDERS);

    long growth = growth(before, () -> receiver.whole() == 2 + SENDERS);
    System.out.printf(
        "%d uploads of %d bytes to a receiver that reads %d bytes/s: grown by %d KiB, %d bytes"
            + " under way, %d through%n",
        SENDERS, UPLOAD, RECEIVER_READS, growth >> 10, receiver.read(), receiver.whole() - 2);
    assertThat(growth).isLessThanOrEqualTo(MOST_GROWTH);
    assertEveryOneGoesOnOrIsThrough();
  }

  @Test
  void longAnswersToSlowSendersCostTheirBuffersAndNoMore() {
    start(PacedReceiver.quick());
    senders.download(1000, SENDER_READS);
    await().atMost(SETTLING).until(() -> senders.ended() == 2);
    Footprint before = router.footprint();

    for (int i = 0; i < SENDERS / 2; i++) {
      senders.download(DOWNLOAD, SENDER_READS);
    }
    await().atMost(SETTLING).until(() -> senders.reading() == 2 + SENDERS);

    long growth = growth(before, () -> senders.ended() == 2 + SENDERS);
    System.out.printf(
        "%d downloads of %d bytes to senders that read %d bytes/s: grown by %d KiB, %d bytes taken"
            + " from the receiver, %d read, %d through%n",
        SENDERS,
        DOWNLOAD,
        SENDER_READS,
        growth >> 10,
        receiver.written(),
        senders.read(),
        senders.ended() - 2);
    assertThat(growth).isLessThanOrEqualTo(MOST_GROWTH);
    assertEveryOneGoesOnOrIsThrough();
  }

  /** The most that heap and direct memory together were above {@code before}. */
  private long growth(Footprint before, BooleanSupplier through) {
    long[] most = {0};
    long until = System.nanoTime() + LOOK.toNanos();
    Duration every =
        LOOK.dividedBy(8).compareTo(Duration.ofSeconds(10)) < 0
            ? LOOK.dividedBy(8)
            : Duration.ofSeconds(10);
    await()
        .atMost(LOOK.plus(SETTLING))
        .pollInterval(every)
        .until(
            () -> {
              long now = router.footprint().memory() - before.memory();
              most[0] = Math.max(most[0], now);
              return through.getAsBoolean() || now > MOST_GROWTH || System.nanoTime() - until > 0;
            });
    return most[0];
  }

  private void assertEveryOneGoesOnOrIsThrough() {
    assertThat(senders.failures()).isEmpty();
    assertThat(receiver.broken()).isZero();
    assertThat(router.inFlight() + senders.ended()).isEqualTo(receiver.begun());
    if (LOOK.compareTo(Duration.ofMinutes(1)) > 0) {
      await().atMost(SETTLING).until(() -> senders.ended() == receiver.begun());
      assertThat(senders.failures()).isEmpty();
    }
  }
}
