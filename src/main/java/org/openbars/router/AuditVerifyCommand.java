package org.openbars.router;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openbars.router.audit.Asker;
import org.openbars.router.audit.AuditVerification;
import org.openbars.router.config.ConfigLoader;
import org.openbars.router.config.Loaded;
import org.openbars.router.config.RouterConfig;
import org.openbars.router.ledger.Verification;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Checks every chain and seal; a line for each fault on stdout, the count in the last. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description =
        "Checks that no record of the audit was changed, taken out or put in."
            + " Exit code 0 without a fault, 1 with one or when it could not check, 2 for a wrong"
            + " command line or configuration.")
final class AuditVerifyCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options;

  @Option(
      names = "--from",
      paramLabel = "YYYY-MM-DD",
      description = "The first day; the first that audit.retention keeps if not given.")
  private @Nullable LocalDate from;

  @Option(
      names = "--to",
      paramLabel = "YYYY-MM-DD",
      description = "The last day; today if not given.")
  private @Nullable LocalDate to;

  @Option(
      names = "--public-key",
      paramLabel = "FILE",
      description =
          "Public key of the seals (PEM), more than once for several; the half of"
              + " audit.seal.key-file if not given.")
  private List<Path> publicKeys = new ArrayList<>();

  @Option(
      names = "--nhs-number-key",
      paramLabel = "FILE",
      description = "Another node's key of the NHS numbers' hashes; may be given more than once.")
  private List<Path> nhsNumberKeys = new ArrayList<>();

  @Option(
      names = "--export",
      paramLabel = "FILE",
      description =
          "Checks this export, which --write made (docs/decisions/0007), and not the database.")
  private @Nullable Path export;

  @Option(
      names = "--write",
      paramLabel = "FILE",
      description =
          "Writes what it checks in the database to this new file, for --export. NHS numbers stand in"
              + " it.")
  private @Nullable Path write;

  @Override
  public Integer call() {
    if (export != null && write != null) {
      System.err.println("bars-router: --write writes from the database, --export reads a file");
      return Main.EXIT_USAGE;
    }
    Loaded loaded = ConfigLoader.load(options.file(), options.sets(), System.getenv());
    if (loaded instanceof Loaded.Faulty faulty) {
      faulty.faults().forEach(fault -> System.err.println(fault));
      return Main.EXIT_USAGE;
    }
    try {
      Verification.Result result = check(((Loaded.Ok) loaded).config());
      System.out.println(result);
      return result.faults() == 0 ? 0 : Main.EXIT_FAILED;
    } catch (IllegalArgumentException e) {
      System.err.println("bars-router: " + e.getMessage());
      return Main.EXIT_USAGE;
    } catch (IOException | SQLException e) {
      System.err.println("bars-router: could not check: " + e);
      return Main.EXIT_FAILED;
    }
  }

  private Verification.Result check(RouterConfig config) throws IOException, SQLException {
    AuditVerification.Options asked =
        new AuditVerification.Options(from, to, publicKeys, nhsNumberKeys, export);
    Consumer<String> lines = line -> System.out.println(line);
    return write == null
        ? AuditVerification.verify(config.audit(), asked, lines)
        : AuditVerification.write(
            config.audit(), asked, write, Asker.atThisMachine(config.node()), lines);
  }
}
