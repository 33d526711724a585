package org.openbars.router.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.meter.Meters;

/** Files that were changed while no router ran. */
class DamageTest {
  private static final int RECORDS = 20;

  private final Samples samples = new Samples();
  private final Journals journals = new Journals();
  private final List<ExchangeRecord> records = new ArrayList<>();
  private Path file;
  private byte[] whole;
  private int end;

  @BeforeEach
  void write() throws IOException {
    MemoryDisk disk = new MemoryDisk();
    Journal journal = journals.open(disk, Journals.LARGE, new Meters());
    for (int i = 0; i < RECORDS; i++) {
      records.add(samples.record());
      journal.closed(records.get(i), false, () -> {});
    }
    Segment segment = journal.segments().first();
    file = segment.path();
    end = (int) segment.limit();
    whole = Arrays.copyOf(disk.content(file), end + 100_000);
  }

  @AfterEach
  void close() throws IOException {
    journals.closeAll();
  }

  private record Found(List<ExchangeRecord> records, List<Gap> gaps, MemoryDisk disk) {}

  private Found read(byte[] content) throws IOException {
    MemoryDisk disk = new MemoryDisk();
    disk.put(file, content);
    return read(disk);
  }

  private Found read(MemoryDisk disk) throws IOException {
    Journal journal = journals.open(disk, Journals.LARGE, new Meters());
    JournalReader reader = journal.reader("a");
    List<ExchangeRecord> all = new ArrayList<>();
    List<Gap> gaps = new ArrayList<>();
    List<ExchangeRecord> some;
    do {
      some = reader.next(7);
      all.addAll(some);
      gaps.addAll(reader.gaps());
    } while (!some.isEmpty());
    journals.finish(journal);
    return new Found(all, gaps, disk);
  }

  @Test
  void eachFlippedBitIsFoundAndCostsOneRecordAtTheMost() throws IOException {
    Random random = new Random(20261124);
    for (int trial = 0; trial < 215; trial++) {
      // Each part of the header, of the first frame's, and anywhere.
      int bit = trial < 15 ? trial * 48 + 3 : random.nextInt(end * 8);
      byte[] bytes = whole.clone();
      bytes[bit / 8] ^= (byte) (1 << bit % 8);

      Found found = read(bytes);

      assertThat(found.gaps).as("bit %s", bit).isNotEmpty();
      assertThat(found.gaps).extracting(Gap::reason).containsOnly(Gap.Reason.DAMAGED);
      assertThat(found.records).as("bit %s", bit).hasSizeGreaterThanOrEqualTo(RECORDS - 1);
      assertThat(records).containsSubsequence(found.records);
      assertThat(found.gaps.stream().mapToLong(Gap::records).sum())
          .isEqualTo(RECORDS - found.records.size());
      assertThat(found.disk.segments()).isEmpty();
      assertThat(found.disk.names()).contains(damaged(file));
    }
  }

  @Test
  void tailTornAtEveryByteOfTheLastFrameLosesThatFrameAlone() throws IOException {
    int length = lastFrame();
    for (int cut = 1; cut <= length; cut += cut < length - 30 ? 7 : 1) {
      // What was cut off is missing, or was allotted and not written.
      byte[] bytes = Arrays.copyOf(Arrays.copyOf(whole, end - cut), cut % 2 == 0 ? end : end - cut);

      Found found = read(bytes);

      assertThat(found.records).as("cut by %s", cut).isEqualTo(records.subList(0, RECORDS - 1));
      assertThat(found.gaps).as("cut by %s", cut).hasSize(cut == length ? 0 : 1);
    }
  }

  @Test
  void zeroedPagesCostWhatStoodInThemAndNothingElse() throws IOException {
    for (int at = 0; at + 4096 < end; at += 512) {
      byte[] bytes = whole.clone();
      Arrays.fill(bytes, at, at + 4096, (byte) 0);

      Found found = read(bytes);

      if (at < SegmentFile.HEADER) {
        // Without the salt no frame can be told from chance: all of it is kept and told of.
        assertThat(found.records).isEmpty();
      } else {
        assertThat(records).as("at %s", at).containsSubsequence(found.records);
        assertThat(found.records.size()).as("at %s", at).isBetween(RECORDS - 8, RECORDS - 3);
        long missing = (long) RECORDS - found.records.size();
        // How many stood behind the last sound one cannot be told.
        boolean tail = !found.records.contains(records.get(RECORDS - 1));
        assertThat(found.gaps.stream().mapToLong(Gap::records).sum())
            .as("at %s", at)
            .isBetween(tail ? 1 : missing, missing);
      }
      assertThat(found.gaps).as("at %s", at).isNotEmpty();
      assertThat(found.disk.names()).contains(damaged(file));
    }
  }

  @Test
  void anythingAtAllIsStartedWith() throws IOException {
    Random random = new Random(7);
    for (int trial = 0; trial < 100; trial++) {
      byte[] bytes = whole.clone();
      for (int part = random.nextInt(6); part >= 0; part--) {
        int from = random.nextInt(end);
        for (int i = from; i < Math.min(end, from + random.nextInt(3000)); i++) {
          bytes[i] = (byte) random.nextInt();
        }
      }
      MemoryDisk disk = new MemoryDisk();
      disk.put(file, trial % 10 == 0 ? Arrays.copyOf(bytes, random.nextInt(70)) : bytes);
      byte[] position = new byte[random.nextInt(2 * Position.SLOT)];
      random.nextBytes(position);
      disk.put(Journals.FOLDER.resolve("pos-a"), position);

      Found found = read(disk);

      assertThat(found.records).isSubsetOf(records);
    }
  }

  @Test
  void lostSegmentIsToldOfAndTheOthersAreRead() throws IOException {
    MemoryDisk disk = new MemoryDisk();
    Journal journal = journals.open(disk, Journals.SMALL * 4, new Meters());
    List<ExchangeRecord> all = new ArrayList<>();
    while (journal.segments().all().size() < 4) {
      all.add(samples.record(2000));
      assertThat(Samples.write(journal, all.get(all.size() - 1))).isTrue();
    }
    int lost = journal.segments().all().stream().skip(1).findFirst().orElseThrow().closes();
    assertThat(journal.reader("a").next(1)).hasSize(1);
    // One is known to be stored, and the place is saved.
    assertThat(journal.reader("a").next(1)).hasSize(1);
    journal.reader("a").finish();
    MemoryDisk left = disk.afterKill();
    left.delete(left.segments().get(1));

    Found found = read(left);

    assertThat(found.gaps).extracting(Gap::reason).containsExactly(Gap.Reason.LOST_SEGMENT);
    assertThat(found.records).hasSize(all.size() - lost - 2);
    assertThat(all).containsSubsequence(found.records);
  }

  @Test
  void segmentOfAnotherVersionIsKeptAndToldOf() throws IOException {
    byte[] bytes = whole.clone();
    ByteBuffer header = ByteBuffer.wrap(bytes);
    header.putShort(8, (short) 2);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, 40);
    crc.update(bytes, 44, 20);
    header.putInt(40, (int) crc.getValue());

    Found found = read(bytes);

    assertThat(found.records).isEmpty();
    assertThat(found.gaps).extracting(Gap::reason).containsExactly(Gap.Reason.UNREADABLE);
    assertThat(found.disk.content(damaged(file))).startsWith(Arrays.copyOf(bytes, end));
  }

  @Test
  void entryOfAnotherVersionIsKeptAndToldOfAndTheOthersAreRead() throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(whole.clone());
    int at = SegmentFile.HEADER;
    ByteBuffer frame = ByteBuffer.allocate(Frame.MAX);
    int length = Frame.HEADER + Frame.length(bytes, at);
    frame.put(0, bytes, at, length);
    frame.put(Frame.HEADER, (byte) 9);
    new Frame(bytes.getLong(32)).finish(frame, length, Frame.CLOSED, (byte) 0, 1);
    bytes.put(at, frame, 0, length);

    Found found = read(bytes.array());

    assertThat(found.records).isEqualTo(records.subList(1, RECORDS));
    assertThat(found.gaps)
        .extracting(Gap::reason, Gap::records)
        .containsExactly(tuple(Gap.Reason.UNREADABLE, 1L));
    assertThat(found.disk.names()).contains(damaged(file));
  }

  @Test
  void damagedFilesGoAfterAWeekAndAreFew() throws IOException {
    byte[] bytes = whole.clone();
    bytes[end - 200] ^= 1;
    MemoryDisk disk = new MemoryDisk();
    for (int i = 1; i <= 20; i++) {
      disk.put(SegmentFile.path(Journals.FOLDER, i), bytes);
    }
    read(disk);
    List<Path> kept = disk.names().stream().filter(DamageTest::isDamaged).toList();
    assertThat(kept).hasSize(16);
    disk.age(kept.get(3), TimeUnit.DAYS.toMillis(8));

    Journal journal = journals.open(disk, Journals.LARGE, new Meters());

    await().until(() -> disk.names().stream().filter(DamageTest::isDamaged).count() == 15);
    assertThat(disk.names()).doesNotContain(kept.get(3));
    journals.close(journal);
  }

  private static boolean isDamaged(Path path) {
    return path.toString().endsWith(".damaged");
  }

  private static Path damaged(Path file) {
    return file.resolveSibling(file.getFileName() + ".damaged");
  }

  private int lastFrame() {
    ByteBuffer bytes = ByteBuffer.wrap(whole);
    int at = SegmentFile.HEADER;
    int length = 0;
    while (at < end) {
      length = Frame.HEADER + Frame.length(bytes, at);
      at += length;
    }
    return length;
  }
}
