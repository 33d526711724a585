package org.openbars.router.audit;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openbars.router.journal.JournalConfig;
import org.openbars.router.ledger.LedgerConfig;
import org.openbars.router.message.ApiVersion;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.ExchangeRecord.Asked;
import org.openbars.router.message.ExchangeRecord.Result;
import org.openbars.router.message.ExchangeRecord.Steps;
import org.openbars.router.message.Fate;
import org.openbars.router.message.Interaction;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.message.Uuids;

/** Records to audit: a booking that was answered, and what differs from it. */
final class SampleExchanges {
  static final String ORGANISATION =
      """
      {"resourceType":"Organization","identifier":[
        {"value":"X","system":"https://example.org/Id/other"},
        {"value":"A1001","system":"https://fhir.nhs.uk/Id/ods-organization-code"}],
       "name":"Somewhere"}""";
  static final String SOFTWARE =
      """
      {"resourceType":"Device","identifier":[
        {"system":"https://supplier.example/Id/device-identifier","value":"SUPP-APP-1"}],
       "deviceName":[{"name":"Supplier app","type":"manufacturer-name"}],
       "version":[{"value":"4.2.1"}]}""";
  static final TargetIdentifier TARGET =
      new TargetIdentifier("https://fhir.nhs.uk/Id/dos-service-id", "2000011147");

  /** The first number of the synthetic 999 range with a valid check digit. */
  static final NhsNumber NHS_NUMBER =
      IntStream.range(0, 100)
          .mapToObj(n -> String.valueOf(9_990_000_000L + n))
          .flatMap(digits -> NhsNumber.parse(digits).stream())
          .findFirst()
          .orElseThrow();

  private final Uuids uuids = new Uuids();

  /** Records an exchange as one that needs no room kept for it. */
  static void put(AuditTrail audit, ExchangeRecord exchange) {
    audit.reserve().record(exchange, () -> {});
  }

  static String base64(String json) {
    return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  /** What may differ from the booking that was answered. */
  record Sample(
      Instant received,
      @Nullable String correlationId,
      @Nullable String requestId,
      @Nullable TargetIdentifier target,
      @Nullable String useContext,
      @Nullable String organisation,
      @Nullable String software,
      @Nullable NhsNumber nhsNumber,
      int status,
      @Nullable BarsError error) {

    Sample at(Instant instant) {
      return new Sample(
          instant,
          correlationId,
          requestId,
          target,
          useContext,
          organisation,
          software,
          nhsNumber,
          status,
          error);
    }

    Sample ids(String correlation, String request) {
      return new Sample(
          received,
          correlation,
          request,
          target,
          useContext,
          organisation,
          software,
          nhsNumber,
          status,
          error);
    }

    Sample to(TargetIdentifier identifier) {
      return new Sample(
          received,
          correlationId,
          requestId,
          identifier,
          useContext,
          organisation,
          software,
          nhsNumber,
          status,
          error);
    }

    Sample useContext(@Nullable String header) {
      return new Sample(
          received,
          correlationId,
          requestId,
          target,
          header,
          organisation,
          software,
          nhsNumber,
          status,
          error);
    }

    Sample from(@Nullable String organisationHeader, @Nullable String softwareHeader) {
      return new Sample(
          received,
          correlationId,
          requestId,
          target,
          useContext,
          organisationHeader,
          softwareHeader,
          nhsNumber,
          status,
          error);
    }

    Sample about(NhsNumber patient) {
      return new Sample(
          received,
          correlationId,
          requestId,
          target,
          useContext,
          organisation,
          software,
          patient,
          status,
          error);
    }

    Sample refused(BarsError reason) {
      return new Sample(
          received,
          correlationId,
          requestId,
          target,
          useContext,
          organisation,
          software,
          nhsNumber,
          reason.status(),
          reason);
    }
  }

  static Sample booking() {
    return new Sample(
        Instant.now().truncatedTo(ChronoUnit.MICROS),
        UUID.randomUUID().toString(),
        UUID.randomUUID().toString(),
        TARGET,
        "a1t1|booked|booking-request|new",
        base64(ORGANISATION),
        base64(SOFTWARE),
        null,
        200,
        null);
  }

  /** The booking, its id of the same millisecond as its arrival. */
  ExchangeRecord record() {
    return record(booking());
  }

  ExchangeRecord record(Sample sample) {
    return record(uuids.timeOrdered(sample.received.toEpochMilli()), sample);
  }

  static ExchangeRecord record(UUID id, Sample sample) {
    long received = micros(sample.received);
    boolean refused = sample.error != null;
    return new ExchangeRecord(
        id,
        "node-1",
        new Asked(
            "10.1.2.3",
            "POST",
            Interaction.PROCESS_MESSAGE,
            sample.requestId,
            sample.correlationId,
            sample.target,
            refused ? null : new ReceiverHost("receiver.example", 443),
            new ApiVersion(1, 2, 0),
            sample.useContext,
            sample.organisation,
            sample.software,
            sample.nhsNumber),
        null,
        new Steps(
            received,
            refused ? 0 : received + 1_001,
            refused ? 0 : received + 2_002,
            refused ? 0 : received + 3_003,
            received + 4_004),
        new Result(
            refused ? Fate.REFUSED : Fate.ANSWERED, sample.status, sample.error, 18_700, 1_024));
  }

  static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  static AuditConfig config(String uri, Path journal) {
    return config(uri, journal, 256L << 20);
  }

  static AuditConfig config(String uri, Path journal, long maxSize) {
    return new AuditConfig(
        true,
        uri,
        null,
        3,
        new JournalConfig(journal, maxSize, JournalConfig.Sync.OS, JournalConfig.WhenFull.REFUSE),
        500,
        Duration.ofMillis(5),
        Duration.ofDays(90),
        new LedgerConfig("node-1", null, null, null),
        null,
        null);
  }
}
