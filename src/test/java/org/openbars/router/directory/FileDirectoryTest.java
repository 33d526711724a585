package org.openbars.router.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.meter.Meters;

/** Each check is asked for, so that no test waits for a timer. */
class FileDirectoryTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final FileTime TIME = FileTime.fromMillis(1_795_000_000_000L);

  @TempDir Path folder;
  private Path file;
  private final Meters meters = new Meters();

  @BeforeEach
  void name() {
    file = folder.resolve("targets.json");
  }

  @AfterAll
  static void stop() {
    VERTX.close().toCompletionStage().toCompletableFuture().join();
  }

  private FileDirectory directory(Duration rereadEvery) {
    return new FileDirectory(
        VERTX,
        new DirectoryConfig(file, Duration.ofHours(1), rereadEvery, 0.2, null),
        host -> false,
        meters);
  }

  private static void check(FileDirectory directory) throws Exception {
    directory.check().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private void write(String... values) throws IOException {
    StringBuilder entries = new StringBuilder();
    for (String value : values) {
      entries.append(entries.isEmpty() ? "" : ", ");
      entries.append("\"").append(value).append("\": \"https://a.example\"");
    }
    Files.writeString(file, "{\"NHSD-Target-Identifier\": {\"s\": {" + entries + "}}}");
  }

  private static boolean knows(FileDirectory directory, String value) {
    return directory.find(new TargetIdentifier("s", value)) instanceof Lookup.Found;
  }

  private double count(String counter) {
    return meters.registry().get(counter).counter().count();
  }

  @Test
  void nothingIsKnownBeforeTheFirstLoad() throws Exception {
    FileDirectory directory = directory(Duration.ofHours(1));
    assertThat(directory.loaded()).isFalse();
    assertThat(knows(directory, "a")).isFalse();

    check(directory);
    assertThat(directory.loaded()).isFalse();
    assertThat(count("bars.directory.refused")).isEqualTo(1);

    check(directory);
    assertThat(count("bars.directory.refused")).as("said once").isEqualTo(1);

    write("a");
    check(directory);
    assertThat(directory.loaded()).isTrue();
    assertThat(knows(directory, "a")).isTrue();
    assertThat(count("bars.directory.loads")).isEqualTo(1);
  }

  @Test
  void startLoadsTheFile() throws Exception {
    write("a");
    FileDirectory directory = directory(Duration.ofHours(1));
    directory.start().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    directory.stop();

    assertThat(knows(directory, "a")).isTrue();
  }

  @Test
  void unchangedFileIsNotLoadedAgain() throws Exception {
    write("a");
    FileDirectory directory = directory(Duration.ofNanos(1));
    check(directory);
    RoutingTable table = directory.table();
    Files.setLastModifiedTime(file, TIME);
    check(directory);

    assertThat(directory.table()).isSameAs(table);
    assertThat(count("bars.directory.loads")).isEqualTo(1);
  }

  @Test
  void changeOfEqualSizeAndTimeIsSeenAtTheNextReread() throws Exception {
    write("a");
    Files.setLastModifiedTime(file, TIME);
    FileDirectory seldom = directory(Duration.ofHours(1));
    FileDirectory often =
        new FileDirectory(
            VERTX,
            new DirectoryConfig(file, Duration.ofHours(1), Duration.ofNanos(1), 0.2, null),
            host -> false,
            new Meters());
    check(seldom);
    check(often);
    write("b");
    Files.setLastModifiedTime(file, TIME);
    check(seldom);
    check(often);

    assertThat(knows(often, "b")).isTrue();
    assertThat(knows(seldom, "a")).isTrue();
  }

  @Test
  void refusedFileIsRefusedOnceAndTheNextGoodOneLoaded() throws Exception {
    write("a");
    FileDirectory directory = directory(Duration.ofNanos(1));
    check(directory);
    Files.writeString(file, "{");
    check(directory);
    check(directory);
    assertThat(knows(directory, "a")).isTrue();
    assertThat(count("bars.directory.refused")).isEqualTo(1);

    write("a", "b");
    check(directory);
    assertThat(knows(directory, "b")).isTrue();
  }

  @Test
  void goodFileThatComesBackAfterABadOneIsGoodAgain() throws Exception {
    write("a");
    FileDirectory directory = directory(Duration.ofNanos(1));
    check(directory);
    Files.writeString(file, "{");
    check(directory);
    write("a");
    check(directory);

    assertThat(knows(directory, "a")).isTrue();
    assertThat(count("bars.directory.loads")).isEqualTo(2);
  }

  @Test
  void exactlyAFifthFewerIsTakenAndMoreIsRefused() throws Exception {
    write("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
    FileDirectory directory = directory(Duration.ofNanos(1));
    check(directory);
    write("a", "b", "c", "d", "e", "f", "g");
    check(directory);
    assertThat(directory.table().size()).isEqualTo(10);

    write("a", "b", "c", "d", "e", "f", "g", "h");
    check(directory);
    assertThat(directory.table().size()).isEqualTo(8);
  }
}
