package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.Bench;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.Exchanges.Answered;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Fate;

/** R8: a message that may have been acted on is never sent again, and its record says so. */
final class ResetAfterReadTest {
  private static final int AT_ONCE = 50;

  @Test
  void messagesWhoseReceiverResetsAfterReadingArriveOnceAndAreRecordedAsUnknown() {
    int messages = Endurance.of(500, 10_000);
    try (Bench bench = new Bench().target("resets", "reset=after-read")) {
      bench.start();
      AuditedBench audited = new AuditedBench(bench);
      Exchanges sender = new Exchanges(bench.vertx(), HttpVersion.HTTP_2);
      Buffer body = Buffer.buffer(new byte[2_000]);
      for (int sent = 0; sent < messages; sent += AT_ONCE) {
        List<Future<Answered>> batch = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
          batch.add(
              sender.exchange(
                  bench.to("resets", HttpMethod.POST, "/$process-message").setPort(audited.port),
                  body));
        }
        for (Future<Answered> each : batch) {
          assertThat(Exchanges.await(each).status()).isEqualTo(503);
        }
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(audited.audit.closed()).hasSize(messages));
      assertThat(bench.receivers().counts().started()).isEqualTo(messages);
      assertThat(audited.audit.closed())
          .extracting(ExchangeRecord::result)
          .extracting(ExchangeRecord.Result::fate)
          .containsOnly(Fate.OUTCOME_UNKNOWN);
    }
  }
}
