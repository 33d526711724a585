package org.openbars.router.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of embedded databases: unpacked binaries ({@code PG-*}) that stay, and one folder per
 * run ({@code run-*}) that goes with it. A run's owner holds a file lock that the operating system
 * drops when the owner dies, however it dies; so what a killed run left is known as such.
 */
final class DatabaseFolder {
  private static final int QUIT_TRIES = 500;
  private static final long QUIT_WAIT_MILLIS = 20;

  /** The library reads its working folder from here; there is no call for it. */
  private static final String WORKING_FOLDER = "ot.epg.working-dir";

  /** Runs of this JVM: opening their lock files a second time would drop the locks (POSIX). */
  private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

  /** One start at a time looks into a folder; the file lock does the same between JVMs. */
  private static final Object LOOKING = new Object();

  private final Path folder;

  /** What may be started in a run's folder. */
  @FunctionalInterface
  interface Launch<T> {
    T in(Run run) throws IOException;
  }

  private DatabaseFolder(Path folder) {
    this.folder = folder;
  }

  static DatabaseFolder open(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath().normalize();
    try {
      Files.createDirectories(absolute);
    } catch (IOException e) {
      throw new IOException("PostgreSQL did not start: cannot create the folder " + absolute, e);
    }
    if (!Files.isWritable(absolute)) {
      throw new IOException("PostgreSQL did not start: cannot write to the folder " + absolute);
    }
    return new DatabaseFolder(absolute);
  }

  /**
   * Removes what killed runs left, then launches in a new run's folder. While the binaries are not
   * there yet, other starts wait.
   */
  <T> T start(Launch<T> launch, boolean stopAtExit) throws IOException {
    Run run;
    synchronized (LOOKING) {
      try (FileChannel channel =
              FileChannel.open(
                  folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        removeLeftOvers();
        System.setProperty(WORKING_FOLDER, folder.toString());
        run = Run.begin(folder, stopAtExit);
        if (lock.isValid() && !unpacked()) {
          return launched(launch, run);
        }
      }
    }
    return launched(launch, run);
  }

  private <T> T launched(Launch<T> launch, Run run) throws IOException {
    try {
      return launch.in(run);
    } catch (IOException | RuntimeException e) {
      run.end();
      throw e;
    } finally {
      ownerOnly();
    }
  }

  /** The library lets everyone write to its working folder; whoever may, may swap the binaries. */
  private void ownerOnly() throws IOException {
    if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private boolean unpacked() throws IOException {
    for (Path binaries : children("PG-")) {
      if (Files.exists(binaries.resolve(".exists"))) {
        return true;
      }
    }
    return false;
  }

  private void removeLeftOvers() throws IOException {
    for (Path binaries : children("PG-")) {
      if (!Files.exists(binaries.resolve(".exists"))) {
        // Unpacking was cut off; the library would stumble over the files that are there.
        delete(binaries);
      }
    }
    for (Path run : children("run-")) {
      if (!OURS.contains(run) && abandoned(run)) {
        endServer(run.resolve("data"));
        delete(run);
      }
    }
  }

  private List<Path> children(String prefix) throws IOException {
    List<Path> children = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      all.filter(child -> child.getFileName().toString().startsWith(prefix)).forEach(children::add);
    }
    return children;
  }

  private static boolean abandoned(Path run) {
    try (FileChannel channel =
            FileChannel.open(
                run.resolve("owner.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock != null;
    } catch (IOException e) {
      // Another user's, or just being removed.
      return false;
    }
  }

  /** Ends a server whose data is about to go: at once, as nothing of it is kept. */
  private static void endServer(Path data) throws IOException {
    Optional<ProcessHandle> server = server(data);
    if (server.isPresent()) {
      end(server.get());
    }
  }

  private static void end(ProcessHandle process) throws IOException {
    if (System.getProperty("os.name", "").startsWith("Windows")) {
      process.destroyForcibly();
    } else {
      // SIGQUIT lets a server end its children; SIGKILL would leave them.
      new ProcessBuilder("kill", "-QUIT", Long.toString(process.pid())).start();
    }
    try {
      for (int i = 0; i < QUIT_TRIES && runs(process); i++) {
        Thread.sleep(QUIT_WAIT_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (runs(process)) {
      process.destroyForcibly();
    }
  }

  /** A process that ended but was not yet waited for by its parent has no command any more. */
  private static boolean runs(ProcessHandle process) {
    return process.isAlive() && process.info().command().isPresent();
  }

  /** The process that the pid file names, if it is a postgres and the file this folder's. */
  private static Optional<ProcessHandle> server(Path data) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(data.resolve("postmaster.pid"));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (lines.size() < 2 || !lines.get(1).equals(data.toString())) {
      return Optional.empty();
    }
    return ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
        .filter(handle -> handle.info().command().orElse("").contains("postgres"));
  }

  private static void delete(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** One run's folder, and the lock that says that its owner lives. */
  static final class Run {
    private final Path folder;
    private final FileChannel owner;
    private final AtomicBoolean ended = new AtomicBoolean();

    private Run(Path folder, FileChannel owner) {
      this.folder = folder;
      this.owner = owner;
    }

    private static Run begin(Path parent, boolean stopAtExit) throws IOException {
      Path folder = Files.createDirectory(parent.resolve("run-" + UUID.randomUUID()));
      OURS.add(folder);
      FileChannel owner =
          FileChannel.open(
              folder.resolve("owner.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (owner.tryLock() == null) {
        throw new IOException("PostgreSQL did not start: " + folder + " is locked by another");
      }
      Run run = new Run(folder, owner);
      if (stopAtExit) {
        // From now on, so that a JVM that ends while it starts leaves nothing either.
        Runtime.getRuntime().addShutdownHook(new Thread(run::end, "postgres-end"));
      }
      return run;
    }

    Path data() {
      return folder.resolve("data");
    }

    Path log() {
      return folder.resolve("postgres.log");
    }

    /** Ends what runs in the folder, at once, and removes it. A second call does nothing. */
    void end() {
      if (ended.getAndSet(true)) {
        return;
      }
      try (owner) {
        List<ProcessHandle> starting =
            ProcessHandle.current().descendants().filter(this::worksHere).toList();
        for (ProcessHandle process : starting) {
          DatabaseFolder.end(process);
        }
        endServer(data());
        delete(folder);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot remove " + folder, e);
      } finally {
        OURS.remove(folder);
      }
    }

    private boolean worksHere(ProcessHandle process) {
      return process.info().commandLine().orElse("").contains(folder.toString());
    }
  }
}
