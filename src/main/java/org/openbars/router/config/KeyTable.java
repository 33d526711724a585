package org.openbars.router.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.openbars.router.config.Key.Initial;

/** Keys in the order in which they were named, which is that of the operator's file. */
final class KeyTable {
  private final List<Key<?>> keys = new ArrayList<>();
  private final List<Key<?>> view = Collections.unmodifiableList(keys);

  /** All of them; a view that grows. */
  List<Key<?>> all() {
    return view;
  }

  /** One that has a value in any case. */
  <T> Key<T> key(String name, String meaning, Kind<T> kind, String initial) {
    return add(new Key<>(name, meaning, kind, new Initial.Fixed(initial), false));
  }

  /** One whose default depends on the machine; {@code shown} is what operators read of it. */
  <T> Key<T> computed(
      String name, String meaning, Kind<T> kind, String shown, Supplier<String> text) {
    return add(new Key<>(name, meaning, kind, new Initial.Computed(shown, text), false));
  }

  /** One that may be left out and then has no value. */
  <T> Key<T> absent(String name, String meaning, Kind<T> kind) {
    return add(new Key<>(name, meaning, kind, new Initial.Absent(), false));
  }

  /** One without which nothing starts. */
  <T> Key<T> required(String name, String meaning, Kind<T> kind) {
    return add(new Key<>(name, meaning, kind, new Initial.Required(), false));
  }

  <T> Key<T> add(Key<T> key) {
    keys.add(key);
    return key;
  }

  void addAll(KeyTable others) {
    keys.addAll(others.keys);
  }
}
