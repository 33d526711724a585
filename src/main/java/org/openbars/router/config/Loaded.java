package org.openbars.router.config;

import java.util.List;

/** What came of loading: a configuration that is right throughout, or every fault found. */
public sealed interface Loaded {
  /**
   * A configuration to run with.
   *
   * @param warnings lines for the log, such as environment variables that mean nothing here
   * @param written what somebody wrote
   */
  record Ok(RouterConfig config, List<String> warnings, Written written) implements Loaded {
    public Ok {
      warnings = List.copyOf(warnings);
    }
  }

  /** Not a configuration to run with: at least one fault, in the order of {@link Place}. */
  record Faulty(List<Fault> faults) implements Loaded {
    public Faulty {
      faults = List.copyOf(faults);
      if (faults.isEmpty()) {
        throw new IllegalArgumentException("faults must not be empty");
      }
    }
  }
}
