package org.openbars.router.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.NoCertificates;
import org.openbars.router.isolate.IsolationConfig;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.meter.Meters;
import org.openbars.router.wire.Networks;

final class ReceiversTest {
  private static final ReceiverHost STAYS = new ReceiverHost("stays.example.org", 443);
  private static final ReceiverHost GOES = new ReceiverHost("goes.example.org", 443);

  private final Meters meters = new Meters();
  private final Receivers receivers =
      new Receivers(
          new StreamConfig(
              Duration.ofSeconds(32),
              Duration.ofSeconds(2),
              1024,
              Duration.ofHours(1),
              1,
              1,
              Duration.ofSeconds(5),
              true,
              Networks.NONE,
              new IsolationConfig(
                  new IsolationConfig.BreakerConfig(
                      true, 0.5, 20, Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ZERO),
                  Duration.ofSeconds(2),
                  0.1,
                  IsolationConfig.Adaptive.OFF,
                  1),
              StreamConfig.Tls.DEFAULT,
              Map.of()),
          meters,
          NoCertificates.keyring());

  @Test
  void receiverThatLeftTheDirectoryTakesItsMetersAlong() {
    receivers.at(STAYS);
    receivers.at(GOES);
    receivers.retain(Set.of(STAYS));
    assertThat(meters.scrape()).contains("stays.example.org").doesNotContain("goes.example.org");
  }

  @Test
  void gaugeOfAReceiverThatCameBackIsItsOwn() {
    receivers.at(GOES);
    receivers.retain(Set.of());
    assertThat(receivers.at(GOES).admit()).isInstanceOf(Permit.class);
    assertThat(meters.scrape())
        .contains("bars_receiver_in_flight{receiver=\"goes.example.org:443\"} 1.0");
  }

  @Test
  void receiverWithAnExchangeInFlightIsKept() {
    Receiver busy = receivers.at(GOES);
    assertThat(busy.admit()).isInstanceOf(Permit.class);
    receivers.retain(Set.of());
    assertThat(receivers.at(GOES)).isSameAs(busy);
    assertThat(busy.admit()).as("its one permit is taken").isInstanceOf(Decision.Refused.class);
  }
}
