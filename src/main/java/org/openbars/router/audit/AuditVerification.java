package org.openbars.router.audit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openbars.router.ledger.LedgerConfig;
import org.openbars.router.ledger.NhsNumberKey;
import org.openbars.router.ledger.SealKeys;
import org.openbars.router.ledger.Seals;
import org.openbars.router.ledger.Verification;

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

  private AuditVerification() {}

  /**
   * Writes each fault and each note as a line.
   *
   * @throws IllegalArgumentException when a key file holds no key
   */
  public static Verification.Result verify(
      AuditConfig config, Options options, Consumer<String> lines)
      throws IOException, SQLException {
    Instant now = Instant.now();
    LocalDate first = LocalDate.ofInstant(now.minus(config.retention()), ZoneOffset.UTC);
    LocalDate from = options.from() == null ? first : options.from();
    LocalDate to = options.to() == null ? LocalDate.ofInstant(now, ZoneOffset.UTC) : options.to();
    // The seals first: what they say must be in what is read after them.
    Seals seals = seals(config.ledger(), options, from, to);
    Verification.Scope scope = new Verification.Scope(from, to, seals, numberKeys(config, options));
    Verification verification =
        new Verification(
            scope, fault -> lines.accept(fault.toString()), note -> lines.accept("note: " + note));
    Path export = options.export();
    if (export != null) {
      try (InputStream in = new BufferedInputStream(Files.newInputStream(export))) {
        return verification.export(in);
      }
    }
    AuditDatabase database =
        new AuditDatabase(config.postgresUri(), config.passwordFile(), AuditDatabase.STATEMENT);
    try (Connection connection = database.dataSource().getConnection()) {
      return verification.database(connection);
    }
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
