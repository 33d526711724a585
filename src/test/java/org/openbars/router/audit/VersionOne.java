package org.openbars.router.audit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.Objects;
import org.openbars.router.fixture.TestDatabase;

/** What a router of schema version 1 does to the database, word for word. */
final class VersionOne {
  /** As its AuditRows made it. */
  private static final String INSERT =
      "INSERT INTO audit.exchange (day, id, node, received_at, connected_at, request_sent_at,"
          + " answer_head_at, closed_at, sender_address, method, interaction, request_id,"
          + " correlation_id, target_system, target_value, receiver, api_version, use_case,"
          + " category, event, reason, end_user_organisation, software_system, software_value,"
          + " software_name, software_version, malformed_header, nhs_number, fate, status, error,"
          + " bytes_from_sender, bytes_to_sender) SELECT * FROM unnest($1::date[], $2::uuid[],"
          + " $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[],"
          + " $7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[], $11::text[],"
          + " $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[],"
          + " $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::text[],"
          + " $24::text[], $25::text[], $26::text[], $27::boolean[], $28::text[], $29::text[],"
          + " $30::integer[], $31::text[], $32::bigint[], $33::bigint[]) ON CONFLICT DO NOTHING";

  private VersionOne() {}

  /** Stores one record of {@code old-node}; the day's partition is made as it was then. */
  static void insert(TestDatabase database, LocalDate day) {
    String nothing = ", NULL".repeat(15);
    database.run(
        "SELECT audit.ensure_partition('%1$s'); PREPARE version_one AS %2$s;".formatted(day, INSERT)
            + " EXECUTE version_one (ARRAY['%s']::date[], ARRAY[gen_random_uuid()],".formatted(day)
            + " '{old-node}', ARRAY[now()], NULL, NULL, NULL, NULL, '{127.0.0.1}', '{POST}',"
            + " NULL"
            + nothing
            + ", '{false}', NULL, '{ANSWERED}', '{200}', NULL, '{1}', '{1}')");
  }

  /** Migrates as it did at its start. */
  static void migrate(TestDatabase database, Path folder) throws IOException {
    Path migrations = Files.createDirectories(folder.resolve("version-one"));
    String name = "V1__audit.sql";
    try (InputStream sql =
        Objects.requireNonNull(
            VersionOne.class.getClassLoader().getResourceAsStream("db/migration/" + name))) {
      Files.copy(sql, migrations.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    TestLedger.migrate(database, "filesystem:" + migrations);
  }
}
