package org.openbars.router.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A sink's place in one segment. For one thread at a time. */
final class Cursor {
  private final Segment segment;
  private final SegmentFile.Soundness soundness;
  private final Disk.Content file;
  private final FrameScan scan;
  private long given;
  private long ackedAt;
  private long ackedSequence;
  private long ackedGiven;
  private boolean finished;
  private int failures;

  private Cursor(Segment segment, SegmentSource source, long salt, Position.@Nullable Mark from) {
    this.segment = segment;
    this.file = source.file();
    this.soundness = segment.former() ? source.soundness() : SegmentFile.Soundness.SOUND;
    long at = from == null ? SegmentFile.HEADER : Math.max(SegmentFile.HEADER, from.offset());
    long sequence = from == null ? 0 : from.sequence();
    this.given = from == null ? 0 : from.given();
    this.scan = new FrameScan(file, salt, at, sequence, segment.former());
    acknowledge();
  }

  static Cursor open(Disk disk, Segment segment, Position.@Nullable Mark from) throws IOException {
    SegmentSource source = SegmentSource.open(disk, segment.path());
    return new Cursor(segment, source, segment.former() ? source.salt() : segment.salt(), from);
  }

  Segment segment() {
    return segment;
  }

  SegmentFile.Soundness soundness() {
    return soundness;
  }

  /** Whether the header is no sound one although something stands behind it. */
  boolean headerDamaged() {
    return soundness == SegmentFile.Soundness.DAMAGED
        || (soundness == SegmentFile.Soundness.EMPTY && segment.limit() > SegmentFile.HEADER);
  }

  /** Whether nothing of it was read, in this run or before. */
  boolean untouched() {
    return scan.at() == SegmentFile.HEADER && scan.sequence() == 0;
  }

  /** Reads on; returns whether there is nothing more for now. */
  boolean read(ByteBuffer window, FrameScan.Visitor into) throws IOException {
    boolean last = segment.sealed();
    boolean readable =
        soundness == SegmentFile.Soundness.SOUND || soundness == SegmentFile.Soundness.DAMAGED;
    if (readable && !scan.read(segment.limit(), window, into)) {
      return false;
    }
    failures = 0;
    finished = last;
    return true;
  }

  void gaveOne() {
    given++;
  }

  /** Records of it that were given, in this run or before. */
  long given() {
    return given;
  }

  /** What was read so far has been stored. */
  void acknowledge() {
    ackedAt = scan.at();
    ackedSequence = scan.sequence();
    ackedGiven = given;
  }

  /** Bytes of it that are not known to be stored. */
  long backlog() {
    return Math.max(0, segment.limit() - ackedAt);
  }

  /** Whether it will not grow and was read to its end. */
  boolean finished() {
    return finished;
  }

  /** Whether nothing in it is needed any more. */
  boolean done() {
    return finished && ackedAt == scan.at() && ackedGiven == given;
  }

  /** Where reading must start again after a crash. */
  Position.Mark mark() {
    return new Position.Mark(
        segment.number(), done() ? Position.WHOLE : ackedAt, ackedSequence, ackedGiven);
  }

  /** Reading failed; how often it has, without a success in between. */
  int failed() {
    return ++failures;
  }

  /** It cannot be read any further: that is its end. */
  void giveUp() {
    finished = true;
  }

  void close() throws IOException {
    file.close();
  }
}
