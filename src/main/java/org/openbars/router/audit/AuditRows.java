package org.openbars.router.audit;

import static org.openbars.router.audit.AuditText.MAX_CODE;
import static org.openbars.router.audit.AuditText.MAX_NAME;
import static org.openbars.router.audit.AuditText.MAX_TARGET;

import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.message.UseContext;

/**
 * A batch's records as rows of {@code audit.exchange}. {@link Column#ALL} is the one list of
 * columns: the statement and its arrays both come from it.
 */
final class AuditRows {
  /** The year 10000; a later instant is a fault of ours and stored as none. */
  private static final long MAX_MICROS = 253_402_300_800_000_000L;

  private static final long MICROS_A_SECOND = 1_000_000;
  private static final int DAY_SHIFT = 16;

  /** Stores a batch; rows that are there already are left as they are. */
  static final String INSERT =
      "INSERT INTO audit.exchange ("
          + Column.ALL.stream().map(Column::name).collect(Collectors.joining(", "))
          + ") SELECT * FROM unnest("
          + IntStream.range(0, Column.ALL.size())
              .mapToObj(i -> "$" + (i + 1) + "::" + Column.ALL.get(i).type() + "[]")
              .collect(Collectors.joining(", "))
          + ") ON CONFLICT DO NOTHING";

  /** One exchange with what its headers were decoded to. */
  private record Row(ExchangeRecord exchange, SenderHeaders sender, UseContext useContext) {
    ExchangeRecord.Asked asked() {
      return exchange.asked();
    }

    ExchangeRecord.Steps steps() {
      return exchange.steps();
    }

    ExchangeRecord.Result result() {
      return exchange.result();
    }
  }

  /** A column, its PostgreSQL type, and where its value comes from. */
  private record Column(String name, String type, Function<List<Row>, Object[]> values) {

    static final List<Column> ALL =
        List.of(
            of("day", "date", LocalDate[]::new, r -> day(r.exchange.id())),
            of("id", "uuid", UUID[]::new, r -> r.exchange.id()),
            text("node", r -> AuditText.stored(r.exchange.node(), MAX_NAME)),
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
            of("malformed_header", "boolean", Boolean[]::new, r -> malformed(r.sender)),
            text("nhs_number", r -> nhsNumber(r.asked())),
            text("fate", r -> r.result().fate().name()),
            of("status", "integer", Integer[]::new, r -> status(r.result())),
            text("error", r -> enumName(r.result().error())),
            of("bytes_from_sender", "bigint", Long[]::new, r -> r.result().bytesFromSender()),
            of("bytes_to_sender", "bigint", Long[]::new, r -> r.result().bytesToSender()));

    private static <T> Column of(
        String name, String type, Function<Integer, T[]> array, Function<Row, @Nullable T> value) {
      return new Column(
          name,
          type,
          rows -> {
            T[] values = array.apply(rows.size());
            for (int i = 0; i < values.length; i++) {
              values[i] = value.apply(rows.get(i));
            }
            return values;
          });
    }

    private static Column text(String name, Function<Row, @Nullable String> value) {
      return of(name, "text", String[]::new, value);
    }

    private static Column instant(String name, Function<Row, @Nullable OffsetDateTime> value) {
      return of(name, "timestamptz", OffsetDateTime[]::new, value);
    }
  }

  private final List<ExchangeRecord> records;
  private List<Row> rows = List.of();
  private boolean partitionsMade;

  AuditRows(List<ExchangeRecord> records) {
    this.records = List.copyOf(records);
  }

  List<ExchangeRecord> records() {
    return records;
  }

  int size() {
    return records.size();
  }

  /** The statement's arrays. Decodes the headers the first time: tens of microseconds a record. */
  Tuple arrays() {
    if (rows.isEmpty()) {
      rows = records.stream().map(AuditRows::row).toList();
    }
    Tuple arrays = Tuple.tuple();
    Column.ALL.forEach(column -> arrays.addValue(column.values().apply(rows)));
    return arrays;
  }

  private static Row row(ExchangeRecord exchange) {
    ExchangeRecord.Asked asked = exchange.asked();
    return new Row(
        exchange,
        SenderHeaders.decode(asked.endUserOrganisation(), asked.requestingSoftware()),
        UseContext.parse(asked.useContext()));
  }

  /** The records from {@code from} to before {@code to}. */
  AuditRows part(int from, int to) {
    return new AuditRows(records.subList(from, to));
  }

  /** The days these rows belong to. */
  Set<LocalDate> days() {
    return records.stream()
        .map(exchange -> day(exchange.id()))
        .collect(Collectors.toUnmodifiableSet());
  }

  void partitionsMade() {
    partitionsMade = true;
  }

  boolean mayLackPartition() {
    return !partitionsMade;
  }

  int malformedOrganisations() {
    return (int) rows.stream().filter(row -> row.sender.organisationMalformed()).count();
  }

  int malformedSoftware() {
    return (int) rows.stream().filter(row -> row.sender.softwareMalformed()).count();
  }

  /** Milliseconds since the epoch of the oldest record's end. */
  long oldestMillis() {
    long closed = records.get(0).steps().closed();
    return closed > 0 ? closed / 1000 : millis(records.get(0).id());
  }

  /** The UTC day of a UUIDv7's instant. */
  static LocalDate day(UUID id) {
    return LocalDate.ofInstant(Instant.ofEpochMilli(millis(id)), ZoneOffset.UTC);
  }

  private static long millis(UUID id) {
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

  private static @Nullable String nhsNumber(ExchangeRecord.Asked asked) {
    return asked.nhsNumber() == null ? null : asked.nhsNumber().digits();
  }

  private static boolean malformed(SenderHeaders sender) {
    return sender.organisationMalformed() || sender.softwareMalformed();
  }

  private static @Nullable Integer status(ExchangeRecord.Result result) {
    return result.status() == 0 ? null : result.status();
  }
}
