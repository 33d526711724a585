package org.openbars.router.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a dotted name stands for, and what someone may have meant by one that stands for nothing.
 */
final class Names {
  static final String RECEIVERS = "receivers";
  private static final String IN_RECEIVERS = RECEIVERS + ".";

  private static final Map<String, Key<?>> KEYS = byName(Keys.ALL);
  private static final Map<String, Key<?>> RECEIVER_KEYS = byName(Keys.RECEIVER);
  private static final Set<String> SECTIONS = sections();

  /** What a name stands for. */
  enum Meaning {
    KEY,
    SECTION,
    RECEIVERS,
    NOT_BUILT,
    UNKNOWN
  }

  /** A key of one receiver. */
  record OfReceiver(String host, String key) {}

  private Names() {}

  static Meaning of(String name) {
    if (KEYS.containsKey(name)) {
      return Meaning.KEY;
    }
    if (SECTIONS.contains(name)) {
      return Meaning.SECTION;
    }
    if (name.equals(RECEIVERS) || name.startsWith(IN_RECEIVERS)) {
      return Meaning.RECEIVERS;
    }
    boolean promised =
        Keys.NOT_BUILT.stream().anyMatch(p -> name.equals(p) || name.startsWith(p + "."));
    return promised ? Meaning.NOT_BUILT : Meaning.UNKNOWN;
  }

  /**
   * Takes {@code receivers.HOST.KEY} apart: a host has dots itself, so the key is the longest end
   * that is one. Null when no end is.
   */
  static @Nullable OfReceiver ofReceiver(String name) {
    if (!name.startsWith(IN_RECEIVERS)) {
      return null;
    }
    String rest = name.substring(IN_RECEIVERS.length());
    for (int dot = rest.indexOf('.'); dot >= 0; dot = rest.indexOf('.', dot + 1)) {
      String key = rest.substring(dot + 1);
      if (RECEIVER_KEYS.containsKey(key)) {
        return new OfReceiver(rest.substring(0, dot), key);
      }
    }
    return null;
  }

  static boolean isReceiverKey(String name) {
    return RECEIVER_KEYS.containsKey(name);
  }

  /** The problem with an unknown name, worded to follow it. */
  static String unknown(String name) {
    List<String> known = new ArrayList<>(KEYS.keySet());
    known.addAll(SECTIONS);
    known.add(RECEIVERS);
    String meant = nearest(name, known);
    return meant == null ? "unknown key" : "unknown key, did you mean " + meant + "?";
  }

  /** The problem with an unknown name inside one receiver's entry. */
  static String unknownOfReceiver(String name) {
    String meant = nearest(name, new ArrayList<>(RECEIVER_KEYS.keySet()));
    String all = String.join(", ", RECEIVER_KEYS.keySet());
    return "unknown key of a receiver, "
        + (meant == null ? "they are " + all : "did you mean " + meant + "?");
  }

  /** The environment variable someone may have meant; null when none is near. */
  static @Nullable String nearestVariable(String variable) {
    return nearest(variable, KEYS.keySet().stream().map(Key::variable).toList());
  }

  private static @Nullable String nearest(String name, List<String> known) {
    String best = null;
    int least = Math.max(2, name.length() / 5) + 1;
    for (String candidate : known) {
      int distance = distance(name, candidate);
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    if (best != null) {
      return best;
    }
    // The right word in the wrong section, when only one section has it.
    String last = name.substring(name.lastIndexOf('.') + 1);
    List<String> sameWord = known.stream().filter(k -> k.endsWith("." + last)).toList();
    return sameWord.size() == 1 ? sameWord.get(0) : null;
  }

  /** Levenshtein's distance: letters to add, drop or change. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  private static Map<String, Key<?>> byName(List<Key<?>> keys) {
    Map<String, Key<?>> names = new TreeMap<>();
    keys.forEach(key -> names.put(key.name(), key));
    return names;
  }

  private static Set<String> sections() {
    Set<String> sections = new TreeSet<>();
    for (String name : KEYS.keySet()) {
      for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
        sections.add(name.substring(0, dot));
      }
    }
    return sections;
  }
}
