package org.openbars.router;

import org.openbars.router.listen.Transports;
import org.openbars.router.route.BuildInfo;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line: {@code serve}, {@code check-config}, {@code sandbox}, {@code audit}. */
@Command(
    name = "bars-router",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Routes Booking and Referral Standard messages between NHS services.",
    subcommands = {
      ServeCommand.class,
      CheckConfigCommand.class,
      SandboxCommand.class,
      AuditCommand.class
    })
public final class Main implements Runnable {
  /** Exit code of a wrong command line or configuration; nothing was started. */
  static final int EXIT_USAGE = 2;

  /** Exit code of a start that failed. */
  static final int EXIT_FAILED = 1;

  @Spec private CommandSpec spec;

  public static void main(String[] args) {
    Transports.prepare();
    int exit = new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true).execute(args);
    // Whatever thread a library left behind must not keep the process.
    System.exit(exit);
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: serve, check-config, sandbox or audit");
  }

  /** The version in the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      BuildInfo build = BuildInfo.read();
      return new String[] {"bars-router " + build.version() + " (commit " + build.commitId() + ")"};
    }
  }
}
