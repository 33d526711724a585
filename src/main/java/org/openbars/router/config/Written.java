package org.openbars.router.config;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The text of each key that somebody wrote. May hold secrets, so it shows nothing of itself. */
public final class Written {
  private final SortedMap<String, String> texts;

  private Written(SortedMap<String, String> texts) {
    this.texts = texts;
  }

  static Written of(Given given) {
    SortedMap<String, String> texts = new TreeMap<>();
    given.settings().forEach((key, setting) -> texts.put(key, setting.text()));
    given
        .receivers()
        .forEach(
            (host, settings) ->
                settings.forEach(
                    (key, setting) ->
                        texts.put(Names.RECEIVERS + "." + host + "." + key, setting.text())));
    return new Written(texts);
  }

  /** The keys that stand otherwise in {@code other}, or in one of the two alone. */
  SortedSet<String> difference(Written other) {
    SortedSet<String> keys = new TreeSet<>(texts.keySet());
    keys.addAll(other.texts.keySet());
    keys.removeIf(key -> Objects.equals(texts.get(key), other.texts.get(key)));
    return keys;
  }

  /** The same, but for {@code keys}, which stand as in {@code other}. */
  Written with(Collection<String> keys, Written other) {
    SortedMap<String, String> mixed = new TreeMap<>(texts);
    mixed.keySet().removeAll(keys);
    for (Map.Entry<String, String> entry : other.texts.entrySet()) {
      if (keys.contains(entry.getKey())) {
        mixed.put(entry.getKey(), entry.getValue());
      }
    }
    return new Written(mixed);
  }
}
