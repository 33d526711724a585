package org.openbars.router.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.openbars.router.message.ApiVersion;
import org.openbars.router.message.DestinationMatch;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Fate;
import org.openbars.router.message.Inspection;
import org.openbars.router.message.Interaction;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.message.Uuids;

/** Exchanges to keep: bookings that were answered, synthetic throughout. */
final class Samples {
  static final NhsNumber PATIENT =
      java.util.stream.LongStream.range(9_990_000_000L, 9_990_000_100L)
          .mapToObj(String::valueOf)
          .flatMap(digits -> NhsNumber.parse(digits).stream())
          .findFirst()
          .orElseThrow();

  private final Uuids uuids = new Uuids();

  /** An ordinary one: about 900 bytes as an entry. */
  ExchangeRecord record() {
    return record("a1t1|booked|booking-request|new");
  }

  /** One whose use context is so long. */
  ExchangeRecord record(int length) {
    return record("x".repeat(length));
  }

  ExchangeRecord record(String useContext) {
    long now = System.currentTimeMillis();
    return new ExchangeRecord(
        uuids.timeOrdered(now),
        "node-1",
        asked(useContext),
        inspection("76dc8cdf-2a3d-4d1a-8c1f-0a2d4c3b1e5f"),
        new ExchangeRecord.Steps(
            now * 1000, now * 1000 + 1, now * 1000 + 2, now * 1000 + 3, now * 1000 + 4),
        new ExchangeRecord.Result(Fate.ANSWERED, 200, null, 18_700, 1_024));
  }

  private static ExchangeRecord.Asked asked(String useContext) {
    return new ExchangeRecord.Asked(
        "10.1.2.3",
        "POST",
        Interaction.PROCESS_MESSAGE,
        UUID.randomUUID().toString(),
        UUID.randomUUID().toString(),
        new TargetIdentifier("https://fhir.nhs.uk/Id/dos-service-id", "2000011147"),
        new ReceiverHost("receiver.example", 443),
        new ApiVersion(1, 2, 0),
        useContext,
        "eyJyZXNvdXJjZVR5cGUiOiJPcmdhbml6YXRpb24ifQ==",
        "eyJyZXNvdXJjZVR5cGUiOiJEZXZpY2UifQ==",
        null,
        "app-1");
  }

  static Inspection inspection(String text) {
    return new Inspection(
        Inspection.State.COMPLETE,
        DestinationMatch.MATCHES,
        new Inspection.Header(
            text, text, "booking-request", "new", text, text, List.of(text), null),
        new Inspection.Subject("a1t1", null, "active", text, "booked", text),
        new Inspection.Patient(PATIENT, false));
  }

  /** The exchange as it was when its message was about to go. */
  static ExchangeRecord begun(ExchangeRecord record) {
    ExchangeRecord.Steps steps = record.steps();
    return new ExchangeRecord(
        record.id(),
        record.node(),
        record.asked(),
        null,
        new ExchangeRecord.Steps(steps.received(), steps.connected(), 0, 0, 0),
        new ExchangeRecord.Result(Fate.OUTCOME_UNKNOWN, 0, null, 0, 0));
  }

  /** Everything a reader has to give, a thousand at a time; what was given is said to be stored. */
  static List<ExchangeRecord> everything(JournalReader reader) throws IOException {
    List<ExchangeRecord> all = new ArrayList<>();
    List<ExchangeRecord> some = reader.next(1000);
    while (!some.isEmpty()) {
      all.addAll(some);
      some = reader.next(1000);
    }
    return all;
  }

  /** Writes both entries, at once as in mode {@code os} on a disk that is well. */
  static boolean write(Journal journal, ExchangeRecord record) {
    boolean[] went = new boolean[2];
    journal.opened(begun(record), written -> went[0] = written);
    if (went[0]) {
      journal.closed(record, true, () -> went[1] = true);
    }
    return went[0] && went[1];
  }
}
