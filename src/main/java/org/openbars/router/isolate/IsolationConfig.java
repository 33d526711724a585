package org.openbars.router.isolate;

import java.time.Duration;

/**
 * Keys {@code stream.breaker.*}, {@code stream.connect-backoff}, {@code stream.resend-budget},
 * {@code stream.adaptive-limit} and {@code stream.adaptive-min}, for each receiver host by itself.
 *
 * @param connectBackoff the longest pause after failed connects; zero for none
 * @param resendBudget messages that may be sent again, a part of those sent, 0 to 1
 * @param adaptiveMin what the adaptive limit never goes below
 */
public record IsolationConfig(
    BreakerConfig breaker,
    Duration connectBackoff,
    double resendBudget,
    Adaptive adaptiveLimit,
    int adaptiveMin) {

  /** Whether and by what the limit of exchanges in flight follows the receiver. */
  public enum Adaptive {
    /** It stays where it was set. */
    OFF,
    /** By the time that answers take: for receivers that queue what they cannot do. */
    VEGAS,
    /** By 503, 429, cut-offs and deadlines: for receivers that refuse what they cannot do. */
    AIMD
  }

  /**
   * Keys {@code stream.breaker.*}.
   *
   * @param failureRate failed exchanges at which it opens, a part of all within the window, 0 to 1
   * @param minCalls exchanges within the window below which it never opens
   * @param window whole seconds
   * @param openTime how long nothing is sent before one message is let through
   * @param rampUp how long the limit takes back to its height after a recovery; zero for at once
   */
  public record BreakerConfig(
      boolean on,
      double failureRate,
      int minCalls,
      Duration window,
      Duration openTime,
      Duration rampUp) {}

  /** The same with the breaker switched on or off. */
  public IsolationConfig withBreaker(boolean on) {
    BreakerConfig switched =
        new BreakerConfig(
            on,
            breaker.failureRate(),
            breaker.minCalls(),
            breaker.window(),
            breaker.openTime(),
            breaker.rampUp());
    return new IsolationConfig(switched, connectBackoff, resendBudget, adaptiveLimit, adaptiveMin);
  }
}
