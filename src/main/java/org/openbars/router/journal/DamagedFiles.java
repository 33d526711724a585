package org.openbars.router.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openbars.router.meter.Meters;

/**
 * Segments that could not be read whole, kept beside the others as {@code .damaged} for whoever
 * looks into them: the first few, for a week, since they hold NHS numbers. One that a later router
 * wrote is read again when {@code .damaged} is taken off its name while no router runs.
 */
final class DamagedFiles {
  private static final String SUFFIX = ".damaged";
  private static final int MOST = 16;
  private static final long KEPT_MILLIS = TimeUnit.DAYS.toMillis(7);

  private final Disk disk;
  private final Path folder;
  private final long mostBytes;
  private volatile int count;

  DamagedFiles(Disk disk, Path folder, long mostBytes, Meters meters) {
    this.disk = disk;
    this.folder = folder;
    this.mostBytes = mostBytes;
    meters.gauge(
        "bars.audit.journal.damaged.files", "Damaged segments kept for a week", () -> count);
  }

  private List<Path> kept() throws IOException {
    List<Path> kept = new ArrayList<>();
    for (Path file : disk.list(folder)) {
      if (file.getFileName().toString().endsWith(SUFFIX)) {
        kept.add(file);
      }
    }
    return kept;
  }

  /** Keeps a segment's file, or deletes it when there are enough. */
  void keep(Path file) throws IOException {
    List<Path> kept = kept();
    long bytes = disk.size(file);
    for (Path each : kept) {
      bytes += disk.size(each);
    }
    if (kept.size() >= MOST || bytes > mostBytes) {
      disk.delete(file);
      return;
    }
    disk.move(file, file.resolveSibling(file.getFileName() + SUFFIX));
    count = kept.size() + 1;
  }

  /** Deletes those that are old enough. */
  void expire(long nowMillis) throws IOException {
    int left = 0;
    for (Path file : kept()) {
      if (nowMillis - disk.modifiedMillis(file) > KEPT_MILLIS) {
        disk.delete(file);
      } else {
        left++;
      }
    }
    count = left;
  }
}
