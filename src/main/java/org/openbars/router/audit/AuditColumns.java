package org.openbars.router.audit;

import static org.openbars.router.audit.AuditText.MAX_CODE;
import static org.openbars.router.audit.AuditText.MAX_NAME;
import static org.openbars.router.audit.AuditText.MAX_TARGET;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openbars.router.ledger.LinkedColumns;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Inspection;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.message.UseContext;
import org.openbars.router.message.Uuids;

/**
 * What of a record stands in which column of {@code audit.exchange}. The linked columns come first,
 * in the order of {@link LinkedColumns#NAMES}; a text that holds an NHS number stands in none, but
 * for the target: one in eleven service ids of ten digits would be taken for one.
 */
final class AuditColumns {
  /** The year 10000; a later instant is a fault of ours and stored as none. */
  private static final long MAX_MICROS = 253_402_300_800_000_000L;

  private static final long MICROS_A_SECOND = 1_000_000;
  private static final int DAY_SHIFT = 16;
  private static final int MAX_SEEN = Inspection.MAX_TEXT;

  /** One exchange with what its headers were decoded to. */
  record Row(
      ExchangeRecord exchange,
      SenderHeaders sender,
      UseContext useContext,
      @Nullable Buffer nhsNumberHash) {
    ExchangeRecord.Asked asked() {
      return exchange.asked();
    }

    ExchangeRecord.Steps steps() {
      return exchange.steps();
    }

    ExchangeRecord.Result result() {
      return exchange.result();
    }

    <T> @Nullable T seen(Function<Inspection, @Nullable T> part) {
      Inspection inspection = exchange.inspection();
      return inspection == null ? null : part.apply(inspection);
    }
  }

  /** A column, its PostgreSQL type, how an array of it is made, and where its value comes from. */
  record Column(
      String name,
      String type,
      IntFunction<Object[]> array,
      Function<Row, @Nullable Object> value) {}

  /** Every column that a record fills; the chain's own three are not among them. */
  static final List<Column> ALL =
      List.of(
          day("day", r -> day(r.exchange.id())),
          new Column("id", "uuid", UUID[]::new, r -> r.exchange.id()),
          text("node", r -> node(r.exchange)),
          instant("received_at", r -> received(r)),
          instant("connected_at", r -> at(r.steps().connected())),
          instant("request_sent_at", r -> at(r.steps().requestSent())),
          instant("answer_head_at", r -> at(r.steps().answerHead())),
          instant("closed_at", r -> at(r.steps().closed())),
          text("sender_address", r -> AuditText.stored(r.asked().senderAddress(), MAX_CODE)),
          text("method", r -> AuditText.stored(r.asked().method(), MAX_CODE)),
          text("interaction", r -> enumName(r.asked().interaction())),
          text("request_id", r -> AuditText.id(r.asked().requestId())),
          text("correlation_id", r -> AuditText.id(r.asked().correlationId())),
          text("target_system", r -> target(r, TargetIdentifier::system)),
          text("target_value", r -> target(r, TargetIdentifier::value)),
          text("receiver", r -> receiver(r.asked().receiver())),
          text("api_version", r -> string(r.asked().apiVersion())),
          text("use_case", r -> part(r.useContext().useCase())),
          text("category", r -> part(r.useContext().category())),
          text("event", r -> part(r.useContext().event())),
          text("reason", r -> part(r.useContext().reason())),
          text("end_user_organisation", r -> r.sender.organisation()),
          text("software_system", r -> r.sender.softwareSystem()),
          text("software_value", r -> r.sender.softwareValue()),
          text("software_name", r -> r.sender.softwareName()),
          text("software_version", r -> r.sender.softwareVersion()),
          flag("malformed_header", r -> malformed(r.sender)),
          new Column("nhs_number_hash", "bytea", Buffer[]::new, r -> r.nhsNumberHash),
          text("fate", r -> r.result().fate().name()),
          new Column("status", "integer", Integer[]::new, r -> status(r.result())),
          text("error", r -> enumName(r.result().error())),
          new Column("bytes_from_sender", "bigint", Long[]::new, r -> r.result().bytesFromSender()),
          new Column("bytes_to_sender", "bigint", Long[]::new, r -> r.result().bytesToSender()),
          text("inspection", r -> r.seen(i -> i.state().name())),
          text("destination_match", r -> r.seen(i -> i.destination().name())),
          text("bundle_id", r -> r.seen(i -> id(i.header().bundleId()))),
          seen("bundle_timestamp", i -> i.header().timestamp()),
          seen("message_event", i -> i.header().event()),
          seen("message_reason", i -> i.header().reason()),
          seen("definition", i -> i.header().definition()),
          seen("source_endpoint", i -> i.header().source()),
          seen(
              "destination_endpoint",
              i -> i.header().destinations().stream().findFirst().orElse(null)),
          text("response_identifier", r -> r.seen(i -> id(i.header().responseIdentifier()))),
          seen("message_use_case", i -> i.subject().useCase()),
          seen("message_category", i -> i.subject().category()),
          seen("service_request_status", i -> i.subject().serviceRequestStatus()),
          seen("service_request_identifier", i -> i.subject().serviceRequestIdentifier()),
          seen("appointment_status", i -> i.subject().appointmentStatus()),
          seen("appointment_identifier", i -> i.subject().appointmentIdentifier()),
          flag("invalid_nhs_number", r -> r.seen(i -> i.patient().invalidNhsNumber())),
          text("application", r -> AuditText.storable(r.asked().application(), MAX_NAME)),
          text("nhs_number", r -> digits(nhsNumber(r.exchange))));

  /** Stores rows, each in its place of its chain; those that are there already are left out. */
  static final String INSERT =
      "INSERT INTO audit.exchange ("
          + ALL.stream().map(Column::name).collect(Collectors.joining(", "))
          + ", chain_version, chain_position, chain_hash) SELECT * FROM unnest("
          + parameters(
              Stream.concat(
                      ALL.stream().map(Column::type), Stream.of("smallint", "bigint", "bytea"))
                  .toList())
          + ") ON CONFLICT (day, id) DO NOTHING";

  private AuditColumns() {}

  private static String parameters(List<String> types) {
    return IntStream.range(0, types.size())
        .mapToObj(i -> "$" + (i + 1) + "::" + types.get(i) + "[]")
        .collect(Collectors.joining(", "));
  }

  private static Column day(String name, Function<Row, @Nullable Object> value) {
    return new Column(name, "date", LocalDate[]::new, value);
  }

  private static Column text(String name, Function<Row, @Nullable Object> value) {
    return new Column(name, "text", String[]::new, value);
  }

  private static Column instant(String name, Function<Row, @Nullable Object> value) {
    return new Column(name, "timestamptz", OffsetDateTime[]::new, value);
  }

  private static Column flag(String name, Function<Row, @Nullable Object> value) {
    return new Column(name, "boolean", Boolean[]::new, value);
  }

  /** Free text of a message's body. */
  private static Column seen(String name, Function<Inspection, @Nullable String> part) {
    return text(name, r -> AuditText.withoutNhsNumber(r.seen(part), MAX_SEEN));
  }

  private static @Nullable String id(@Nullable String text) {
    return text != null && Uuids.isUuid(text) ? text : AuditText.withoutNhsNumber(text, MAX_SEEN);
  }

  /** The node's name as it is stored, which names its chain too. */
  static String node(ExchangeRecord exchange) {
    return AuditText.stored(exchange.node(), MAX_NAME);
  }

  /** Whom the exchange was about: the query says so first, then the body. */
  static @Nullable NhsNumber nhsNumber(ExchangeRecord exchange) {
    NhsNumber asked = exchange.asked().nhsNumber();
    Inspection inspection = exchange.inspection();
    return asked != null || inspection == null ? asked : inspection.patient().nhsNumber();
  }

  private static @Nullable String digits(@Nullable NhsNumber number) {
    return number == null ? null : number.digits();
  }

  /** The UTC day of a UUIDv7's instant. */
  static LocalDate day(UUID id) {
    return LocalDate.ofInstant(Instant.ofEpochMilli(millis(id)), ZoneOffset.UTC);
  }

  static long millis(UUID id) {
    return id.getMostSignificantBits() >>> DAY_SHIFT;
  }

  private static OffsetDateTime received(Row row) {
    OffsetDateTime received = at(row.steps().received());
    return received != null
        ? received
        : Instant.ofEpochMilli(millis(row.exchange.id())).atOffset(ZoneOffset.UTC);
  }

  private static @Nullable OffsetDateTime at(long micros) {
    if (micros <= 0 || micros >= MAX_MICROS) {
      return null;
    }
    return Instant.ofEpochSecond(micros / MICROS_A_SECOND, micros % MICROS_A_SECOND * 1000)
        .atOffset(ZoneOffset.UTC);
  }

  private static @Nullable String enumName(@Nullable Enum<?> value) {
    return value == null ? null : value.name();
  }

  private static @Nullable String string(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private static @Nullable String target(Row row, Function<TargetIdentifier, String> part) {
    TargetIdentifier target = row.asked().target();
    return target == null ? null : AuditText.stored(part.apply(target), MAX_TARGET);
  }

  private static @Nullable String receiver(@Nullable ReceiverHost receiver) {
    return receiver == null ? null : AuditText.stored(receiver.toString(), MAX_TARGET);
  }

  private static @Nullable String part(@Nullable String useContextPart) {
    return AuditText.withoutNhsNumber(useContextPart, MAX_CODE);
  }

  private static boolean malformed(SenderHeaders sender) {
    return sender.organisationMalformed() || sender.softwareMalformed();
  }

  private static @Nullable Integer status(ExchangeRecord.Result result) {
    return result.status() == 0 ? null : result.status();
  }
}
