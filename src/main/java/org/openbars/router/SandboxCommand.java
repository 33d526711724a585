package org.openbars.router;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.openbars.router.RunUntilStopped.StartFailed;
import org.openbars.router.sandbox.SandboxReceivers;
import org.openbars.router.sandbox.SandboxTargets;
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
      description = "Plays care journeys; not built yet.")
  private @Nullable String play;

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
    if (play != null) {
      System.err.println(
          "bars-router: sandbox --play is not built yet; start the sandbox and use its curl lines");
      return Main.EXIT_USAGE;
    }
    try {
      return receiversAlone ? receivers() : everything();
    } catch (StartFailed e) {
      System.err.println("bars-router: " + e.getMessage());
      return Main.EXIT_FAILED;
    } catch (Sandbox.Misconfigured e) {
      e.faults().forEach(fault -> System.err.println(fault));
      return Main.EXIT_USAGE;
    }
  }

  private int everything() throws StartFailed, Sandbox.Misconfigured {
    Path folder = data == null ? defaultFolder() : data.toAbsolutePath();
    try {
      Sandbox sandbox = Sandbox.start(folder, sets);
      System.err.print(sandbox.banner());
      return RunUntilStopped.run(sandbox::stop);
    } catch (IOException e) {
      throw new StartFailed(String.valueOf(e.getMessage()), e);
    }
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
