package org.openbars.router;

import java.util.concurrent.Callable;
import org.openbars.router.config.ConfigLoader;
import org.openbars.router.config.Loaded;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs the router until it is told to stop. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Runs the router until it is told to stop (SIGTERM or Ctrl-C).")
final class ServeCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options;

  @Override
  public Integer call() {
    Loaded loaded = ConfigLoader.load(options.file(), options.sets(), System.getenv());
    if (loaded instanceof Loaded.Faulty faulty) {
      faulty.faults().forEach(fault -> System.err.println(fault));
      return Main.EXIT_USAGE;
    }
    Loaded.Ok good = (Loaded.Ok) loaded;
    return RunUntilStopped.run(good.config(), good.warnings());
  }
}
