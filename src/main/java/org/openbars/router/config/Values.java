package org.openbars.router.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openbars.router.config.Key.Initial;
import org.openbars.router.config.Kind.Refused;

/** Settings read: a typed value for each key that has one, and where it was written. */
final class Values {
  private static final int MAX_SHOWN = 80;

  private final Map<String, Object> values = new HashMap<>();
  private final Map<String, Setting> settings;

  private Values(Map<String, Setting> settings) {
    this.settings = settings;
  }

  /** Reads every key of a table; a key that cannot be read has a fault and no value. */
  static Values read(
      List<Key<?>> keys, Map<String, Setting> settings, Path folder, Consumer<Fault> faults) {
    Values result = new Values(new HashMap<>(settings));
    for (Key<?> key : keys) {
      Setting setting = settings.get(key.name());
      if (setting == null) {
        result.putInitial(key, folder);
      } else {
        result.put(key, setting, folder, faults);
      }
    }
    return result;
  }

  /** The value of a key that has one whenever there is no fault. */
  <T> T get(Key<T> key) {
    T value = find(key);
    if (value == null) {
      throw new IllegalStateException(key.name() + " has no value");
    }
    return value;
  }

  /** Null for a key that is off or has a fault. */
  @SuppressWarnings("unchecked") // put() keeps a key and its own kind's value together
  <T> @Nullable T find(Key<T> key) {
    return (T) values.get(key.name());
  }

  /** What was written for a key, right or wrong; null for nothing. */
  @Nullable Setting setting(Key<?> key) {
    return settings.get(key.name());
  }

  private void put(Key<?> key, Setting setting, Path folder, Consumer<Fault> faults) {
    String allowed = key.kind().allowed();
    if (setting.text().isEmpty()) {
      faults.accept(setting.fault("has no value", allowed));
      return;
    }
    try {
      values.put(key.name(), key.kind().read(setting.text(), folder));
    } catch (Refused e) {
      String subject = key.secret() ? "the value" : shown(setting.text());
      faults.accept(setting.fault(subject + " " + e.problem(), allowed));
    }
  }

  private void putInitial(Key<?> key, Path folder) {
    String text;
    if (key.initial() instanceof Initial.Fixed fixed) {
      text = fixed.text();
    } else if (key.initial() instanceof Initial.Computed computed) {
      text = computed.text().get();
    } else {
      return;
    }
    try {
      values.put(key.name(), key.kind().read(text, folder));
    } catch (Refused e) {
      throw new IllegalStateException("default of " + key.name() + " " + e.problem(), e);
    }
  }

  /** In quotes, on one line, cut off when long. */
  private static String shown(String text) {
    StringBuilder shown = new StringBuilder("\"");
    text.codePoints()
        .limit(MAX_SHOWN)
        .forEach(
            c -> {
              if (Character.isISOControl(c)) {
                shown.append(String.format("\\u%04x", c));
              } else {
                shown.appendCodePoint(c);
              }
            });
    return shown.append(text.length() > MAX_SHOWN ? "...\"" : "\"").toString();
  }
}
