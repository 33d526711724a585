package org.openbars.router;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openbars.router.RunUntilStopped.StartFailed;
import org.openbars.router.message.Target;
import org.openbars.router.meter.Logs;
import org.openbars.router.sandbox.SandboxReceivers;
import org.openbars.router.sandbox.SandboxTargets;
import org.openbars.router.sandbox.journey.Journey;
import org.openbars.router.sandbox.journey.JourneyFiles;
import org.openbars.router.sandbox.synthetic.CareSetting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Everything on this machine: router, mock receivers, PostgreSQL. */
@Command(
    name = "sandbox",
    mixinStandardHelpOptions = true,
    description =
        "Runs everything on this machine with synthetic data: router, mock receivers, PostgreSQL.")
final class SandboxCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Option(names = "--receivers", description = "Runs the mock receivers alone.")
  private boolean receiversAlone;

  @Option(
      names = "--first-port",
      paramLabel = "PORT",
      defaultValue = "" + SandboxReceivers.DEFAULT_FIRST_PORT,
      description =
          "With --receivers: the first of their ports; 0 takes free ones (default ${DEFAULT-VALUE}).")
  private int firstPort;

  @Option(
      names = "--play",
      paramLabel = "CODE|all",
      description = "Plays one care journey, or all, on free ports, and ends.")
  private @Nullable String play;

  @Option(
      names = "--journeys",
      paramLabel = "FOLDER",
      description = "Takes the journeys of this folder instead of those in the jar.")
  private @Nullable Path journeys;

  @Option(
      names = "--postman",
      paramLabel = "FILE",
      description = "With --play: writes what was played as a Postman collection.")
  private @Nullable Path postman;

  @Option(
      names = "--receiver",
      paramLabel = "SETTING=URL",
      description =
          "Sends what is for a care setting, as emergency-department, to a receiver of yours.")
  private Map<String, String> receivers = new LinkedHashMap<>();

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description =
          "Keeps PostgreSQL's unpacked binaries for the next start (default: in the temporary folder).")
  private @Nullable Path data;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Sets one key of the router's configuration.")
  private List<String> sets = new ArrayList<>();

  @Override
  public Integer call() {
    try {
      return receiversAlone ? receivers() : everything();
    } catch (StartFailed e) {
      System.err.println("bars-router: " + e.getMessage());
      return Main.EXIT_FAILED;
    } catch (IOException | IllegalArgumentException e) {
      System.err.println("bars-router: " + e.getMessage());
      return Main.EXIT_USAGE;
    } catch (Sandbox.Misconfigured e) {
      e.faults().forEach(fault -> System.err.println(fault));
      return Main.EXIT_USAGE;
    }
  }

  private int everything() throws IOException, StartFailed, Sandbox.Misconfigured {
    List<Journey> known = journeys == null ? JourneyFiles.packaged() : JourneyFiles.in(journeys);
    List<String> keys = new ArrayList<>();
    List<Journey> asked = List.of();
    if (play != null) {
      asked = JourneyFiles.named(known, play);
      keys.addAll(List.of("listen.port=0", "admin.port=0"));
      Logs.quiet();
    }
    keys.addAll(sets);
    Path folder = data == null ? defaultFolder() : data.toAbsolutePath();
    Sandbox.Setup setup = new Sandbox.Setup(folder, keys, others(), known);
    Sandbox sandbox;
    try {
      sandbox = Sandbox.start(setup);
    } catch (IOException e) {
      throw new StartFailed(String.valueOf(e.getMessage()), e);
    }
    if (play != null) {
      return Play.through(sandbox, asked, postman);
    }
    System.err.print(sandbox.banner().text());
    return RunUntilStopped.run(sandbox::stop);
  }

  private Map<CareSetting, String> others() {
    Map<CareSetting, String> others = new EnumMap<>(CareSetting.class);
    receivers.forEach(
        (word, url) -> {
          Optional<CareSetting> setting = CareSetting.named(word);
          if (setting.isEmpty()) {
            String known =
                Stream.of(CareSetting.values())
                    .map(CareSetting::word)
                    .collect(Collectors.joining(", "));
            throw new IllegalArgumentException("no care setting " + word + "; there are " + known);
          }
          Target.parse(url);
          others.put(setting.get(), url);
        });
    return others;
  }

  private static Path defaultFolder() {
    String user = System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9._-]", "_");
    return Path.of(System.getProperty("java.io.tmpdir"), "bars-router-sandbox-" + user);
  }

  private int receivers() throws StartFailed {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    SandboxReceivers receivers;
    try {
      receivers = RunUntilStopped.await(SandboxReceivers.start(vertx, firstPort), PATIENCE);
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new StartFailed(
          "the mock receivers did not start: "
              + cause.getMessage()
              + "; choose other ports with --first-port",
          e);
    }
    SandboxTargets targets = receivers.targets();
    System.err.println(targets.loadUrl() + "  for load  " + SandboxTargets.LOAD.value());
    for (CareSetting setting : CareSetting.values()) {
      System.err.println(
          targets.baseUrl(setting) + "  " + setting.label() + "  " + setting.target().value());
    }
    for (SandboxTargets.Misbehaving each : SandboxTargets.misbehaving()) {
      System.err.println(targets.baseUrl(each) + "  " + each.meaning());
    }
    System.err.println("targets file: " + targets.json());
    return RunUntilStopped.run(() -> RunUntilStopped.await(vertx.close(), PATIENCE));
  }
}
