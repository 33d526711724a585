package org.openbars.router.directory;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.message.Target;
import org.openbars.router.message.TargetIdentifier;

/**
 * Every target identifier's target, as one immutable snapshot. Look-ups cost two hash look-ups, on
 * any thread. System and value match exactly, case included, as the live proxy does.
 */
public final class RoutingTable {
  /** Knows nothing. */
  public static final RoutingTable EMPTY = new RoutingTable(Map.of(), 0, Set.of());

  private static final Lookup UNKNOWN = new Lookup.Unknown();

  private final Map<String, Map<String, Lookup>> bySystem;
  private final int size;
  private final Set<ReceiverHost> receivers;

  private RoutingTable(
      Map<String, Map<String, Lookup>> bySystem, int size, Set<ReceiverHost> receivers) {
    this.bySystem = bySystem;
    this.size = size;
    this.receivers = receivers;
  }

  /** Where {@code target} is received. */
  public Lookup find(TargetIdentifier target) {
    Map<String, Lookup> byValue = bySystem.get(target.system());
    if (byValue == null) {
      return UNKNOWN;
    }
    return byValue.getOrDefault(target.value(), UNKNOWN);
  }

  /** Shows every target identifier that has one usable target. */
  void each(BiConsumer<TargetIdentifier, Target> visit) {
    bySystem.forEach(
        (system, byValue) ->
            byValue.forEach(
                (value, lookup) -> {
                  if (lookup instanceof Lookup.Found found) {
                    visit.accept(new TargetIdentifier(system, value), found.target());
                  }
                }));
  }

  /** Target identifiers in all. */
  public int size() {
    return size;
  }

  /** Every receiver host that a target leads to. */
  public Set<ReceiverHost> receivers() {
    return receivers;
  }

  /**
   * Gathers a table. Equal targets share one object, since thousands of services stand behind one
   * host.
   */
  static final class Builder {
    private final Map<String, Map<String, Lookup>> bySystem = new HashMap<>();
    private final Map<String, Lookup> byBaseUrl = new HashMap<>();
    private final Set<ReceiverHost> receivers = new HashSet<>();
    private int size;

    /**
     * Adds one target; a second one for the same identifier is refused by the file's own reader.
     */
    void add(String system, String value, String baseUrl, Target target) {
      Lookup found = byBaseUrl.computeIfAbsent(baseUrl, url -> new Lookup.Found(target));
      receivers.add(target.receiver());
      if (bySystem.computeIfAbsent(system, s -> new HashMap<>()).put(value, found) == null) {
        size++;
      }
    }

    RoutingTable build() {
      return new RoutingTable(bySystem, size, Set.copyOf(receivers));
    }
  }
}
