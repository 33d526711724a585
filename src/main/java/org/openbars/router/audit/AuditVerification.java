package org.openbars.router.audit;

import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PublicKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openbars.router.ledger.LedgerConfig;
import org.openbars.router.ledger.NhsNumberKey;
import org.openbars.router.ledger.SealKeys;
import org.openbars.router.ledger.Seals;
import org.openbars.router.ledger.Verification;
import org.openbars.router.ledger.Verification.Scope;

/** Checks the audit's chains and seals for the command {@code audit verify}. Blocking. */
public final class AuditVerification {
  /**
   * What to check, beyond what the configuration says.
   *
   * @param from the first day; null for the first that retention keeps
   * @param to the last day; null for today
   * @param publicKeys those of the seals; without one the configured private key's
   * @param nhsNumberKeys other nodes' keys of the NHS numbers' hashes
   * @param export an export to check instead of the database
   */
  public record Options(
      @Nullable LocalDate from,
      @Nullable LocalDate to,
      List<Path> publicKeys,
      List<Path> nhsNumberKeys,
      @Nullable Path export) {
    public Options {
      publicKeys = List.copyOf(publicKeys);
      nhsNumberKeys = List.copyOf(nhsNumberKeys);
    }
  }

  private static final String KIND = "ledger-export";
  private static final String LENGTHS =
      "SELECT coalesce(sum(length), 0)::bigint FROM audit.chain WHERE day BETWEEN ? AND ?";
  private static final int BUFFER = 256 * 1024;
  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  private static final FileAttribute<?> OWNER_ALONE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private AuditVerification() {}

  /**
   * Writes each fault and each note as a line.
   *
   * @throws IllegalArgumentException when a key file holds no key
   */
  public static Verification.Result verify(
      AuditConfig config, Options options, Consumer<String> lines)
      throws IOException, SQLException {
    Scope scope = scope(config, options);
    Verification verification = verification(scope, lines);
    Path export = options.export();
    if (export != null) {
      try (InputStream in = new BufferedInputStream(Files.newInputStream(export))) {
        return verification.export(in);
      }
    }
    try (Connection connection = connection(config)) {
      return verification.database(connection);
    }
  }

  /**
   * As {@link #verify}, and writes what was read to a new file that its owner alone may read: NHS
   * numbers stand in it, of restricted records too. That it was asked for is stored first.
   *
   * @throws IllegalArgumentException when the file is there already, or a key file holds no key
   */
  public static Verification.Result write(
      AuditConfig config, Options options, Path file, Asker asker, Consumer<String> lines)
      throws IOException, SQLException {
    Scope scope = scope(config, options);
    // Not FILE before it is whole: days that are missing at the end cannot be seen.
    Path part = file.resolveSibling(file.getFileName() + ".part");
    if (Files.exists(file) || Files.exists(part)) {
      throw new IllegalArgumentException(file + " or " + part + " is there already");
    }
    try (Connection connection = connection(config);
        FileChannel channel = FileChannel.open(part, NEW, OWNER_ALONE)) {
      look(connection, scope, asker);
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
      Verification.Result result = verification(scope, lines).database(connection, out);
      out.flush();
      channel.force(true);
      Files.move(part, file);
      return result;
    } finally {
      // There only when it failed.
      Files.deleteIfExists(part);
    }
  }

  private static void look(Connection connection, Scope scope, Asker asker) throws SQLException {
    long records;
    try (PreparedStatement statement = connection.prepareStatement(LENGTHS)) {
      statement.setObject(1, scope.from());
      statement.setObject(2, scope.to());
      try (ResultSet row = statement.executeQuery()) {
        records = row.next() ? row.getLong(1) : 0;
      }
    }
    JsonObject shown =
        new JsonObject().put("from", scope.from().toString()).put("to", scope.to().toString());
    AuditLooks.write(connection, KIND, shown, asker, records);
  }

  static Scope scope(AuditConfig config, Options options) throws IOException {
    Instant now = Instant.now();
    LocalDate first = LocalDate.ofInstant(now.minus(config.retention()), ZoneOffset.UTC);
    LocalDate from = options.from() == null ? first : options.from();
    LocalDate to = options.to() == null ? LocalDate.ofInstant(now, ZoneOffset.UTC) : options.to();
    // The seals first: what they say must be in what is read after them.
    Seals seals = seals(config.ledger(), options, from, to);
    return new Scope(from, to, seals, numberKeys(config, options));
  }

  static Verification verification(Scope scope, Consumer<String> lines) {
    return new Verification(
        scope, fault -> lines.accept(fault.toString()), note -> lines.accept("note: " + note));
  }

  private static Connection connection(AuditConfig config) throws IOException, SQLException {
    return new AuditDatabase(config.postgresUri(), config.passwordFile(), AuditDatabase.STATEMENT)
        .dataSource()
        .getConnection();
  }

  private static Seals seals(LedgerConfig config, Options options, LocalDate from, LocalDate to)
      throws IOException {
    Path folder = config.sealPath();
    if (folder == null) {
      return Seals.none();
    }
    List<PublicKey> keys = new ArrayList<>();
    for (Path file : options.publicKeys()) {
      keys.add(SealKeys.publicKey(file));
    }
    Path own = config.sealKeyFile();
    if (keys.isEmpty() && own != null) {
      keys.add(SealKeys.publicHalf(SealKeys.privateKey(own)));
    }
    return Seals.read(folder, keys, from, to);
  }

  private static List<NhsNumberKey> numberKeys(AuditConfig config, Options options)
      throws IOException {
    List<NhsNumberKey> keys = new ArrayList<>();
    for (Path file : options.nhsNumberKeys()) {
      keys.add(NhsNumberKey.read(file));
    }
    Path named = config.ledger().nhsNumberKeyFile();
    Path own = named == null ? AuditTrail.madeKey(config) : named;
    if (Files.exists(own)) {
      keys.add(NhsNumberKey.read(own));
    }
    return keys;
  }
}
