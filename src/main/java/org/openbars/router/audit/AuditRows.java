package org.openbars.router.audit;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openbars.router.audit.AuditColumns.Column;
import org.openbars.router.ledger.ChainHead;
import org.openbars.router.ledger.LinkedBytes;
import org.openbars.router.ledger.LinkedColumns;
import org.openbars.router.ledger.NhsNumberKey;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.UseContext;

/**
 * A batch's records as rows of {@code audit.exchange}, each id once, in the order they came. Not
 * thread-safe.
 */
final class AuditRows {
  /** A row's values in the order of {@link AuditColumns#ALL}. */
  private record Row(UUID id, ChainHead.Key chain, List<@Nullable Object> values) {}

  private final List<Row> rows;
  private final int malformedOrganisations;
  private final int malformedSoftware;

  private AuditRows(List<Row> rows, int malformedOrganisations, int malformedSoftware) {
    this.rows = rows;
    this.malformedOrganisations = malformedOrganisations;
    this.malformedSoftware = malformedSoftware;
  }

  /** Decodes the headers: tens of microseconds a record. */
  static AuditRows of(List<ExchangeRecord> batch, NhsNumberKey key) {
    Map<UUID, Row> rows = new LinkedHashMap<>();
    int organisations = 0;
    int software = 0;
    for (ExchangeRecord exchange : batch) {
      AuditColumns.Row row = decoded(exchange, key);
      if (rows.putIfAbsent(exchange.id(), row(row)) == null) {
        organisations += row.sender().organisationMalformed() ? 1 : 0;
        software += row.sender().softwareMalformed() ? 1 : 0;
      }
    }
    return new AuditRows(List.copyOf(rows.values()), organisations, software);
  }

  private static AuditColumns.Row decoded(ExchangeRecord exchange, NhsNumberKey key) {
    ExchangeRecord.Asked asked = exchange.asked();
    NhsNumber number = AuditColumns.nhsNumber(exchange);
    return new AuditColumns.Row(
        exchange,
        SenderHeaders.decode(asked.endUserOrganisation(), asked.requestingSoftware()),
        UseContext.parse(asked.useContext()),
        number == null ? null : Buffer.buffer(key.hash(number)));
  }

  private static Row row(AuditColumns.Row decoded) {
    ExchangeRecord exchange = decoded.exchange();
    List<@Nullable Object> values = new ArrayList<>(AuditColumns.ALL.size());
    AuditColumns.ALL.forEach(column -> values.add(column.value().apply(decoded)));
    return new Row(
        exchange.id(),
        new ChainHead.Key(AuditColumns.day(exchange.id()), AuditColumns.node(exchange)),
        values);
  }

  int size() {
    return rows.size();
  }

  int malformedOrganisations() {
    return malformedOrganisations;
  }

  int malformedSoftware() {
    return malformedSoftware;
  }

  UUID[] ids() {
    return rows.stream().map(Row::id).toArray(UUID[]::new);
  }

  /** The chains these rows belong to, in the order in which they are to be locked. */
  List<ChainHead.Key> chains() {
    return List.copyOf(new TreeSet<>(rows.stream().map(Row::chain).toList()));
  }

  /** The days these rows belong to. */
  LocalDate[] days() {
    return rows.stream().map(row -> row.chain().day()).distinct().toArray(LocalDate[]::new);
  }

  /** The rows that are not among {@code stored}. */
  AuditRows without(Set<UUID> stored) {
    return new AuditRows(
        rows.stream().filter(row -> !stored.contains(row.id())).toList(),
        malformedOrganisations,
        malformedSoftware);
  }

  /** The statement's arrays, and where each chain ends with these rows. */
  record Linked(Tuple arrays, Map<ChainHead.Key, ChainHead> heads) {}

  /** Puts each row behind the one before in its chain; {@code heads} has every chain. */
  Linked linkedTo(Map<ChainHead.Key, ChainHead> heads) {
    Map<ChainHead.Key, ChainHead> ends = new TreeMap<>(heads);
    LinkedBytes bytes = new LinkedBytes();
    Short[] versions = new Short[rows.size()];
    Long[] positions = new Long[rows.size()];
    Buffer[] hashes = new Buffer[rows.size()];
    Arrays.fill(versions, (short) LinkedColumns.VERSION);
    int linked = LinkedColumns.NAMES.size();
    for (int i = 0; i < positions.length; i++) {
      Row row = rows.get(i);
      ChainHead head = ends.get(row.chain());
      if (head == null) {
        throw new IllegalStateException("chain " + row.chain() + " was not locked");
      }
      ChainHead next = head.then(row.values().subList(0, linked), bytes);
      ends.put(row.chain(), next);
      positions[i] = next.length();
      hashes[i] = Buffer.buffer(next.hash());
    }
    Tuple arrays = Tuple.tuple();
    for (int i = 0; i < AuditColumns.ALL.size(); i++) {
      arrays.addValue(column(i));
    }
    return new Linked(arrays.addValue(versions).addValue(positions).addValue(hashes), ends);
  }

  private @Nullable Object[] column(int number) {
    Column column = AuditColumns.ALL.get(number);
    Object[] values = column.array().apply(rows.size());
    for (int i = 0; i < values.length; i++) {
      values[i] = rows.get(i).values().get(number);
    }
    return values;
  }
}
