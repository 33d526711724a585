package org.openbars.router.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.openbars.router.stream.StreamConfig;

/**
 * Reads a running router's configuration again: limits can change without a restart, all else is
 * named and waits for one. Blocking; one reading at a time.
 */
public final class ConfigReload {
  private static final Set<String> OF_NODE =
      Set.of("admit.max-in-flight", "admit.read-share", "admit.new-share");
  private static final String RECEIVERS = Names.RECEIVERS + ".";
  private static final String MAX_IN_FLIGHT = "max-in-flight";
  private static final String DEADLINE = "deadline";

  private final @Nullable Path file;
  private final List<String> sets;
  private final Map<String, String> environment;
  private final StreamConfig started;
  private Written running;

  /** What a reading came to. */
  public sealed interface Outcome {
    /** It is faulty: everything stays as it is. */
    record Refused(List<Fault> faults) implements Outcome {
      public Refused {
        faults = List.copyOf(faults);
      }
    }

    /**
     * It is right.
     *
     * @param config of which {@code limits} are to be put into force, and nothing else
     * @param limits keys of limits that changed
     * @param restart keys that changed and count after a restart only
     */
    record Read(RouterConfig config, List<String> limits, List<String> restart) implements Outcome {
      public Read {
        limits = List.copyOf(limits);
        restart = List.copyOf(restart);
      }
    }
  }

  /**
   * Of the sources that {@code started} was loaded from; see {@link ConfigLoader#load}.
   *
   * @param file null for defaults and {@code sets} alone
   */
  public ConfigReload(
      @Nullable Path file, List<String> sets, Map<String, String> environment, Loaded.Ok started) {
    this.file = file;
    this.sets = List.copyOf(sets);
    this.environment = Map.copyOf(environment);
    this.started = started.config().stream();
    this.running = started.written();
  }

  /** Reads it now; what it says of limits counts as being in force from then on. */
  public synchronized Outcome read() {
    Loaded loaded = ConfigLoader.load(file, sets, environment);
    if (loaded instanceof Loaded.Faulty faulty) {
      return new Outcome.Refused(faulty.faults());
    }
    Loaded.Ok fresh = (Loaded.Ok) loaded;
    List<String> limits = new ArrayList<>();
    List<String> restart = new ArrayList<>();
    for (String key : running.difference(fresh.written())) {
      (isLimit(key, fresh.config().stream()) ? limits : restart).add(key);
    }
    running = running.with(limits, fresh.written());
    return new Outcome.Read(fresh.config(), limits, restart);
  }

  private boolean isLimit(String key, StreamConfig fresh) {
    if (OF_NODE.contains(key)) {
      return true;
    }
    if (key.equals("stream." + DEADLINE)) {
      return bearable(fresh.deadline());
    }
    if (key.equals("stream." + MAX_IN_FLIGHT)) {
      return fresh.maxInFlight() <= started.mostInFlight();
    }
    if (ofReceiver(key, DEADLINE)) {
      return own(
          key, DEADLINE, fresh, each -> each.deadline() == null || bearable(each.deadline()));
    }
    return ofReceiver(key, MAX_IN_FLIGHT)
        && own(
            key,
            MAX_IN_FLIGHT,
            fresh,
            each -> each.maxInFlight() == null || each.maxInFlight() <= started.mostInFlight());
  }

  /** Listeners give up a connection that was idle for longer than the start's deadlines. */
  private boolean bearable(Duration deadline) {
    return deadline.compareTo(started.longestDeadline()) <= 0;
  }

  private static boolean ofReceiver(String key, String name) {
    return key.startsWith(RECEIVERS) && key.endsWith("." + name);
  }

  private static boolean own(
      String key, String name, StreamConfig fresh, Predicate<StreamConfig.Receiver> rule) {
    String host = key.substring(RECEIVERS.length(), key.length() - name.length() - 1);
    StreamConfig.Receiver receiver = fresh.receivers().get(host);
    return receiver == null || rule.test(receiver);
  }
}
