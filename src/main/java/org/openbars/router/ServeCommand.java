package org.openbars.router;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.openbars.router.config.ConfigLoader;
import org.openbars.router.config.ConfigReload;
import org.openbars.router.config.Loaded;
import org.openbars.router.config.RouterConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs the router until it is told to stop. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Runs the router until it is told to stop (SIGTERM or Ctrl-C).")
final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  /** What ends beyond the three times of a drain: connections and pools. */
  private static final Duration END = Duration.ofSeconds(10);

  @Mixin private ConfigOptions options;

  @Override
  public Integer call() {
    Loaded loaded = ConfigLoader.load(options.file(), options.sets(), System.getenv());
    if (loaded instanceof Loaded.Faulty faulty) {
      faulty.faults().forEach(fault -> System.err.println(fault));
      return Main.EXIT_USAGE;
    }
    Loaded.Ok good = (Loaded.Ok) loaded;
    RouterConfig.Drain drain = good.config().drain();
    good.warnings().forEach(warning -> LOG.warn("{}", warning));
    try {
      ConfigReload source = new ConfigReload(options.file(), options.sets(), System.getenv(), good);
      RouterProcess router = RunUntilStopped.start(good.config(), Map.of(), source);
      // In place of the Java runtime's own answer, which is to end.
      StopSignals.on("HUP", number -> router.reload());
      LOG.info(
          "ready: senders on {}:{}, operators on {}:{}",
          good.config().listen().host(),
          router.port(),
          good.config().admin().host(),
          router.adminPort());
      return RunUntilStopped.run(
          () -> RunUntilStopped.await(router.drain(drain), drain.longest().plus(END)));
    } catch (RunUntilStopped.StartFailed e) {
      System.err.println("bars-router: " + e.getMessage());
      return Main.EXIT_FAILED;
    }
  }
}
