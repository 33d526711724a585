package org.openbars.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.File;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.sandbox.MockReceivers;
import org.openbars.router.sandbox.care.CareReceiver;
import org.openbars.router.sandbox.care.Correspondence;
import org.openbars.router.sandbox.journey.Journey;
import org.openbars.router.sandbox.journey.JourneyFiles;
import org.openbars.router.sandbox.synthetic.CareSetting;

/**
 * The packaged jar as a newcomer meets it: each wrong start ends by itself, with one clear line.
 */
final class CommandLineIT {
  @TempDir private Path folder;

  private record Ended(int exit, List<String> lines) {}

  private Ended run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-jar");
    command.add("target/bars-router.jar");
    command.addAll(List.of(arguments));
    File errors = folder.resolve("stderr").toFile();
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("stdout").toFile())
            .redirectError(errors)
            .start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended).as("ends by itself").isTrue();
    return new Ended(process.exitValue(), Files.readAllLines(errors.toPath()));
  }

  private Path config(String... lines) throws Exception {
    return Files.write(folder.resolve("router.yaml"), List.of(lines));
  }

  @Test
  void portInUseIsOneLineAndExitOne() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Path file =
          config(
              "listen: {port: " + taken.getLocalPort() + "}",
              "admin: {port: 0}",
              "directory: {file: targets.json}",
              "audit: {mode: off}");
      Ended ended = run("serve", "--config", file.toString());
      assertThat(ended.exit()).isEqualTo(1);
      assertThat(ended.lines())
          .singleElement()
          .asString()
          .contains("a port is in use")
          .contains(String.valueOf(taken.getLocalPort()));
    }
  }

  @Test
  void sandboxWhosePortIsInUseEndsEverythingItStarted() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Ended ended =
          run(
              "sandbox",
              "--data",
              folder.resolve("data").toString(),
              "--set",
              "listen.port=" + taken.getLocalPort(),
              "--set",
              "admin.port=0");
      assertThat(ended.exit()).isEqualTo(1);
      assertThat(ended.lines()).singleElement().asString().contains("a port is in use");
      try (var left = Files.list(folder.resolve("data"))) {
        assertThat(left.map(path -> path.getFileName().toString()))
            .allMatch(name -> name.startsWith("PG-") || name.equals(".lock"));
      }
    }
  }

  @Test
  void everyFaultOfAConfigurationIsNamedBeforeAPortOpens() throws Exception {
    Path file = config("listen:", "  port: 99999", "  prot: 1", "stream:", "  deadline: 32");
    Ended ended = run("serve", "--config", file.toString());
    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.lines())
        .anySatisfy(line -> assertThat(line).startsWith(file + ":2: listen.port:"))
        .anySatisfy(line -> assertThat(line).startsWith(file + ":3: listen.prot:"))
        .anySatisfy(line -> assertThat(line).startsWith(file + ":5: stream.deadline:"));
  }

  @Test
  void operatorsSampleConfigurationIsGood() throws Exception {
    assertThat(run("check-config", "--config", "config/router.yaml").exit()).isZero();
  }

  /** From any folder, on free ports, with a receiver that a supplier brings. */
  @Test
  void aJourneyIsPlayedAgainstAReceiverOfOnesOwn() throws Exception {
    Path jar = Path.of("target/bars-router.jar").toAbsolutePath();
    Vertx vertx = Vertx.vertx();
    try {
      CareSetting setting = CareSetting.CLINICAL_ASSESSMENT_SERVICE;
      CareReceiver care =
          new CareReceiver(
              setting,
              JourneyFiles.packaged().stream().map(Journey::useCase).toList(),
              new Correspondence(),
              InstantSource.system());
      MockReceivers ours =
          Exchanges.await(
              MockReceivers.start(vertx, MockReceivers.Options.loopback().withCare(care)));
      File out = folder.resolve("played").toFile();
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-jar",
                  jar.toString(),
                  "sandbox",
                  "--play",
                  "a4t1",
                  "--receiver",
                  setting.word() + "=" + ours.baseUrl(),
                  "--postman",
                  "a4t1.json")
              .directory(folder.toFile())
              .redirectOutput(out)
              .redirectErrorStream(true)
              .start();
      boolean ended = process.waitFor(120, TimeUnit.SECONDS);
      process.destroyForcibly();

      List<String> lines = Files.readAllLines(out.toPath());
      assertThat(ended).isTrue();
      assertThat(lines).last().isEqualTo("played 1 journeys, 6 exchanges, 0 faults");
      assertThat(process.exitValue()).isZero();
      assertThat(ours.counts().received()).isEqualTo(4);
      assertThat(Files.readString(folder.resolve("a4t1.json"))).contains("respond-full");
    } finally {
      Exchanges.await(vertx.close());
    }
  }

  @Test
  void nothingToDoIsAUsageError() throws Exception {
    assertThat(run().exit()).isEqualTo(2);
    assertThat(run("sandbox", "--play", "a9t9").exit()).isEqualTo(2);
  }
}
