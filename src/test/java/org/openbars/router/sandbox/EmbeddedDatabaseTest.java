package org.openbars.router.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedDatabaseTest {
  /** Shared, so that the binaries are unpacked once a build. Each start costs a second or two. */
  private static final Path FOLDER = Path.of("target", "embedded-postgres");

  private static String version(EmbeddedDatabase database) throws SQLException {
    String url = "jdbc:postgresql://127.0.0.1:" + database.port() + "/postgres?user=postgres";
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW server_version")) {
      return row.next() ? row.getString(1) : "";
    }
  }

  private static List<String> runs(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .map(child -> child.getFileName().toString())
          .filter(n -> n.startsWith("run-"))
          .toList();
    }
  }

  /** Servers whose data is in the folder, their own children left out. */
  private static Stream<ProcessHandle> servers(Path folder) {
    String data = "/bin/postgres -D " + folder.toAbsolutePath() + "/run-";
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(data));
  }

  @Test
  void twoRunsShareTheFolderAndLeaveNothingButTheBinaries() throws Exception {
    EmbeddedDatabase first = EmbeddedDatabase.start(FOLDER, 0, false);
    EmbeddedDatabase second = EmbeddedDatabase.start(FOLDER, 0, false);

    assertThat(second.port()).isNotEqualTo(first.port());
    assertThat(version(second)).isNotEmpty();
    assertThat(second.uri())
        .isEqualTo("postgresql://postgres@127.0.0.1:" + second.port() + "/postgres");
    assertThat(servers(FOLDER)).hasSize(2);
    second.stop();
    assertThat(version(first)).isNotEmpty();
    first.stop();
    first.stop();

    assertThat(servers(FOLDER)).isEmpty();
    assertThat(runs(FOLDER)).isEmpty();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(FOLDER)))
        .isEqualTo("rwxr-xr-x");
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatIOException()
          .isThrownBy(() -> EmbeddedDatabase.start(FOLDER, taken.getLocalPort(), false))
          .withMessage("PostgreSQL did not start: port " + taken.getLocalPort() + " is in use");
    }
  }

  @Test
  void aFolderThatCannotBeIsNamed(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("file"));

    assertThatIOException()
        .isThrownBy(() -> EmbeddedDatabase.start(file.resolve("below"), 0, false))
        .withMessageContaining("cannot create the folder")
        .withMessageContaining(file.toString());
  }

  @Test
  void whatAKilledRunLeftIsEndedAndRemoved() throws Exception {
    EmbeddedDatabase alive = EmbeddedDatabase.start(FOLDER, 0, false);
    Process sandbox = runner("hold");
    started(sandbox);
    assertThat(servers(FOLDER)).hasSize(2);
    sandbox.destroyForcibly().waitFor();
    assertThat(runs(FOLDER)).hasSize(2);

    EmbeddedDatabase next = EmbeddedDatabase.start(FOLDER, 0, false);

    assertThat(runs(FOLDER)).hasSize(2);
    assertThat(version(alive)).isNotEmpty();
    next.stop();
    alive.stop();
    assertThat(servers(FOLDER)).isEmpty();
  }

  @Test
  void theEndOfTheJvmStopsIt() throws Exception {
    Process sandbox = runner("hold");
    started(sandbox);
    assertThat(servers(FOLDER)).hasSize(1);

    sandbox.destroy();

    assertThat(sandbox.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(servers(FOLDER)).isEmpty();
    assertThat(runs(FOLDER)).isEmpty();
  }

  @Test
  void aJvmThatEndsWhileItStartsLeavesNothing() throws Exception {
    Process sandbox = runner("hold");
    Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> runs(FOLDER).size() == 1);

    sandbox.destroy();

    assertThat(sandbox.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(servers(FOLDER)).isEmpty();
    assertThat(runs(FOLDER)).isEmpty();
  }

  @Test
  void unpackingThatWasCutOffIsDoneAgain(@TempDir Path folder) throws Exception {
    Path whole = binaries();
    // What there is when only one file is out: a directory of that name, and no mark in it.
    Path part = Files.createDirectories(folder.resolve(whole.getFileName()).resolve("bin"));
    Files.writeString(part.resolve("postgres"), "cut off");

    // A JVM of its own, as the library remembers what it has unpacked.
    started(runner("once", folder.toString()));
  }

  /** Where the binaries are unpacked, which any start does. */
  private static Path binaries() throws IOException {
    for (int i = 0; i < 2; i++) {
      try (Stream<Path> children = Files.list(Files.createDirectories(FOLDER))) {
        Optional<Path> found =
            children.filter(each -> each.getFileName().toString().startsWith("PG-")).findFirst();
        if (found.isPresent()) {
          return found.get();
        }
      }
      EmbeddedDatabase.start(FOLDER, 0, false).stop();
    }
    throw new AssertionError("nothing was unpacked");
  }

  /** Reads the runner's output up to the line that says that its database is up. */
  private static void started(Process runner) throws IOException {
    BufferedReader output = runner.inputReader();
    StringBuilder read = new StringBuilder();
    for (String line = output.readLine(); !Runner.UP.equals(line); line = output.readLine()) {
      if (line == null) {
        throw new AssertionError("the runner ended: " + read);
      }
      read.append(line).append('\n');
    }
  }

  private static Process runner(String... arguments) throws IOException {
    List<String> command =
        Stream.concat(
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Runner.class.getName()),
                Stream.of(arguments))
            .toList();
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** A JVM of its own that starts a database, to be killed. */
  static final class Runner {
    private static final String UP = "database up";

    private Runner() {}

    public static void main(String[] arguments) throws Exception {
      Path folder = arguments.length > 1 ? Path.of(arguments[1]) : FOLDER;
      EmbeddedDatabase.start(folder, 0, true);
      System.out.println(UP);
      if (arguments[0].equals("hold")) {
        Thread.currentThread().join();
      }
    }
  }
}
