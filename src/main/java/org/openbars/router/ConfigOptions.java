package org.openbars.router;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that reads a configuration. */
final class ConfigOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The configuration; config/router.yaml explains every key.")
  private @Nullable Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Sets one key; beats the environment (BARS_LISTEN_PORT), which beats the file.")
  private List<String> sets = new ArrayList<>();

  @Nullable Path file() {
    return file;
  }

  List<String> sets() {
    return List.copyOf(sets);
  }
}
