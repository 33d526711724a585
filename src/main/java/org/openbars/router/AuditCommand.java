package org.openbars.router;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is done to the audit as a whole. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = "Checks the audit, and erases what is older than its retention.",
    subcommands = {AuditVerifyCommand.class, AuditEraseExpiredCommand.class})
final class AuditCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: " + String.join(", ", spec.subcommands().keySet()));
  }
}
