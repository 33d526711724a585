package org.openbars.router.journal;

import io.micrometer.core.instrument.Timer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.openbars.router.meter.Meters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a journal together over a disk. */
record JournalParts(
    JournalConfig config,
    Segments segments,
    Room room,
    OpenExchanges open,
    Health health,
    Handover handover,
    Waits waits,
    Writing writing,
    Forcing forcing,
    Front front,
    Tending tending,
    int mostLanes) {
  private static final Logger LOG = LoggerFactory.getLogger(JournalParts.class);
  private static final Pattern SINK = Pattern.compile("[a-z0-9-]{1,32}");
  private static final String POSITION = "pos-";

  private static final long MAX_SEGMENT = 16L << 20;
  private static final long MIN_SEGMENT = 128L << 10;

  /** Segments that fit into the bound for each lane, so that what is being written is a part. */
  private static final int SEGMENTS_A_LANE = 8;

  private static final int MAX_LANES = 64;

  /** What tests look at. */
  record Innards(Room room, OpenExchanges open, Health health, Front front) {}

  static Journal open(JournalConfig config, Collection<String> sinks, Meters meters, Disk disk)
      throws IOException {
    checkNames(sinks);
    Path folder = config.path();
    disk.makeFolder(folder);
    Closeable lock = disk.lock(folder.resolve("lock"), folder);
    Map<String, Position> positions = new LinkedHashMap<>();
    try {
      JournalParts parts = of(config, meters, disk);
      Map<Long, Path> files = new TreeMap<>();
      long highest = 0;
      Map<String, Path> known = new HashMap<>();
      for (Path file : disk.list(folder)) {
        String name = file.getFileName().toString();
        var number = SegmentFile.number(file);
        if (number.isPresent()) {
          files.put(number.getAsLong(), file);
          highest = Math.max(highest, number.getAsLong());
        } else if (name.startsWith(POSITION)) {
          known.put(name.substring(POSITION.length()), file);
        }
      }
      for (String sink : sinks) {
        Path file = folder.resolve(POSITION + sink);
        positions.put(sink, Position.open(disk, file, known.remove(sink) != null));
      }
      for (Position position : positions.values()) {
        highest = Math.max(highest, position.loaded().highest());
      }
      deregister(known, disk);
      disk.forceFolder(folder);
      Recovery recovery = new Recovery(disk);
      recovery.read(files);
      parts.segments.former(recovery.segments().values(), highest + 1);
      recovery.orphans().forEach(parts.writing::owe);
      parts.writing.writeWaiting();
      parts.prepare();
      Map<String, JournalReader> readers = parts.readers(positions, disk, meters);
      parts.front.readBy(readers.values());
      Journal journal = new Journal(parts, readers, lock, meters);
      journal.start();
      return journal;
    } catch (IOException | RuntimeException e) {
      for (Position position : positions.values()) {
        position.close();
      }
      lock.close();
      throw e;
    }
  }

  private static void checkNames(Collection<String> sinks) {
    if (sinks.isEmpty()) {
      throw new IllegalArgumentException("a journal needs a sink that reads it");
    }
    for (String sink : sinks) {
      if (!SINK.matcher(sink).matches()) {
        throw new IllegalArgumentException("a sink's name must match " + SINK + ", is " + sink);
      }
    }
  }

  private static void deregister(Map<String, Path> unknown, Disk disk) throws IOException {
    for (Map.Entry<String, Path> each : unknown.entrySet()) {
      LOG.warn(
          "The audit's sink {} is not configured any more: its place is forgotten", each.getKey());
      disk.delete(each.getValue());
    }
  }

  private static JournalParts of(JournalConfig config, Meters meters, Disk disk) {
    long lanes = config.maxSize() / (SEGMENTS_A_LANE * MIN_SEGMENT) - 1;
    int processors = Runtime.getRuntime().availableProcessors();
    int most = (int) Math.max(1, Math.min(Math.min(MAX_LANES, 2L * processors), lanes));
    long size =
        Math.max(
            MIN_SEGMENT, Math.min(MAX_SEGMENT, config.maxSize() / (SEGMENTS_A_LANE * (most + 1L))));
    // One segment is kept ready beside what is written.
    Room room =
        new Room(config.maxSize() - size, config.whenFull() == JournalConfig.WhenFull.REFUSE);
    Segments segments = new Segments(disk, config.path(), size, room);
    OpenExchanges open = new OpenExchanges();
    Health health = new Health(meters);
    Timer writes = meters.timer("bars.audit.journal.write", "Time to write one entry");
    Handover handover = new Handover();
    Forcing forcing = new Forcing(disk, segments, health);
    Writing writing =
        new Writing(
            () -> new Lane(segments, open, health, writes),
            handover,
            open,
            room,
            health,
            (segment, end, wanted) -> {
              if (config.sync() == JournalConfig.Sync.OS) {
                wanted.tell(true);
              } else {
                forcing.await(segment, end, wanted);
              }
            });
    DamagedFiles damaged =
        new DamagedFiles(disk, config.path(), config.maxSize() / SEGMENTS_A_LANE, meters);
    Front front =
        new Front(
            disk, segments, room, open, writing, forcing, damaged, Journal.lost(meters, "dropped"));
    Tending tending = new Tending(writing, front, segments, damaged, health);
    segments.whenOver(tending::advanceFor);
    measure(segments, room, open, handover, meters);
    return new JournalParts(
        config,
        segments,
        room,
        open,
        health,
        handover,
        new Waits(),
        writing,
        forcing,
        front,
        tending,
        most);
  }

  // So that the first exchange finds a segment; a disk that is full is no reason not to start.
  private void prepare() {
    try {
      segments.prepare();
    } catch (IOException e) {
      health.cannotGrow(e);
    }
  }

  private static void measure(
      Segments segments, Room room, OpenExchanges open, Handover handover, Meters meters) {
    meters.gauge("bars.audit.journal.used.bytes", "Bytes written and set aside", room::used);
    meters.gauge(
        "bars.audit.journal.limit.bytes", "Bytes beyond which something gives way", room::limit);
    meters.gauge("bars.audit.journal.segments", "Segments", () -> segments.all().size());
    meters.gauge("bars.audit.journal.open", "Exchanges opened and not closed", open::size);
    meters.gauge(
        "bars.audit.journal.handed.over", "Entries that wait for a slow disk", handover::size);
  }

  private Map<String, JournalReader> readers(
      Map<String, Position> positions, Disk disk, Meters meters) {
    Map<String, JournalReader> readers = new LinkedHashMap<>();
    positions.forEach(
        (sink, position) -> {
          JournalReader reader =
              new JournalReader(
                  sink,
                  segments,
                  new Progress(disk, segments, position),
                  new DamageMeters(meters, sink),
                  this::advance);
          meters.gauge(
              "bars.audit.journal.bytes",
              "Bytes written and not known to be stored",
              reader::backlogBytes,
              "sink",
              sink);
          meters.gauge(
              "bars.audit.journal.oldest.seconds",
              "Age of the oldest record not known to be stored",
              reader::oldestAgeSeconds,
              "sink",
              sink);
          readers.put(sink, reader);
        });
    return readers;
  }

  private void advance() {
    try {
      tending.advanceNow();
    } catch (IOException e) {
      health.cannotGrow(e);
    }
  }
}
