package org.openbars.router.config;

import java.util.Locale;
import java.util.function.Supplier;

/**
 * One setting: the loader, its faults and the operator's file all speak from this.
 *
 * @param name as in the file, dotted
 * @param meaning a sentence for the operator's file
 * @param secret whether the value must not be shown
 */
record Key<T>(String name, String meaning, Kind<T> kind, Initial initial, boolean secret) {
  /** The value of a key that nobody set. */
  sealed interface Initial {
    /** Always the same text. */
    record Fixed(String text) implements Initial {}

    /** Worked out on the machine; {@code shown} describes it. */
    record Computed(String shown, Supplier<String> text) implements Initial {}

    /** None: the feature is off. */
    record Absent() implements Initial {}

    /** None: the key must be set. */
    record Required() implements Initial {}
  }

  /** The variable that sets it. */
  String variable() {
    return variable(name);
  }

  static String variable(String name) {
    return "BARS_" + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }
}
