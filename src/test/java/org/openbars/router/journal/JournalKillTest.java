package org.openbars.router.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Fate;
import org.openbars.router.meter.Meters;

/**
 * What a process said it had written is there after it was killed. Three times; {@code
 * -Djournal.kills=20} for more.
 */
class JournalKillTest {
  private static final int KILLS = Integer.getInteger("journal.kills", 3);
  private static final String OPENED = "opened ";
  private static final String CLOSED = "closed ";
  private static final int WRITERS = 2;

  @TempDir private Path folder;

  private static JournalConfig config(Path folder) {
    return new JournalConfig(
        folder.resolve("journal"), 16L << 20, JournalConfig.Sync.OS, JournalConfig.WhenFull.REFUSE);
  }

  /** Writes and ships until it is killed: the body of the process. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) throws IOException {
      Journal journal =
          Journal.open(config(Path.of(arguments[0])), List.of("a", "b"), new Meters());
      for (int i = 1; i < WRITERS; i++) {
        new Thread(() -> write(journal)).start();
      }
      // One sink stores, so that places are saved; the other is away, so that all is kept.
      Thread shipper = new Thread(() -> ship(journal));
      shipper.setDaemon(true);
      shipper.start();
      write(journal);
    }

    private static void ship(Journal journal) {
      try {
        while (true) {
          journal.reader("a").next(50);
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private static void write(Journal journal) {
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      Samples samples = new Samples();
      for (int i = 0; ; i++) {
        ExchangeRecord record = samples.record();
        boolean goesOnForEver = i % 50 == 49;
        journal.opened(
            Samples.begun(record),
            written -> {
              if (written) {
                out.println(OPENED + record.id());
              }
              if (written && !goesOnForEver) {
                journal.closed(record, true, () -> out.println(CLOSED + record.id()));
              }
            });
      }
    }
  }

  @Test
  void nothingAcknowledgedIsMissingAfterAKill() throws Exception {
    for (int kill = 0; kill < KILLS; kill++) {
      Map<String, String> acknowledged = runAndKill(500 + kill % 5 * 1500);

      Journal journal = Journal.open(config(folder), List.of("a", "b"), new Meters());
      Map<String, ExchangeRecord> found = new HashMap<>();
      JournalReader reader = journal.reader("b");
      for (ExchangeRecord record : Samples.everything(reader)) {
        assertThat(found.put(record.id().toString(), record)).isNull();
      }
      assertThat(reader.gaps()).isEmpty();
      reader.finish();
      Samples.everything(journal.reader("a"));
      journal.reader("a").finish();
      journal.close();

      assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(200);
      assertThat(found.keySet()).containsAll(acknowledged.keySet());
      acknowledged.forEach(
          (id, last) -> {
            if (last.startsWith(CLOSED)) {
              assertThat(found.get(id).result().fate()).isEqualTo(Fate.ANSWERED);
            }
          });
      assertThat(found.values()).anyMatch(each -> each.result().fate() == Fate.OUTCOME_UNKNOWN);
      // What was written and not said: one of each writer.
      assertThat(found.size() - acknowledged.size()).isLessThanOrEqualTo(WRITERS);
    }
  }

  /** The last thing said of each exchange, by id. */
  private Map<String, String> runAndKill(int afterLines) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Map<String, String> said = new HashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      int count = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(OPENED) || line.startsWith(CLOSED)) {
          String id = line.substring(OPENED.length());
          if (id.length() == 36) {
            said.put(id, line);
          }
        }
        if (++count == afterLines) {
          process.toHandle().destroyForcibly();
        }
      }
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return said;
  }
}
