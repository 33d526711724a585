package org.openbars.router;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.openbars.router.RunUntilStopped.StartFailed;
import org.openbars.router.audit.AuditConfig;
import org.openbars.router.audit.AuditTrail;
import org.openbars.router.config.ConfigLoader;
import org.openbars.router.config.Loaded;
import org.openbars.router.meter.Meters;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Empties the journal of a node that will not come back. */
@Command(
    name = "ship",
    mixinStandardHelpOptions = true,
    description =
        "Stores what waits in a journal whose router will not come back, in every sink of the"
            + " configuration. Exit code 1 when something is left; it can be run again.")
final class AuditShipCommand implements Callable<Integer> {
  private static final Duration END = Duration.ofSeconds(60);

  @Mixin private ConfigOptions options;

  @Option(
      names = "--journal",
      required = true,
      paramLabel = "DIR",
      description = "The journal's folder, brought from that node or mounted.")
  private Path journal = Path.of("");

  @Option(
      names = "--within",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "Gives up after so long (default: ${DEFAULT-VALUE}).")
  private long within;

  @Override
  public Integer call() {
    Loaded loaded = ConfigLoader.load(options.file(), options.sets(), System.getenv());
    if (loaded instanceof Loaded.Faulty faulty) {
      faulty.faults().forEach(fault -> System.err.println(fault));
      return Main.EXIT_USAGE;
    }
    AuditConfig config = ((Loaded.Ok) loaded).config().audit();
    if (!config.on() || !Files.isDirectory(journal)) {
      System.err.println(
          "bars-router: " + (config.on() ? journal + " is not a folder" : "audit.mode is off"));
      return Main.EXIT_USAGE;
    }
    try {
      long before = segments();
      AuditTrail trail = AuditTrail.start(config.of(journal.toAbsolutePath()), new Meters());
      Duration patience = Duration.ofSeconds(within);
      RunUntilStopped.await(trail.stop(patience), patience.plus(END));
      long left = segments();
      System.out.println(
          left == 0
              ? "shipped: " + before + " segments, nothing is left"
              : "not all shipped: " + left + " of " + before + " segments are left");
      return left == 0 ? 0 : Main.EXIT_FAILED;
    } catch (IOException
        | ExecutionException
        | TimeoutException
        | StartFailed
        | IllegalArgumentException e) {
      System.err.println("bars-router: could not ship " + journal + ": " + e.getMessage());
      return Main.EXIT_FAILED;
    }
  }

  private long segments() throws IOException {
    try (Stream<Path> files = Files.list(journal)) {
      return files.filter(file -> file.toString().endsWith(".seg")).count();
    }
  }
}
