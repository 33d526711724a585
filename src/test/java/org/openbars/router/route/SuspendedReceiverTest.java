package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openbars.router.conformance.Proof;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.fixture.OutcomeBody;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Dialect;
import org.openbars.router.message.LiveRow;

/** The row of the table of errors that it takes a failing receiver host to meet. */
final class SuspendedReceiverTest {
  private static final int MIN_CALLS = 5;

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void aHostThatKeepsFailingIsAnsweredForWithoutBeingAsked(Dialect dialect, TestReporter reporter) {
    try (RunningReceivers receivers = RunningReceivers.start();
        RunningRouter router = failing(dialect, receivers.url("status=503,body=none"))) {
      for (int i = 0; i < MIN_CALLS; i++) {
        RawSender.exchange(router.port(), RawRequest.message("GET", "/Slot", "failing"));
      }
      long before = receivers.arrived();

      for (AnswerFormat format : AnswerFormat.values()) {
        RawAnswer answer =
            RawSender.exchange(
                router.port(),
                RawRequest.message("GET", "/Slot", "failing").only("Accept", format.contentType()));

        BarsError error = BarsError.RECEIVER_SUSPENDED;
        assertThat(answer.status()).isEqualTo(error.status());
        assertThat(answer.header("Content-Type")).contains(format.contentType());
        assertThat(answer.header("Retry-After")).isPresent();
        assertThat(OutcomeBody.of(answer).code()).isEqualTo(error.code());
        assertThat(OutcomeBody.of(answer).diagnostics())
            .isEqualTo(
                dialect == Dialect.GUIDE
                    ? error.diagnostics()
                    : error.live().map(LiveRow::diagnostics).orElseThrow());
        assertThat(receivers.arrived()).isEqualTo(before);
        Proof.error(reporter, error, dialect, format);
      }
    }
  }

  private static RunningRouter failing(Dialect dialect, String url) {
    return RunningRouter.setup()
        .set("errors.dialect", dialect.name().toLowerCase(Locale.ROOT))
        .set("stream.breaker.mode", "on")
        .set("stream.breaker.min-calls", MIN_CALLS)
        .set("stream.breaker.open-time", "10m")
        .target("failing", url)
        .start();
  }
}
