package org.openbars.router.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;

/** A real file system without room: one in memory that may be mounted, else a limit on files. */
class FullDiskTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Samples samples = new Samples();
  @TempDir private Path folder;
  private boolean mounted;

  @BeforeEach
  void mount() throws Exception {
    mounted = run("mount", "-t", "tmpfs", "-o", "size=8m", "none", folder.toString()) == 0;
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(run("umount", "-l", folder.toString())).isZero();
    }
  }

  private static int run(String... command) throws Exception {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(30, TimeUnit.SECONDS) ? process.exitValue() : -1;
    } catch (IOException e) {
      return -1;
    }
  }

  @Test
  void fullFileSystemRefusesAndIsTakenAgainByItself() throws Exception {
    assumeTrue(mounted, "needs the right to mount");
    Meters meters = new Meters();
    Journal journal = Journal.open(config(), List.of("a"), meters);
    List<ExchangeRecord> kept = new ArrayList<>();
    Path ballast = folder.resolve("ballast");
    ExchangeRecord underWay = samples.record();
    assertThat(Samples.write(journal, samples.record())).isTrue();
    journal.opened(Samples.begun(underWay), written -> assertThat(written).isTrue());
    fill(ballast);

    await().atMost(PATIENCE).until(() -> fill(journal, kept));
    assertThat(journal.accepts()).isFalse();
    // How many more it takes is what is left of a page, and how soon the full disk is seen.
    assertThat(kept).isNotEmpty();
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    journal.closed(underWay, true, () -> ended.complete(true));
    assertThat(ended.get(30, TimeUnit.SECONDS)).isTrue();

    Files.delete(ballast);

    await().atMost(PATIENCE).until(journal::accepts);
    await()
        .atMost(PATIENCE)
        .until(() -> meters.registry().get("bars.audit.journal.handed.over").gauge().value() == 0);
    assertThat(Samples.everything(journal.reader("a"))).contains(underWay).containsAll(kept);
    assertThat(journal.reader("a").gaps()).isEmpty();
    journal.close();
  }

  private boolean fill(Journal journal, List<ExchangeRecord> kept) {
    for (int i = 0; i < 10_000; i++) {
      ExchangeRecord record = samples.record(2000);
      if (!Samples.write(journal, record)) {
        return true;
      }
      kept.add(record);
    }
    return false;
  }

  private static void fill(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      byte[] page = new byte[4096];
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private JournalConfig config() {
    return new JournalConfig(
        folder.resolve("journal"), 6L << 20, JournalConfig.Sync.OS, JournalConfig.WhenFull.REFUSE);
  }

  /** Writes until it is refused, with files limited to fewer bytes than a segment. */
  static final class Limited {
    private Limited() {}

    public static void main(String[] arguments) throws Exception {
      Journal journal =
          Journal.open(
              new JournalConfig(
                  Path.of(arguments[0]),
                  64L << 20,
                  JournalConfig.Sync.OS,
                  JournalConfig.WhenFull.REFUSE),
              List.of("a"),
              new Meters());
      Samples samples = new Samples();
      int written = 0;
      for (int i = 0; i < 1000; i++) {
        if (Samples.write(journal, samples.record())) {
          written++;
        }
      }
      int read = Samples.everything(journal.reader("a")).size();
      System.out.println(
          "written " + written + ", read " + read + ", accepts " + journal.accepts());
      System.exit(0);
    }
  }

  @Test
  void limitOnTheSizeOfFilesIsNoCrash() throws Exception {
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -f 512; exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                Limited.class.getName(),
                folder.resolve("limited").toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said).containsPattern("written 0, read 0, accepts false");
  }
}
