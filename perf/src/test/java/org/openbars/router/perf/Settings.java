package org.openbars.router.perf;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a run was asked for, by {@code -Dname=value}.
 *
 * @param router base URL of the router, without a slash at its end
 * @param routerGiven whether it was asked for by name: then nothing else will do
 * @param admin origin of the router's admin port, where a sandbox offers its messages
 * @param rate journeys started a second, 1 to 100,000
 * @param duration whole seconds, 1 s to 24 h
 * @param body a booking request to send in place of the sandbox's
 * @param target {@code system|value} in place of the destination that the body names
 * @param jar the router that is started when none answers
 * @param logs the folder for that router's log
 */
record Settings(
    URI router,
    boolean routerGiven,
    URI admin,
    int rate,
    Duration duration,
    Optional<Path> body,
    Optional<String> target,
    Path jar,
    Path logs) {
  private static final String ROUTER = "http://127.0.0.1:8080/booking-and-referral/FHIR/R4";
  private static final String ADMIN = "http://127.0.0.1:8081";
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,5})(s|m|h)");
  private static final int MAX_RATE = 100_000;

  static Settings fromSystemProperties() {
    return new Settings(
        url("router", ROUTER),
        asked("router").isPresent(),
        url("admin", ADMIN),
        rate(asked("rate").orElse("20")),
        duration(asked("duration").orElse("20s")),
        asked("body").map(Path::of),
        asked("target"),
        Path.of(asked("bars.jar").orElse("target/bars-router.jar")).normalize(),
        Path.of(asked("bars.logs").orElse("")));
  }

  /** The same run against another router. */
  Settings against(URI newRouter, URI newAdmin) {
    return new Settings(newRouter, routerGiven, newAdmin, rate, duration, body, target, jar, logs);
  }

  /** How many journeys the run starts, exactly. */
  long journeys() {
    return rate * duration.toSeconds();
  }

  private static Optional<String> asked(String name) {
    return Optional.ofNullable(System.getProperty(name)).filter(value -> !value.isBlank());
  }

  private static URI url(String name, String otherwise) {
    String text = asked(name).orElse(otherwise);
    String bare = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    if (!bare.startsWith("http://") && !bare.startsWith("https://")) {
      throw new RunRefused("-D" + name + " must be an http or https URL, is " + text);
    }
    return URI.create(bare);
  }

  private static int rate(String text) {
    int rate = text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
    if (rate < 1 || rate > MAX_RATE) {
      throw new RunRefused(
          "-Drate must be a whole number of journeys a second, 1 to " + MAX_RATE + ", is " + text);
    }
    return rate;
  }

  private static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    Duration duration = matcher.matches() ? Duration.parse("PT" + text) : Duration.ZERO;
    if (duration.isZero() || duration.compareTo(Duration.ofDays(1)) > 0) {
      throw new RunRefused("-Dduration must be as 30s, 5m or 2h, at most 24h, is " + text);
    }
    return duration;
  }
}
