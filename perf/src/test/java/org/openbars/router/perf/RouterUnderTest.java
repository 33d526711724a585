package org.openbars.router.perf;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The router that takes the load: one that answers already, or a sandbox of the run's own on free
 * ports, which {@link #stop()} ends.
 */
final class RouterUnderTest {
  private static final int START_SECONDS = 120;
  private static final int STOP_SECONDS = 60;
  private static final int POLL_MILLIS = 250;
  private static final String BASE_PATH = "/booking-and-referral/FHIR/R4";

  private final Settings settings;
  private final Optional<Process> ours;

  private RouterUnderTest(Settings settings, Optional<Process> ours) {
    this.settings = settings;
    this.ours = ours;
  }

  /** Finds it, or starts one when none was asked for by {@code -Drouter}. */
  static RouterUnderTest find(Settings settings) {
    if (answers(settings.router())) {
      return new RouterUnderTest(settings, Optional.empty());
    }
    if (settings.routerGiven()) {
      throw new RunRefused(
          "no router answers at "
              + settings.router()
              + "/_ping; start it, or leave -Drouter out and a sandbox is started");
    }
    if (!Files.isReadable(settings.jar())) {
      throw new RunRefused(
          "no router answers at "
              + settings.router()
              + ", and there is no "
              + settings.jar()
              + " to start; run first: mvn -q -DskipTests package");
    }
    return start(settings);
  }

  private static RouterUnderTest start(Settings settings) {
    int port = freePort();
    int adminPort = freePort();
    File log = settings.logs().resolve("sandbox.log").toFile();
    ProcessBuilder command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                settings.jar().toString(),
                "sandbox",
                "--set",
                "listen.port=" + port,
                "--set",
                "admin.port=" + adminPort)
            .redirectErrorStream(true)
            .redirectOutput(log);
    System.out.println(
        "No router at " + settings.router() + ": starting a sandbox, its log in " + log);
    Settings own =
        settings.against(
            URI.create("http://127.0.0.1:" + port + BASE_PATH),
            URI.create("http://127.0.0.1:" + adminPort));
    try {
      Process process = command.start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "sandbox-stop"));
      awaitAnswer(own.router(), process, log);
      return new RouterUnderTest(own, Optional.of(process));
    } catch (IOException e) {
      throw new RunRefused("could not start " + command.command() + ": " + e.getMessage());
    }
  }

  private static void awaitAnswer(URI router, Process process, File log) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!answers(router)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        process.destroy();
        throw new RunRefused(
            "the sandbox did not start; " + lastLine(log) + " (all of it: " + log + ")");
      }
      try {
        // Another process: there is nothing to wait on but its port.
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        process.destroy();
        throw new RunRefused("interrupted");
      }
    }
  }

  private static String lastLine(File log) {
    try {
      List<String> lines = Files.readAllLines(log.toPath());
      return lines.isEmpty() ? "it said nothing" : "it said: " + lines.get(lines.size() - 1);
    } catch (IOException e) {
      return "its log cannot be read";
    }
  }

  private static boolean answers(URI router) {
    return Http.get(router + "/_ping").isPresent();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new RunRefused("no free port on 127.0.0.1: " + e.getMessage());
    }
  }

  /** The settings of the run, with this router's addresses. */
  Settings settings() {
    return settings;
  }

  /** Ends the sandbox if it is ours; a router that was found keeps running. Blocking. */
  void stop() {
    ours.ifPresent(
        process -> {
          process.destroy();
          try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
              process.destroyForcibly();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
          }
        });
  }
}
