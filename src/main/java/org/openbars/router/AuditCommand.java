package org.openbars.router;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is done with the audit besides keeping it. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = "Works on the audit; needs no running router.",
    subcommands = {
      AuditVerifyCommand.class,
      AuditExportCommand.class,
      AuditShipCommand.class,
      AuditEraseExpiredCommand.class
    })
final class AuditCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: " + String.join(", ", spec.subcommands().keySet()));
  }
}
