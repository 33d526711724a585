package org.openbars.router.admin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Whether the node should be sent exchanges. Each check is asked on the admin port's event loop at
 * every {@code /health/ready}: it reads a field and never waits.
 */
public record Readiness(List<Check> checks) {
  public Readiness {
    checks = List.copyOf(checks);
  }

  /** What a check must say for the node to be ready. */
  public enum Need {
    TRUE,
    FALSE,
    /** Shown, and never a reason to take the node out. */
    EITHER
  }

  /**
   * One named fact.
   *
   * @param name as shown, for example {@code directory}
   */
  public record Check(String name, Need need, BooleanSupplier fact) {}

  /** The facts of one moment, and what follows from them. */
  public record State(boolean ready, Map<String, Boolean> checks) {}

  /** Asks every check once. */
  public State now() {
    boolean ready = true;
    Map<String, Boolean> facts = new LinkedHashMap<>();
    for (Check check : checks) {
      boolean fact = check.fact().getAsBoolean();
      facts.put(check.name(), fact);
      ready &=
          switch (check.need()) {
            case TRUE -> fact;
            case FALSE -> !fact;
            case EITHER -> true;
          };
    }
    return new State(ready, facts);
  }
}
