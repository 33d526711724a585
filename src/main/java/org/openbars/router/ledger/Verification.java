package org.openbars.router.ledger;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyInputStream;

/**
 * Checks every chain and every seal of some days, against the database or an export of it. Rows are
 * streamed, never held. For one thread, which it blocks.
 */
public final class Verification {
  /**
   * What is checked against what.
   *
   * @param from the first day
   * @param to the last day
   * @param seals read before the rows, so that what they say must be there
   * @param keys those of the NHS numbers' hashes that are known
   */
  public record Scope(LocalDate from, LocalDate to, Seals seals, List<NhsNumberKey> keys) {
    public Scope {
      keys = List.copyOf(keys);
    }

    boolean holds(LocalDate day) {
      return !day.isBefore(from) && !day.isAfter(to);
    }
  }

  /** What came of it. */
  public record Result(long records, long chains, long faults) {
    @Override
    public String toString() {
      return "verified " + records + " records in " + chains + " chains, " + faults + " faults";
    }
  }

  private final Scope scope;
  private final Consumer<Fault> report;
  private final Consumer<String> notes;
  private final ChainCheck check;
  private long faults;

  /**
   * @param report told each fault as it is found
   * @param notes told what is no fault and yet worth knowing
   */
  public Verification(Scope scope, Consumer<Fault> report, Consumer<String> notes) {
    this.scope = scope;
    this.report = report;
    this.notes = notes;
    this.check = new ChainCheck(scope.seals(), scope.keys(), this::fault, notes);
  }

  private void fault(Fault fault) {
    faults++;
    report.accept(fault);
  }

  /** Checks the database, a day at a time, each as it was at one instant. */
  public Result database(Connection connection) throws SQLException, IOException {
    return database(connection, OutputStream.nullOutputStream());
  }

  /**
   * Checks the database and writes the rows as they are read: what {@link #export} takes.
   *
   * @param copy not closed
   */
  public Result database(Connection connection, OutputStream copy)
      throws SQLException, IOException {
    connection.setAutoCommit(false);
    connection.setReadOnly(true);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    run(connection, "SET enable_seqscan = off");
    // The index gives the order; sorting a day would need its size again on disk.
    run(connection, "SET enable_sort = off");
    run(connection, "SET max_parallel_workers_per_gather = 0");
    scope.seals().report(this::fault);
    LocalDate chainedFrom = chainedFrom(connection);
    connection.commit();
    for (LocalDate day : days(connection)) {
      day(connection, day, copy);
      unchained(connection, day, chainedFrom);
      connection.commit();
    }
    return result();
  }

  /** Days with a partition, a head or a seal. */
  private SortedSet<LocalDate> days(Connection connection) throws SQLException {
    SortedSet<LocalDate> days = new TreeSet<>();
    scope.seals().chains().forEach(key -> days.add(key.day()));
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT to_date(substr(c.relname, 10), 'YYYYMMDD') FROM pg_inherits i"
                    + " JOIN pg_class c ON c.oid = i.inhrelid"
                    + " WHERE i.inhparent = 'audit.exchange'::regclass"
                    + " AND c.relname ~ '^exchange_[0-9]{8}$'"
                    + " UNION SELECT day FROM audit.chain")) {
      while (rows.next()) {
        days.add(rows.getObject(1, LocalDate.class));
      }
    }
    days.removeIf(day -> !scope.holds(day));
    return days;
  }

  private void day(Connection connection, LocalDate day, OutputStream copy)
      throws SQLException, IOException {
    Map<ChainHead.Key, ChainHead> heads = heads(connection, day);
    String rows =
        "COPY ("
            + LinkedColumns.SELECT
            + " WHERE day = DATE '"
            + day
            + "' AND chain_position IS NOT NULL ORDER BY node, chain_position)"
            + " TO STDOUT (FORMAT binary)";
    try (InputStream in = new PGCopyInputStream(connection.unwrap(PGConnection.class), rows)) {
      rows(new Copying(in, copy), heads);
    }
    List<ChainHead.Key> expected = new ArrayList<>(heads.keySet());
    scope.seals().chains().stream().filter(key -> key.day().equals(day)).forEach(expected::add);
    check.notSeen(expected, heads);
  }

  /** Writes on what is read, which is always read in blocks. */
  private static final class Copying extends FilterInputStream {
    private final OutputStream copy;

    Copying(InputStream in, OutputStream copy) {
      super(in);
      this.copy = copy;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = in.read(bytes, offset, length);
      if (read > 0) {
        copy.write(bytes, offset, read);
      }
      return read;
    }
  }

  private void rows(InputStream in, @Nullable Map<ChainHead.Key, ChainHead> heads)
      throws IOException {
    CopyRows rows = new CopyRows(in, ChainCheck.LEAST_COLUMNS, ChainCheck.COLUMNS);
    while (rows.next()) {
      check.row(rows, heads);
    }
    check.end(heads);
  }

  private Map<ChainHead.Key, ChainHead> heads(Connection connection, LocalDate day)
      throws SQLException {
    Map<ChainHead.Key, ChainHead> heads = new TreeMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT node, length, head FROM audit.chain WHERE day = ?")) {
      statement.setObject(1, day);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          ChainHead.Key key = new ChainHead.Key(day, rows.getString(1));
          try {
            heads.put(key, ChainHead.stored(key, rows.getLong(2), rows.getBytes(3)));
          } catch (IllegalArgumentException e) {
            fault(new Fault(day, key.node(), 0, Fault.Kind.REWRITTEN, "its head is none"));
          }
        }
      }
    }
    return heads;
  }

  /**
   * The last day on which records in no chain are what routers of version 1 left; afterwards they
   * are a fault. The oldest seal binds it too, since the database can be made to say anything.
   */
  private LocalDate chainedFrom(Connection connection) throws SQLException {
    LocalDate since = LocalDate.MIN;
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT (min(installed_on) AT TIME ZONE current_setting('TimeZone')"
                    + " AT TIME ZONE 'UTC')::date FROM audit.flyway_schema_history"
                    + " WHERE version = '2'")) {
      LocalDate installed = rows.next() ? rows.getObject(1, LocalDate.class) : null;
      since = installed == null ? since : installed;
    }
    @Nullable LocalDate oldest = scope.seals().first();
    return oldest != null && oldest.isBefore(since) ? oldest : since;
  }

  private void unchained(Connection connection, LocalDate day, LocalDate chainedFrom)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT node, count(*) FROM audit.exchange"
                + " WHERE day = ? AND chain_position IS NULL GROUP BY node")) {
      statement.setObject(1, day);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String what = rows.getLong(2) + " records are in no chain";
          if (day.isAfter(chainedFrom)) {
            fault(new Fault(day, rows.getString(1), 0, Fault.Kind.UNCHAINED, what));
          } else {
            notes.accept(
                day + " " + rows.getString(1) + ": " + what + ", from before there were any");
          }
        }
      }
    }
  }

  /**
   * Checks an export: {@link LinkedColumns#SELECT} ordered by day, node and chain_position, in
   * PostgreSQL's binary COPY. It has no heads: only seals show whether its chains were cut.
   */
  public Result export(InputStream in) throws IOException {
    scope.seals().report(this::fault);
    rows(in, null);
    check.notSeen(scope.seals().chains(), Map.of());
    return result();
  }

  private Result result() {
    check
        .numbers()
        .unchecked()
        .forEach(
            (key, numbers) ->
                notes.accept(
                    numbers
                        + " NHS numbers were not compared with their hash: key "
                        + key
                        + " was not given"));
    if (scope.seals().lines() == 0) {
      notes.accept(
          "there are no seals: a chain that was rewritten as a whole, or cut together with its"
              + " head, cannot be told from a good one");
    }
    return new Result(check.records(), check.chains(), faults);
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
