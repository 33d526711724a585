package org.openbars.router.directory;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.meter.Meters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The target directory kept in a file, and with it what operators have stopped. A file that cannot
 * be used leaves the last good table in service. Look-ups on any thread, without I/O; loading on a
 * worker, one at a time.
 */
public final class FileDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(FileDirectory.class);
  private static final int MAX_FAULTS_LOGGED = 20;
  private static final int MAX_FAULTS_KEPT = 100;
  private static final int VERSION_DIGITS = 12;

  private final Vertx vertx;
  private final DirectoryConfig config;
  private final Predicate<ReceiverHost> insecure;
  private final WatchedFile file;
  private final Suspensions suspensions;
  private final Counter loads;
  private final Counter refusals;
  private final AtomicBoolean loading = new AtomicBoolean();

  // Written by the one load under way, read by every event loop.
  private volatile InService inService = InService.NOTHING;
  private volatile InService.@Nullable Refusal refusal;
  private volatile long loadedAt;

  private long timer = -1;

  /**
   * Does not touch the files yet.
   *
   * @param insecure which receivers may be reached over plain http
   */
  public FileDirectory(
      Vertx vertx, DirectoryConfig config, Predicate<ReceiverHost> insecure, Meters meters) {
    this.vertx = vertx;
    this.config = config;
    this.insecure = insecure;
    this.file = new WatchedFile(config.file(), config.rereadEvery());
    this.suspensions = new Suspensions(config.suspensions(), config.rereadEvery(), meters);
    this.loads = meters.counter("bars.directory.loads", "Targets files taken into service");
    this.refusals =
        meters.counter(
            "bars.directory.refused", "Targets files refused; the last good one serves on");
    meters.gauge("bars.directory.targets", "Target identifiers in service", () -> table().size());
    meters.gauge(
        "bars.directory.faults",
        "Entries left out of the file in service",
        () -> inService.faults());
    meters.gauge(
        "bars.directory.age", "Seconds since the file in service was loaded", this::ageSeconds);
  }

  /** Loads the files and begins to watch them; succeeds whether or not they could be used. */
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

  /** Where {@code target} is received, or that messages for it are stopped. */
  public Lookup find(TargetIdentifier target) {
    Lookup lookup = table().find(target);
    if (lookup instanceof Lookup.Found found) {
      Suspension suspension = suspensions.of(target, found.target().receiver());
      return suspension == null ? lookup : new Lookup.Suspended(found.target(), suspension);
    }
    return lookup;
  }

  /** The table in service; one snapshot, so that two questions of it agree. */
  public RoutingTable table() {
    return inService.table();
  }

  /** The table in service and how it came there. */
  public InService inService() {
    return inService;
  }

  /** The last file that was refused; null for none since the router started. */
  public InService.@Nullable Refusal refusal() {
    return refusal;
  }

  /** What operators have stopped. */
  public Suspensions suspensions() {
    return suspensions;
  }

  /**
   * Whether any table has been loaded and what is suspended is known; without both the router is
   * not ready.
   */
  public boolean loaded() {
    return table() != RoutingTable.EMPTY && suspensions.known();
  }

  /** Looks at the files now and loads those that have changed. */
  public Future<Void> check() {
    if (!loading.compareAndSet(false, true)) {
      return Future.succeededFuture();
    }
    return vertx
        .<Void>executeBlocking(
            () -> {
              suspensions.check();
              loadIfChanged();
              return null;
            })
        .onComplete(done -> loading.set(false));
  }

  private void loadIfChanged() {
    WatchedFile.Look look = file.look();
    if (look instanceof WatchedFile.Look.Changed changed) {
      try {
        load(changed);
      } catch (TargetsFile.RefusedException e) {
        refused("refused: " + e.getMessage());
      }
    } else if (look instanceof WatchedFile.Look.Unreadable unreadable) {
      refused(unreadable.reason());
    }
  }

  private void refused(String reason) {
    refusals.increment();
    refusal = new InService.Refusal(Instant.now(), reason, (long) refusals.count());
    LOG.error("{}: {}; {}", config.file(), reason, consequence());
  }

  private void load(WatchedFile.Look.Changed changed) throws TargetsFile.RefusedException {
    TargetsFile.Read read = TargetsFile.read(changed.content(), insecure);
    RoutingTable before = table();
    int fewest = (int) Math.ceil(before.size() * (1 - config.maxShrink()));
    if (read.table().size() < fewest) {
      throw new TargetsFile.RefusedException(
          "has "
              + read.table().size()
              + " usable targets where "
              + before.size()
              + " are in service; fewer than "
              + fewest
              + " is refused (directory.max-shrink)");
    }
    List<String> faults = read.faults();
    InService fresh =
        new InService(
            read.table(),
            changed.digest().substring(0, VERSION_DIGITS),
            Instant.now(),
            faults.size(),
            faults.subList(0, Math.min(MAX_FAULTS_KEPT, faults.size())),
            Difference.between(before, read.table()));
    loadedAt = System.nanoTime();
    inService = fresh;
    loads.increment();
    told(fresh);
  }

  private void told(InService now) {
    LOG.info(
        "{}: version {}, {} targets in service on {} receiver hosts: {} added, {} removed, {} changed",
        config.file(),
        now.version(),
        now.table().size(),
        now.table().receivers().size(),
        now.last().added(),
        now.last().removed(),
        now.last().changed());
    now.listed().stream()
        .limit(MAX_FAULTS_LOGGED)
        .forEach(fault -> LOG.warn("{}: entry left out: {}", config.file(), fault));
    if (now.faults() > MAX_FAULTS_LOGGED) {
      LOG.warn("{}: {} entries left out in all", config.file(), now.faults());
    }
  }

  private String consequence() {
    return table() != RoutingTable.EMPTY
        ? "the last good file serves on"
        : "no messages are routed until it can be used";
  }

  private Number ageSeconds() {
    return table() != RoutingTable.EMPTY
        ? (System.nanoTime() - loadedAt) / 1_000_000_000.0
        : Double.NaN;
  }

  private static void unexpected(Throwable failure) {
    LOG.error("target directory: check failed", failure);
  }
}
