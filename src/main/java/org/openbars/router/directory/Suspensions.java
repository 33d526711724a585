package org.openbars.router.directory;

import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openbars.router.directory.Suspension.Scope;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.meter.Meters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operators' switches: which targets, receivers and applications get no messages. They stand in
 * a file that all nodes share, and those that could not be written there in this node's memory
 * alone. A file that is faulty or gone leaves the last good one in force. Questions on any thread,
 * without I/O; changes and loading block.
 */
public final class Suspensions {
  private static final Logger LOG = LoggerFactory.getLogger(Suspensions.class);

  private final @Nullable WatchedFile file;
  private final Counter refusals;
  private final List<Suspension> own = new ArrayList<>();
  private List<Suspension> inFile = List.of();

  // Replaced by one change or load at a time, read by every event loop.
  private volatile Stopped stopped = Stopped.NOTHING;
  private volatile boolean known;

  /**
   * What came of a change.
   *
   * @param kept whether it stands in the file, so that it outlives this process and reaches others
   * @param note why it does not; empty where it does
   */
  public record Changed(boolean kept, String note) {}

  /** A change that was not made; the message says why. */
  public static final class NotChanged extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean missing;

    NotChanged(boolean missing, String message) {
      super(message, null, false, false);
      this.missing = missing;
    }

    /** Whether there was nothing to lift. */
    public boolean missing() {
      return missing;
    }
  }

  /**
   * @param file null for none: what is ordered then lasts as long as this process
   */
  Suspensions(@Nullable Path file, Duration rereadEvery, Meters meters) {
    this.file = file == null ? null : new WatchedFile(file, rereadEvery);
    this.known = file == null;
    this.refusals =
        meters.counter(
            "bars.suspensions.refused", "Suspension files refused; the last good one is in force");
    for (Scope scope : Scope.values()) {
      meters.gauge(
          "bars.suspensions",
          "What operators have suspended",
          () -> all().stream().filter(each -> each.scope() == scope).count(),
          "scope",
          scope.word());
    }
  }

  /** Whether it is known what is suspended: not before a file that is there has been read once. */
  public boolean known() {
    return known;
  }

  /** Everything in force. */
  public List<Suspension> all() {
    return stopped.all();
  }

  /** The file that all nodes share; null for none. */
  public @Nullable Path path() {
    return file == null ? null : file.path();
  }

  /** What stops messages for this target, received there; null for nothing. */
  public @Nullable Suspension of(TargetIdentifier target, ReceiverHost receiver) {
    Stopped now = stopped;
    return now.isEmpty() ? null : now.target(target, receiver);
  }

  /** Whether {@link #ofApplication} need be asked at all. */
  public boolean namesApplications() {
    return stopped.namesApplications();
  }

  /** What stops messages of this application, {@code system|value}; null for nothing. */
  public @Nullable Suspension ofApplication(String application) {
    return stopped.application(application);
  }

  /** Takes the file up when it has changed. Blocking. */
  synchronized void check() {
    if (file == null) {
      return;
    }
    WatchedFile.Look look = file.look();
    if (look instanceof WatchedFile.Look.Changed changed) {
      try {
        inFile = SuspensionsFile.read(changed.content());
        known = true;
        settle();
        LOG.warn("{}: {} suspensions in force", file.path(), inFile.size());
      } catch (SuspensionsFile.RefusedException e) {
        refused(String.valueOf(e.getMessage()));
      }
    } else if (look instanceof WatchedFile.Look.Unreadable unreadable) {
      if (unreadable.missing() && !known) {
        known = true;
        LOG.info("{}: is not there, so nothing is suspended", file.path());
      } else {
        refused(unreadable.reason());
      }
    }
  }

  private void refused(String reason) {
    refusals.increment();
    LOG.error(
        "{}: {}; {}",
        path(),
        reason,
        known
            ? "the suspensions of the last good file stay in force"
            : "no messages are routed until it can be read");
  }

  private void settle() {
    List<Suspension> all = new ArrayList<>(inFile);
    for (Suspension each : own) {
      if (inFile.stream().noneMatch(other -> same(other, each.scope(), each.subject()))) {
        all.add(each);
      }
    }
    stopped = new Stopped(all);
  }

  private static boolean same(Suspension one, Scope scope, String subject) {
    return one.scope() == scope && one.subject().equals(subject);
  }

  /**
   * In force when this returns, whatever becomes of the file. One that was there for the same is
   * replaced. Blocking.
   */
  public synchronized Changed add(Suspension suspension) {
    own.removeIf(each -> same(each, suspension.scope(), suspension.subject()));
    own.add(suspension);
    settle();
    if (file == null) {
      return new Changed(false, "directory.suspensions is not set: this node alone, until it ends");
    }
    try {
      inFile =
          SuspensionsFile.change(
              file.path(),
              before -> {
                List<Suspension> after = new ArrayList<>(before);
                after.removeIf(each -> same(each, suspension.scope(), suspension.subject()));
                after.add(suspension);
                return after;
              });
      known = true;
      own.remove(suspension);
      settle();
      return new Changed(true, "");
    } catch (IOException | SuspensionsFile.RefusedException e) {
      LOG.error("{}: cannot be changed: {}", file.path(), String.valueOf(e.getMessage()));
      return new Changed(false, "the file cannot be changed: this node alone, until it ends");
    }
  }

  /** Lets messages go again when this returns. Blocking. */
  public synchronized Changed lift(Scope scope, String subject) throws NotChanged {
    boolean wasOwn = own.removeIf(each -> same(each, scope, subject));
    boolean wasInFile = inFile.stream().anyMatch(each -> same(each, scope, subject));
    if (!wasOwn && !wasInFile) {
      throw new NotChanged(true, "this is not suspended");
    }
    if (file == null || !wasInFile) {
      settle();
      return new Changed(false, "it was suspended on this node alone");
    }
    try {
      inFile =
          SuspensionsFile.change(
              file.path(),
              before -> before.stream().filter(each -> !same(each, scope, subject)).toList());
      settle();
      return new Changed(true, "");
    } catch (IOException | SuspensionsFile.RefusedException e) {
      settle();
      throw new NotChanged(
          false, "it stands in a file that cannot be changed from here: " + e.getMessage());
    }
  }
}
