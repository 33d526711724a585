package org.openbars.router.admit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Urgency;
import org.openbars.router.meter.Meters;

class NodeCapacityTest {
  private final Meters meters = new Meters();

  private NodeCapacity capacity(int maxInFlight, double readShare, double newShare) {
    return new NodeCapacity(
        new AdmitConfig(
            AdmitConfig.Mode.OPEN,
            false,
            maxInFlight,
            readShare,
            newShare,
            Duration.ofMillis(50),
            100,
            new GatewayConfig("NHSD-Application-Id", List.of(), List.of()),
            null,
            new QuotaConfig(true, new QuotaConfig.Quota(60, 300), Map.of(), 100)),
        meters);
  }

  private double refused(String urgency) {
    return meters
        .registry()
        .get("bars.admit.refused")
        .tag("reason", "in_flight")
        .tag("urgency", urgency)
        .counter()
        .count();
  }

  private static int fill(NodeCapacity capacity, Urgency urgency) {
    int entered = 0;
    while (capacity.enter(urgency) == null) {
      entered++;
    }
    return entered;
  }

  @Test
  void eachUrgencyFillsItsShareAndNotMore() {
    NodeCapacity capacity = capacity(100, 0.8, 0.95);

    assertThat(fill(capacity, Urgency.READ)).isEqualTo(80);
    assertThat(fill(capacity, Urgency.NEW)).isEqualTo(15);
    assertThat(fill(capacity, Urgency.CHANGE)).isEqualTo(5);
    assertThat(capacity.inFlight()).isEqualTo(100);
    assertThat(refused("read")).isEqualTo(1);
    assertThat(refused("new")).isEqualTo(1);
    assertThat(refused("change")).isEqualTo(1);
  }

  @Test
  void whatLeavesMakesRoom() {
    NodeCapacity capacity = capacity(2, 1, 1);
    fill(capacity, Urgency.CHANGE);
    capacity.leave();

    assertThat(capacity.enter(Urgency.READ)).isNull();
    assertThat(capacity.enter(Urgency.READ)).isEqualTo(BarsError.OVERLOADED);
  }

  @Test
  void smallestNodeTakesOneOfAnyUrgency() {
    assertThat(fill(capacity(1, 0, 0), Urgency.READ)).isEqualTo(1);
  }

  @Test
  void readsNeverFillMoreThanNewMessagesMay() {
    assertThat(fill(capacity(100, 0.9, 0.5), Urgency.READ)).isEqualTo(50);
  }

  @Test
  void drainingNodeTakesNothingHoweverUrgent() {
    NodeCapacity capacity = capacity(10, 1, 1);
    capacity.drain();

    assertThat(capacity.enter(Urgency.CHANGE)).isEqualTo(BarsError.DRAINING);
    assertThat(refused("change")).isZero();
  }
}
