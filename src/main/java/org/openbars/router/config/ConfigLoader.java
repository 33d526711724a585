package org.openbars.router.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes the configuration from a file, the command line and the environment. Reads files: for the
 * thread that starts the router, not for an event loop.
 */
public final class ConfigLoader {
  private ConfigLoader() {}

  /**
   * Loads the configuration to run with. The directory's file need not be there yet.
   *
   * @param file null for defaults and {@code sets} alone; paths then start at the working folder
   * @param sets each {@code key=value}; they beat the environment, which beats the file, and of two
   *     for one key the later counts
   * @param environment of which names beginning with {@code BARS_} count
   */
  public static Loaded load(
      @Nullable Path file, List<String> sets, Map<String, String> environment) {
    return load(file, sets, environment, false);
  }

  /** As {@link #load}, but the directory's file must be there as well. */
  public static Loaded check(
      @Nullable Path file, List<String> sets, Map<String, String> environment) {
    return load(file, sets, environment, true);
  }

  private static Loaded load(
      @Nullable Path file, List<String> sets, Map<String, String> environment, boolean thorough) {
    Given given = new Given();
    Function<Key<?>, Place> missing = key -> Place.onCommandLine(0);
    Path folder = Path.of("").toAbsolutePath();
    if (file != null) {
      YamlFile.Content content = YamlFile.read(file);
      if (content.fault() != null) {
        return new Loaded.Faulty(List.of(content.fault()));
      }
      FileSettings inFile = FileSettings.of(file.toString(), content.root());
      given.file(inFile);
      missing = key -> inFile.nearest(key.name());
      Path parent = file.toAbsolutePath().getParent();
      folder = parent == null ? folder : parent;
    }
    given.environment(environment);
    given.commandLine(sets);

    List<Fault> faults = new ArrayList<>(given.faults());
    Values values = Values.read(Keys.ALL, given.settings(), folder, faults::add);
    Rules rules = new Rules(values, missing, faults::add);
    rules.check();
    if (thorough) {
      rules.directoryFileIsThere();
    }
    Map<String, Values> receivers = receivers(given, folder, missing, faults);
    if (faults.isEmpty()) {
      return new Loaded.Ok(
          Assembly.assemble(values, receivers), given.warnings(), Written.of(given));
    }
    Collections.sort(faults);
    return new Loaded.Faulty(faults);
  }

  private static Map<String, Values> receivers(
      Given given, Path folder, Function<Key<?>, Place> missing, List<Fault> faults) {
    Map<String, Values> receivers = new TreeMap<>();
    given
        .receivers()
        .forEach(
            (host, settings) -> {
              Values values = Values.read(Keys.RECEIVER, settings, folder, faults::add);
              new Rules(values, missing, faults::add)
                  .bothOrNeither(StreamKeys.RECEIVER_TLS_CERTIFICATE, StreamKeys.RECEIVER_TLS_KEY);
              receivers.put(host, values);
            });
    return receivers;
  }
}
