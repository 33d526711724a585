package org.openbars.router.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openbars.router.config.Names.OfReceiver;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Turns the file's tree into settings. Maps and dotted keys say the same; every key knows its line.
 */
final class FileSettings {
  private static final Set<Tag> SCALARS =
      Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.TIMESTAMP);
  private static final String TLS = "tls";

  private final String file;
  private final List<Setting> settings = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private final Map<String, Integer> sectionLines = new HashMap<>();

  private FileSettings(String file) {
    this.file = file;
  }

  static FileSettings of(String file, @Nullable Node root) {
    FileSettings result = new FileSettings(file);
    if (root instanceof MappingNode map) {
      result.walk(map, "");
    } else if (root != null && !isNothing(root)) {
      result.fault(root, "", "the file must be a map of keys");
    }
    return result;
  }

  List<Setting> settings() {
    return settings;
  }

  List<Fault> faults() {
    return faults;
  }

  /** Where a key of this section would stand: the section's line, else the file's first. */
  Place nearest(String key) {
    for (int dot = key.lastIndexOf('.'); dot > 0; dot = key.lastIndexOf('.', dot - 1)) {
      Integer line = sectionLines.get(key.substring(0, dot));
      if (line != null) {
        return Place.inFile(file, line);
      }
    }
    return Place.inFile(file, 1);
  }

  private interface Visit {
    void entry(Node key, String name, Node value);
  }

  private void each(MappingNode map, String prefix, Visit visit) {
    Map<String, Integer> lines = new HashMap<>();
    for (NodeTuple entry : map.getValue()) {
      Node key = entry.getKeyNode();
      if (!(key instanceof ScalarNode scalar) || scalar.getValue().isEmpty()) {
        fault(key, prefix, "a key must be a text");
        continue;
      }
      String name = prefix + scalar.getValue();
      Integer first = lines.putIfAbsent(name, line(key));
      if (first != null) {
        fault(key, name, "is set twice, first in line " + first);
        continue;
      }
      visit.entry(key, name, entry.getValueNode());
    }
  }

  private void walk(MappingNode map, String prefix) {
    each(
        map,
        prefix,
        (key, name, value) -> {
          switch (Names.of(name)) {
            case KEY -> take(null, name, key, value);
            case SECTION -> section(key, name, value);
            case RECEIVERS -> receivers(key, name, value);
            case NOT_BUILT -> fault(key, name, "is not built yet");
            case UNKNOWN -> fault(key, name, Names.unknown(name));
          }
        });
  }

  private void section(Node key, String name, Node value) {
    if (value instanceof MappingNode map) {
      sectionLines.putIfAbsent(name, line(key));
      walk(map, name + ".");
    } else if (isNothing(value)) {
      sectionLines.putIfAbsent(name, line(key));
    } else {
      fault(key, name, "is a section of keys, not a value");
    }
  }

  /** {@code name} is {@code receivers}, a receiver below it, or a dotted key of one. */
  private void receivers(Node key, String name, Node value) {
    boolean whole = name.equals(Names.RECEIVERS);
    if (value instanceof MappingNode map) {
      if (whole) {
        each(map, name + ".", this::receivers);
        return;
      }
      String host = name.substring(Names.RECEIVERS.length() + 1);
      boolean dotted = host.endsWith("." + TLS);
      String bare = dotted ? host.substring(0, host.length() - TLS.length() - 1) : host;
      receiver(bare, map, dotted ? TLS + "." : "");
      return;
    }
    OfReceiver dotted = Names.ofReceiver(name);
    if (dotted != null) {
      take(dotted.host(), dotted.key(), key, value);
    } else if (!isNothing(value)) {
      fault(key, name, "must be a map of receivers' hosts to their keys");
    }
  }

  private void receiver(String host, MappingNode map, String prefix) {
    each(
        map,
        prefix,
        (key, name, value) -> {
          if (Names.isReceiverKey(name)) {
            take(host, name, key, value);
          } else if (name.equals(TLS) && value instanceof MappingNode inner) {
            receiver(host, inner, TLS + ".");
          } else if (!name.equals(TLS) || !isNothing(value)) {
            String full = Names.RECEIVERS + "." + host + "." + name;
            fault(key, full, Names.unknownOfReceiver(name));
          }
        });
  }

  private void take(@Nullable String receiver, String name, Node key, Node value) {
    Place place = Place.inFile(file, line(key));
    if (value instanceof ScalarNode scalar && SCALARS.contains(scalar.getTag())) {
      settings.add(new Setting(receiver, name, isNothing(value) ? "" : scalar.getValue(), place));
      return;
    }
    String problem = value instanceof ScalarNode ? "has a YAML tag" : "must be one value";
    String found = value instanceof MappingNode ? ", is a map" : ", is a list";
    faults.add(
        new Setting(receiver, name, "", place)
            .fault(value instanceof ScalarNode ? problem : problem + found, ""));
  }

  private void fault(Node where, String name, String problem) {
    faults.add(new Fault(Place.inFile(file, line(where)), name, problem, ""));
  }

  private static boolean isNothing(Node node) {
    return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
  }

  private static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }
}
