package org.openbars.router;

import java.util.concurrent.Callable;
import org.openbars.router.config.ConfigLoader;
import org.openbars.router.config.Loaded;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Reads a configuration, names every fault, starts nothing. */
@Command(
    name = "check-config",
    mixinStandardHelpOptions = true,
    description = "Checks a configuration and names every fault; starts nothing.")
final class CheckConfigCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options;

  @Override
  public Integer call() {
    Loaded loaded = ConfigLoader.check(options.file(), options.sets(), System.getenv());
    if (loaded instanceof Loaded.Faulty faulty) {
      faulty.faults().forEach(fault -> System.err.println(fault));
      return Main.EXIT_USAGE;
    }
    ((Loaded.Ok) loaded).warnings().forEach(warning -> System.err.println("warning: " + warning));
    System.err.println(options.file() + ": good");
    return 0;
  }
}
