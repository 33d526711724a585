package org.openbars.router.meter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * The node's one set of meters. Names start with {@code bars.}; on {@code /metrics} dots become
 * underscores. A meter is looked up once, when its owner is built, and kept in a field: a look-up
 * by name and tags is too dear for each exchange.
 */
public final class Meters {
  private static final Duration[] LATENCY_BUCKETS = {
    Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(5), Duration.ofMillis(10),
    Duration.ofMillis(20), Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(250),
    Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofMillis(2100), Duration.ofSeconds(5),
    Duration.ofSeconds(10), Duration.ofSeconds(32)
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** The registry, for what binds itself to one. */
  public MeterRegistry registry() {
    return registry;
  }

  /** A counter; {@code tags} are names and values by turns, from a bounded set. */
  public Counter counter(String name, String description, String... tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }

  /** A gauge read whenever {@code /metrics} is. */
  public void gauge(String name, String description, Supplier<Number> value, String... tags) {
    Gauge.builder(name, value).description(description).tags(tags).register(registry);
  }

  /** A timer with buckets at the guide's lines (90 % under 2.1 s, all under 5 s) among others. */
  public Timer timer(String name, String description, String... tags) {
    return Timer.builder(name)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(LATENCY_BUCKETS)
        .register(registry);
  }

  /** Removes every meter with this tag, when what it counted is gone for good. */
  public void forget(String tag, String value) {
    registry.getMeters().stream()
        .filter(meter -> value.equals(meter.getId().getTag(tag)))
        .forEach(registry::remove);
  }

  /**
   * Everything in Prometheus' text format. Takes milliseconds: not for an event loop that carries
   * exchanges.
   */
  public String scrape() {
    return registry.scrape();
  }
}
