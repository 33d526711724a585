package org.openbars.router;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.openbars.router.admin.AuditEvents;
import org.openbars.router.audit.Asker;
import org.openbars.router.audit.AuditExport;
import org.openbars.router.config.ConfigLoader;
import org.openbars.router.config.Loaded;
import org.openbars.router.config.RouterConfig;
import org.openbars.router.message.NhsNumber;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Right of access. The NHS number comes on stdin, never as an argument, which every user of the
 * machine could read.
 */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Writes everything held about one person: reads the NHS number as one line from stdin, writes"
          + " one AuditEvent a line to stdout, restricted records and the looks at them included,"
          + " and how many to stderr."
    })
final class AuditExportCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options;

  @Override
  public Integer call() throws IOException {
    Loaded loaded = ConfigLoader.load(options.file(), options.sets(), System.getenv());
    if (loaded instanceof Loaded.Faulty faulty) {
      faulty.faults().forEach(fault -> System.err.println(fault));
      return Main.EXIT_USAGE;
    }
    RouterConfig config = ((Loaded.Ok) loaded).config();
    if (!config.audit().on()) {
      System.err.println("bars-router: audit.mode is off");
      return Main.EXIT_USAGE;
    }
    Optional<NhsNumber> person = person();
    if (person.isEmpty()) {
      System.err.println(
          "bars-router: stdin must hold one NHS number, ten digits with a valid check digit");
      return Main.EXIT_USAGE;
    }
    PrintStream stdout = System.out;
    // Log lines would go there as well.
    System.setOut(System.err);
    try {
      return export(config, person.get(), stdout);
    } finally {
      System.setOut(stdout);
    }
  }

  private static Optional<NhsNumber> person() throws IOException {
    String line =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    return line == null ? Optional.empty() : NhsNumber.parse(line.replace(" ", "").strip());
  }

  private static int export(RouterConfig config, NhsNumber person, PrintStream stdout) {
    Asker asker = Asker.atThisMachine(config.node());
    try (AuditExport export = new AuditExport(config.audit());
        Lines lines = new Lines(stdout, person)) {
      AuditExport.Count count = export.read(person, asker, lines);
      lines.writer.flush();
      if (stdout.checkError()) {
        throw new IOException("stdout takes no more");
      }
      System.err.println(
          "exported " + count.records() + " records and " + count.looks() + " looks at them");
      return 0;
    } catch (IOException | IllegalArgumentException e) {
      System.err.println(
          "bars-router: export failed, what was written is not whole: " + e.getMessage());
      return Main.EXIT_FAILED;
    }
  }

  /** Writes each record as it comes. */
  private static final class Lines implements AuditExport.Taker, AutoCloseable {
    private final NhsNumber person;
    private final BufferedWriter writer;

    Lines(PrintStream stdout, NhsNumber person) {
      this.person = person;
      this.writer = new BufferedWriter(new OutputStreamWriter(stdout, StandardCharsets.UTF_8));
    }

    @Override
    public void record(JsonObject record, boolean restricted) throws IOException {
      line(AuditEvents.line(record, restricted, person));
    }

    @Override
    public void look(JsonObject look) throws IOException {
      line(AuditEvents.lookLine(look, person));
    }

    private void line(String text) throws IOException {
      writer.write(text);
      writer.write('\n');
    }

    @Override
    public void close() throws IOException {
      writer.flush();
    }
  }
}
