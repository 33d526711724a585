package org.openbars.router;

import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.openbars.router.audit.AuditRetention;
import org.openbars.router.config.ConfigLoader;
import org.openbars.router.config.Loaded;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Erases now what a running router erases every hour. */
@Command(
    name = "erase-expired",
    mixinStandardHelpOptions = true,
    description =
        "Erases the audit's days that are older than audit.retention. Exit code 1 when some could"
            + " not be erased: they are in use, or a router is at it.")
final class AuditEraseExpiredCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options;

  @Override
  public Integer call() {
    Loaded loaded = ConfigLoader.load(options.file(), options.sets(), System.getenv());
    if (loaded instanceof Loaded.Faulty faulty) {
      faulty.faults().forEach(fault -> System.err.println(fault));
      return Main.EXIT_USAGE;
    }
    try {
      AuditRetention.Erased erased =
          AuditRetention.eraseExpired(((Loaded.Ok) loaded).config().audit());
      erased.partitions().forEach(partition -> System.out.println("erased " + partition));
      System.out.println(
          "erased "
              + erased.partitions().size()
              + " days"
              + (erased.complete() ? "" : ", not all"));
      return erased.complete() ? 0 : Main.EXIT_FAILED;
    } catch (IllegalArgumentException e) {
      System.err.println("bars-router: " + e.getMessage());
      return Main.EXIT_USAGE;
    } catch (IOException | SQLException e) {
      System.err.println("bars-router: could not erase: " + e);
      return Main.EXIT_FAILED;
    }
  }
}
