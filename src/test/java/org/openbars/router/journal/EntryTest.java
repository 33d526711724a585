package org.openbars.router.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.DestinationMatch;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Fate;
import org.openbars.router.message.Inspection;
import org.openbars.router.message.TargetIdentifier;

/** An entry's layout: whole, from a later router and from an earlier one. */
class EntryTest {
  private final Samples samples = new Samples();

  @Test
  void everyFieldIsReadAsItWasWritten() {
    ExchangeRecord plain = samples.record();
    List<ExchangeRecord> records =
        List.of(
            plain,
            Samples.begun(plain),
            samples.record("\u20ac".repeat(2048) + "a\0b\uD800"),
            largest(),
            nothingKnown(),
            with(plain, Inspection.nothing(Inspection.State.DTD), Fate.REFUSED));
    for (ExchangeRecord record : records) {
      ByteBuffer bytes = bytes(record);

      assertThat(Entry.id(bytes)).isEqualTo(record.id());
      ExchangeRecord read = Entry.read(bytes);
      assertThat(read).isEqualTo(record);
      assertThat(read.inspection()).usingRecursiveComparison().isEqualTo(record.inspection());
    }
  }

  @Test
  void whatALaterRouterAddsAtTheEndIsPassedOver() {
    ExchangeRecord record = samples.record();
    ByteBuffer bytes = bytes(record);
    ByteBuffer longer = ByteBuffer.allocate(bytes.limit() + 12).put(bytes).putLong(42).putInt(7);

    assertThat(Entry.read(longer.flip())).isEqualTo(record);
  }

  @Test
  void whatAnEarlierRouterDidNotWriteIsMissing() {
    ExchangeRecord whole = with(samples.record(), null, Fate.ANSWERED);
    ExchangeRecord record =
        new ExchangeRecord(
            whole.id(),
            whole.node(),
            whole.asked().sentBy(null),
            null,
            whole.steps(),
            whole.result());
    ByteBuffer bytes = bytes(record);

    // Without the application; then without the byte that says whether there is an inspection.
    for (int lacking : new int[] {Short.BYTES, Short.BYTES + 1}) {
      ByteBuffer shorter = bytes.duplicate().limit(bytes.limit() - lacking);
      assertThat(Entry.read(shorter)).isEqualTo(record);
    }
  }

  @Test
  void entryCutAnywhereAfterItsIdIsStillARecord() {
    ExchangeRecord record = samples.record();
    ByteBuffer bytes = bytes(record);
    for (int length = 17; length < bytes.limit(); length++) {
      ExchangeRecord read = Entry.read(bytes.duplicate().limit(length));

      assertThat(read).as("cut to %s", length).isNotNull();
      assertThat(read.id()).isEqualTo(record.id());
      assertThat(read.node()).isIn("", record.node());
    }
    assertThat(Entry.read(bytes.duplicate().limit(16))).isNull();
  }

  @Test
  void namesNotKnownHereAreMissingAndAnUnknownFateIsAnUnknownOutcome() {
    ExchangeRecord record = samples.record();

    ExchangeRecord read = Entry.read(renamed(bytes(record), "ANSWERED", "ANSWEREX"));
    assertThat(read.result().fate()).isEqualTo(Fate.OUTCOME_UNKNOWN);
    assertThat(read.result().status()).isEqualTo(200);
    assertThat(read.inspection()).isNotNull();
    assertThat(Entry.read(renamed(bytes(record), "PROCESS_MESSAGE", "PROCESS_NOTHING")).asked())
        .satisfies(asked -> assertThat(asked.interaction()).isNull())
        .satisfies(asked -> assertThat(asked.requestId()).isEqualTo(record.asked().requestId()));
    Inspection inspection =
        Entry.read(renamed(renamed(bytes(record), "COMPLETE", "COMPLETX"), "MATCHES", "MATCHEX"))
            .inspection();
    assertThat(inspection.state()).isEqualTo(Inspection.State.PARTIAL);
    assertThat(inspection.destination()).isEqualTo(DestinationMatch.UNDETERMINED);
  }

  @Test
  void anotherVersionIsNotRead() {
    ByteBuffer bytes = bytes(samples.record());

    assertThat(Entry.read(bytes.put(0, (byte) 2))).isNull();
  }

  @Test
  void longestRecordFitsIntoWhatIsSetAsideForIt() {
    assertThat(bytes(largest()).limit() + Frame.HEADER).isLessThan((int) Room.FOR_AN_END);
  }

  private static ByteBuffer bytes(ExchangeRecord record) {
    ByteBuffer bytes = ByteBuffer.allocate(Frame.MAX_PAYLOAD);
    Entry.write(record, bytes);
    return bytes.flip();
  }

  private static ByteBuffer renamed(ByteBuffer bytes, String from, String to) {
    byte[] all = new byte[bytes.limit()];
    bytes.get(0, all);
    String text = new String(all, StandardCharsets.ISO_8859_1);
    assertThat(text).contains(from);
    return ByteBuffer.wrap(text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Headers are of one byte a character, what stands in a body of any. */
  private ExchangeRecord largest() {
    ExchangeRecord record = samples.record();
    ExchangeRecord.Asked asked = record.asked();
    String wide = "\u20ac".repeat(Inspection.MAX_TEXT);
    return new ExchangeRecord(
        record.id(),
        "n".repeat(64),
        new ExchangeRecord.Asked(
            "f".repeat(45),
            "M".repeat(16),
            asked.interaction(),
            "r".repeat(128),
            "c".repeat(128),
            new TargetIdentifier("s".repeat(256), "v".repeat(256)),
            new org.openbars.router.message.ReceiverHost("h".repeat(253), 65_535),
            asked.apiVersion(),
            "u".repeat(2048),
            "o".repeat(2049),
            "s".repeat(2049),
            Samples.PATIENT,
            "a".repeat(128)),
        new Inspection(
            Inspection.State.TOO_LARGE_VALUE,
            DestinationMatch.UNDETERMINED,
            new Inspection.Header(
                wide, wide, wide, wide, wide, wide, Collections.nCopies(8, wide), wide),
            new Inspection.Subject(wide, wide, wide, wide, wide, wide),
            new Inspection.Patient(Samples.PATIENT, true)),
        record.steps(),
        new ExchangeRecord.Result(
            Fate.OUTCOME_UNKNOWN, 503, BarsError.TARGET_UNKNOWN, Long.MAX_VALUE, 1));
  }

  private static ExchangeRecord with(ExchangeRecord record, Inspection inspection, Fate fate) {
    return new ExchangeRecord(
        record.id(),
        record.node(),
        record.asked(),
        inspection,
        record.steps(),
        new ExchangeRecord.Result(fate, 200, null, 1, 2));
  }

  private static ExchangeRecord nothingKnown() {
    return new ExchangeRecord(
        UUID.randomUUID(),
        "",
        new ExchangeRecord.Asked(
            "", "", null, null, null, null, null, null, null, null, null, null),
        null,
        new ExchangeRecord.Steps(0, 0, 0, 0, 0),
        new ExchangeRecord.Result(Fate.REFUSED, 0, null, 0, 0));
  }
}
