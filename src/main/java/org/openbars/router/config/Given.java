package org.openbars.router.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.openbars.router.config.Kind.Refused;
import org.openbars.router.config.Names.OfReceiver;

/**
 * What the three sources say together: {@code --set} beats the environment beats the file. Only the
 * setting that wins is read; what it hides may be wrong.
 */
final class Given {
  /** Set for the log's own configuration, which is read before this one. */
  private static final Set<String> NOT_KEYS = Set.of("BARS_LOG_LEVEL");

  private static final Kind<String> RECEIVER_HOST = Hosts.receiver();

  private final Map<String, Setting> settings = new LinkedHashMap<>();
  private final Map<String, Map<String, Setting>> receivers = new TreeMap<>();
  private final Set<String> badHosts = new HashSet<>();
  private final List<Fault> faults = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  /** The weakest source, taken first; {@link #environment} and {@link #commandLine} follow. */
  void file(FileSettings file) {
    faults.addAll(file.faults());
    Map<String, Setting> seen = new LinkedHashMap<>();
    for (Setting setting : file.settings()) {
      Setting first = seen.putIfAbsent(setting.name().toLowerCase(Locale.ROOT), setting);
      if (first == null) {
        put(setting);
      } else {
        faults.add(setting.fault("is set twice, first in line " + first.place().line(), ""));
      }
    }
  }

  void environment(Map<String, String> environment) {
    Map<String, Key<?>> variables = new TreeMap<>();
    Keys.ALL.forEach(key -> variables.put(key.variable(), key));
    for (Map.Entry<String, String> entry : new TreeMap<>(environment).entrySet()) {
      String variable = entry.getKey();
      Key<?> key = variables.get(variable);
      Place place = Place.inEnvironment(variable);
      if (key != null) {
        put(new Setting(null, key.name(), entry.getValue(), place));
      } else if (variable.startsWith("BARS_") && !NOT_KEYS.contains(variable)) {
        unknownVariable(variable, place);
      }
    }
  }

  void commandLine(List<String> sets) {
    for (int i = 0; i < sets.size(); i++) {
      Place place = Place.onCommandLine(i + 1);
      String set = sets.get(i);
      int equals = set.indexOf('=');
      if (equals <= 0) {
        // Not shown: what stands there may be a secret that lost its key.
        faults.add(new Fault(place, "", "number " + (i + 1) + " has no key", "KEY=VALUE"));
        continue;
      }
      String name = set.substring(0, equals);
      commandLine(name, set.substring(equals + 1), place);
    }
  }

  private void commandLine(String name, String text, Place place) {
    OfReceiver ofReceiver = Names.ofReceiver(name);
    if (ofReceiver != null) {
      put(new Setting(ofReceiver.host(), ofReceiver.key(), text, place));
      return;
    }
    String problem =
        switch (Names.of(name)) {
          case KEY -> "";
          case SECTION -> "is a section of keys, not a value";
          case RECEIVERS -> Names.unknownOfReceiver(name.substring(name.lastIndexOf('.') + 1));
          case NOT_BUILT -> "is not built yet";
          case UNKNOWN -> Names.unknown(name);
        };
    if (problem.isEmpty()) {
      put(new Setting(null, name, text, place));
    } else {
      faults.add(new Fault(place, name, problem, ""));
    }
  }

  private void unknownVariable(String variable, Place place) {
    for (String promised : Keys.NOT_BUILT) {
      String prefix = Key.variable(promised);
      if (variable.equals(prefix) || variable.startsWith(prefix + "_")) {
        faults.add(new Fault(place, promised, "is not built yet", ""));
        return;
      }
    }
    String meant = Names.nearestVariable(variable);
    warnings.add(
        place + " means nothing here" + (meant == null ? "" : ", did you mean " + meant + "?"));
  }

  private void put(Setting setting) {
    String written = setting.receiver();
    if (written == null) {
      settings.put(setting.key(), setting);
      return;
    }
    try {
      String host = RECEIVER_HOST.read(written, Path.of(""));
      receivers.computeIfAbsent(host, h -> new LinkedHashMap<>()).put(setting.key(), setting);
    } catch (Refused e) {
      // Once for the entry, not for each of its keys.
      if (badHosts.add(written)) {
        String name = Names.RECEIVERS + "." + written;
        faults.add(new Fault(setting.place(), name, e.problem(), RECEIVER_HOST.allowed()));
      }
    }
  }

  /** By key; receivers' apart. */
  Map<String, Setting> settings() {
    return settings;
  }

  /** By host as {@link Hosts#receiver()} writes it, then by key. */
  Map<String, Map<String, Setting>> receivers() {
    return receivers;
  }

  List<Fault> faults() {
    return faults;
  }

  List<String> warnings() {
    return warnings;
  }
}
