package org.openbars.router.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Chains that an earlier router began go on, and what it linked is still checked. */
class LinkVersionsTest {
  private static final LocalDate DAY = LocalDate.of(2026, 11, 25);
  private static final ChainHead.Key CHAIN = new ChainHead.Key(DAY, "node-1");
  private static final int FIRST = LinkedColumns.WITHOUT_APPLICATION;
  private static final int OLD_COLUMNS = LinkedColumns.NAMES.size() - 1;

  private final ByteArrayOutputStream copy = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(copy);
  private final List<Fault> faults = new ArrayList<>();
  private byte[] previous = new LinkHash().start(CHAIN);
  private long position;

  private static List<@Nullable Object> values(int columns, @Nullable String application) {
    List<@Nullable Object> values = new ArrayList<>();
    values.add(DAY);
    values.add(UUID.randomUUID());
    values.add("node-1");
    while (values.size() < columns) {
      values.add(null);
    }
    if (columns > OLD_COLUMNS) {
      values.set(LinkedColumns.APPLICATION, application);
    }
    return values;
  }

  private static LinkedBytes bytes(List<@Nullable Object> values) {
    LinkedBytes bytes = new LinkedBytes();
    bytes.clear();
    values.forEach(bytes::add);
    return bytes;
  }

  /**
   * @param linked what the link was made of
   * @param stored what stands in the row
   */
  private void row(int version, List<@Nullable Object> linked, List<@Nullable Object> stored)
      throws IOException {
    byte[] hash = new byte[LinkHash.BYTES];
    LinkedBytes covered = bytes(linked);
    new LinkHash().next(previous, version, covered.array(), 0, covered.length(), hash);
    previous = hash;
    LinkedBytes all = bytes(stored);
    out.writeShort(LinkedColumns.BEFORE + stored.size());
    out.writeInt(Long.BYTES);
    out.writeLong(++position);
    out.writeInt(Short.BYTES);
    out.writeShort(version);
    out.writeInt(hash.length);
    out.write(hash);
    out.writeInt(-1);
    out.write(all.array(), 0, all.length());
  }

  private void begin() throws IOException {
    out.write(new byte[] {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0});
    out.writeLong(0);
  }

  private String checked() throws IOException {
    out.writeShort(-1);
    Verification verification =
        new Verification(
            new Verification.Scope(DAY, DAY, Seals.none(), List.of()), faults::add, note -> {});
    return verification.export(new ByteArrayInputStream(copy.toByteArray())).toString();
  }

  @Test
  void chainThatChangesItsVersionHolds() throws IOException {
    begin();
    for (int i = 0; i < 3; i++) {
      List<@Nullable Object> old = values(OLD_COLUMNS, null);
      List<@Nullable Object> stored = new ArrayList<>(old);
      stored.add(null);
      row(FIRST, old, stored);
    }
    List<@Nullable Object> now = values(OLD_COLUMNS + 1, "app-1");
    row(LinkedColumns.VERSION, now, now);

    assertThat(checked()).isEqualTo("verified 4 records in 1 chains, 0 faults");
  }

  @Test
  void exportFromBeforeThereWereApplicationsHolds() throws IOException {
    begin();
    for (int i = 0; i < 3; i++) {
      List<@Nullable Object> old = values(OLD_COLUMNS, null);
      row(FIRST, old, old);
    }
    assertThat(checked()).isEqualTo("verified 3 records in 1 chains, 0 faults");
  }

  @Test
  void applicationThatIsPutIntoAnOldRecordIsSeen() throws IOException {
    begin();
    List<@Nullable Object> old = values(OLD_COLUMNS, null);
    List<@Nullable Object> stored = new ArrayList<>(old);
    stored.add("app-1");
    row(FIRST, old, stored);

    assertThat(checked()).endsWith("1 faults");
    assertThat(faults).extracting(Fault::kind).containsExactly(Fault.Kind.EDITED);
  }

  @Test
  void applicationThatIsChangedIsSeen() throws IOException {
    begin();
    List<@Nullable Object> now = values(OLD_COLUMNS + 1, "app-1");
    List<@Nullable Object> stored = new ArrayList<>(now);
    stored.set(LinkedColumns.APPLICATION, "app-2");
    row(LinkedColumns.VERSION, now, stored);

    assertThat(checked()).endsWith("1 faults");
    assertThat(faults).extracting(Fault::kind).containsExactly(Fault.Kind.EDITED);
  }

  @Test
  void linkOfTheFirstVersionCannotPassForOneOfTheSecond() throws IOException {
    begin();
    List<@Nullable Object> now = values(OLD_COLUMNS + 1, null);
    List<@Nullable Object> old = new ArrayList<>(now.subList(0, OLD_COLUMNS));
    row(FIRST, old, old);
    byte[] bytes = copy.toByteArray();
    // The version is the sixth of the row's bytes behind its first value.
    int version = bytes.length - bytes(old).length() - 4 - LinkHash.BYTES - 4 - 2;
    assertThat(bytes[version + 1]).isEqualTo((byte) FIRST);
    bytes[version + 1] = LinkedColumns.VERSION;
    copy.reset();
    copy.write(bytes);

    assertThat(checked()).endsWith("1 faults");
  }
}
