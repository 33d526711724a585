package org.openbars.router.directory;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.meter.Meters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The target directory kept in a file. The file's attributes are looked at every second and its
 * content now and then whatever they say, so a replaced symbolic link counts as a change. A file
 * that cannot be used leaves the last good table in service. Look-ups on any thread, without I/O;
 * loading on a worker, one at a time.
 */
public final class FileDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(FileDirectory.class);
  private static final int MAX_FAULTS_LOGGED = 20;

  private final Vertx vertx;
  private final DirectoryConfig config;
  private final Predicate<ReceiverHost> insecure;
  private final Counter loads;
  private final Counter refusals;
  private final AtomicBoolean loading = new AtomicBoolean();

  // Written by the one load under way, read by every event loop.
  private volatile RoutingTable table = RoutingTable.EMPTY;
  private volatile int faults;
  private volatile long loadedAt;

  // Only touched inside a load; the flag above orders one load after another.
  private @Nullable String attributes;
  private @Nullable String digest;
  private long readAt;

  private long timer = -1;

  /**
   * Does not touch the file yet.
   *
   * @param insecure which receivers may be reached over plain http
   */
  public FileDirectory(
      Vertx vertx, DirectoryConfig config, Predicate<ReceiverHost> insecure, Meters meters) {
    this.vertx = vertx;
    this.config = config;
    this.insecure = insecure;
    this.loads = meters.counter("bars.directory.loads", "Targets files taken into service");
    this.refusals =
        meters.counter(
            "bars.directory.refused", "Targets files refused; the last good one serves on");
    meters.gauge("bars.directory.targets", "Target identifiers in service", () -> table.size());
    meters.gauge("bars.directory.faults", "Entries left out of the file in service", () -> faults);
    meters.gauge(
        "bars.directory.age", "Seconds since the file in service was loaded", this::ageSeconds);
  }

  /** Loads the file and begins to watch it; succeeds whether or not it could be used. */
  public Future<Void> start() {
    timer =
        vertx.setPeriodic(
            config.checkEvery().toMillis(), id -> check().onFailure(FileDirectory::unexpected));
    return check();
  }

  /** Ends the watch; the table goes on answering. */
  public void stop() {
    vertx.cancelTimer(timer);
  }

  /** Where {@code target} is received. */
  public Lookup find(TargetIdentifier target) {
    return table.find(target);
  }

  /** The table in service; one snapshot, so that two questions of it agree. */
  public RoutingTable table() {
    return table;
  }

  /** Whether any table has been loaded; without one the router is not ready. */
  public boolean loaded() {
    return table != RoutingTable.EMPTY;
  }

  /** Looks at the file now and loads it when it has changed. */
  public Future<Void> check() {
    if (!loading.compareAndSet(false, true)) {
      return Future.succeededFuture();
    }
    return vertx
        .<Void>executeBlocking(
            () -> {
              loadIfChanged();
              return null;
            })
        .onComplete(done -> loading.set(false));
  }

  private void loadIfChanged() {
    try {
      String now = attributes(config.file());
      boolean due = System.nanoTime() - readAt > config.rereadEvery().toNanos();
      if (now.equals(attributes) && !due) {
        return;
      }
      byte[] content = Files.readAllBytes(config.file());
      readAt = System.nanoTime();
      attributes = now;
      String fresh = sha256(content);
      if (!fresh.equals(digest)) {
        digest = fresh;
        load(content);
      }
    } catch (IOException e) {
      if (attributes == null || !attributes.isEmpty()) {
        attributes = "";
        refusals.increment();
        LOG.error(
            "{}: cannot be read ({}); {}",
            config.file(),
            e.getClass().getSimpleName(),
            consequence());
      }
    }
  }

  private void load(byte[] content) {
    try {
      TargetsFile.Read read = TargetsFile.read(content, insecure);
      int before = table.size();
      int fewest = (int) Math.ceil(before * (1 - config.maxShrink()));
      if (read.table().size() < fewest) {
        throw new TargetsFile.RefusedException(
            "has "
                + read.table().size()
                + " usable targets where "
                + before
                + " are in service; fewer than "
                + fewest
                + " is refused (directory.max-shrink)");
      }
      table = read.table();
      faults = read.faults().size();
      loadedAt = System.nanoTime();
      loads.increment();
      LOG.info(
          "{}: {} targets in service on {} receiver hosts",
          config.file(),
          table.size(),
          table.receivers().size());
      read.faults().stream()
          .limit(MAX_FAULTS_LOGGED)
          .forEach(fault -> LOG.warn("{}: entry left out: {}", config.file(), fault));
      if (faults > MAX_FAULTS_LOGGED) {
        LOG.warn("{}: {} entries left out in all", config.file(), faults);
      }
    } catch (TargetsFile.RefusedException e) {
      refusals.increment();
      LOG.error("{}: refused: {}; {}", config.file(), e.getMessage(), consequence());
    }
  }

  private String consequence() {
    return loaded()
        ? "the last good file serves on"
        : "no messages are routed until it can be used";
  }

  private Number ageSeconds() {
    return loaded() ? (System.nanoTime() - loadedAt) / 1_000_000_000.0 : Double.NaN;
  }

  /**
   * What changes when a file is written, replaced, or a symbolic link on its way is turned
   * elsewhere.
   */
  private static String attributes(Path file) throws IOException {
    Path real = file.toRealPath();
    BasicFileAttributes read = Files.readAttributes(real, BasicFileAttributes.class);
    return real + " " + read.size() + " " + read.lastModifiedTime() + " " + read.fileKey();
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  private static void unexpected(Throwable failure) {
    LOG.error("target directory: check failed", failure);
  }
}
