package org.openbars.router.config;

import java.nio.file.Path;
import java.time.Duration;
import org.openbars.router.audit.NhsNumbers;
import org.openbars.router.config.Key.Initial;
import org.openbars.router.journal.JournalConfig;

/** The keys below {@code audit}. Part of {@link Keys#ALL}, of which this knows nothing. */
final class AuditKeys {
  static final KeyTable TABLE = new KeyTable();

  static final Key<Boolean> MODE =
      TABLE.key("audit.mode", "Whether exchanges are recorded.", Kinds.onOff(), "on");
  static final Key<String> POSTGRES_URI =
      TABLE.add(
          new Key<>(
              "audit.postgres.uri",
              "The audit's database; must be set when audit.mode is on.",
              Hosts.postgresUri(),
              new Initial.Absent(),
              true));
  static final Key<Path> POSTGRES_PASSWORD_FILE =
      TABLE.absent(
          "audit.postgres.password-file", "Holds the role's password.", Kinds.readableFile());
  static final Key<Integer> POSTGRES_POOL_SIZE =
      TABLE.key(
          "audit.postgres.pool-size", "Connections to the database.", Kinds.integer(1, 64), "2");
  static final Key<Path> JOURNAL_PATH =
      TABLE.key(
          "audit.journal.path",
          "Where records wait until they are stored; holds NHS numbers, one router's alone.",
          Kinds.folder(),
          "audit-journal");
  static final Key<Long> JOURNAL_MAX_SIZE =
      TABLE.key(
          "audit.journal.max-size",
          "What may wait there; beyond it when-full decides.",
          Kinds.size("1MiB", "32GiB"),
          "2GiB");
  static final Key<JournalConfig.Sync> JOURNAL_SYNC =
      TABLE.key(
          "audit.journal.sync",
          "What a record outlives before an answer goes: the process (os) or a power cut (disk).",
          Kinds.choice(JournalConfig.Sync.class),
          "os");
  static final Key<JournalConfig.WhenFull> JOURNAL_WHEN_FULL =
      TABLE.key(
          "audit.journal.when-full",
          "refuse answers 503 until there is room; drop-oldest loses the oldest and counts them.",
          Kinds.hyphenated(JournalConfig.WhenFull.class),
          "refuse");
  static final Key<Integer> BATCH =
      TABLE.key("audit.batch", "Records in one insert.", Kinds.integer(1, 5000), "500");
  static final Key<Duration> LINGER =
      TABLE.key(
          "audit.linger",
          "How long the first record of a batch waits for others.",
          Kinds.duration("0ms", "10s"),
          "20ms");
  static final Key<Duration> RETENTION =
      TABLE.key(
          "audit.retention",
          "How long a day's records are kept.",
          Kinds.duration("1d", "3650d"),
          "90d");
  static final Key<Path> SEAL_PATH =
      TABLE.absent(
          "audit.seal.path",
          "Where each node writes, once a minute, how far its chains of records have come.",
          Kinds.folder());
  static final Key<Path> SEAL_KEY_FILE =
      TABLE.absent(
          "audit.seal.key-file", "Signs those lines (Ed25519, PEM).", Kinds.readableFile());
  static final Key<Path> SEAL_NHS_NUMBER_KEY_FILE =
      TABLE.absent(
          "audit.seal.nhs-number-key-file",
          "Holds 64 hexadecimal digits: the key of the hashes that stand for NHS numbers in chains.",
          Kinds.readableFile());
  static final Key<String> SPLUNK_URL =
      TABLE.absent(
          "audit.splunk.url",
          "Where a Splunk HTTP Event Collector answers, without /services/collector.",
          Kinds.baseUrl());
  static final Key<Path> SPLUNK_TOKEN_FILE =
      TABLE.absent(
          "audit.splunk.token-file",
          "Holds the collector's token; read again after each failure.",
          Kinds.readableFile());
  static final Key<String> SPLUNK_INDEX =
      TABLE.absent(
          "audit.splunk.index", "The index of the events; the token's own without it.", index());
  static final Key<Boolean> SPLUNK_ACK =
      TABLE.key(
          "audit.splunk.ack",
          "Waits for indexers to acknowledge each batch, where the token has that on.",
          Kinds.onOff(),
          "on");
  static final Key<Duration> SPLUNK_ACK_TIMEOUT =
      TABLE.key(
          "audit.splunk.ack-timeout",
          "How long they may take before a batch is sent again.",
          Kinds.duration("1s", "10m"),
          "2m");
  static final Key<Boolean> SPLUNK_GZIP =
      TABLE.key("audit.splunk.gzip", "Compresses what is sent.", Kinds.flag(), "false");
  static final Key<Path> SPLUNK_CA_FILE =
      TABLE.absent(
          "audit.splunk.ca-file",
          "Certificates that may sign the collector's, PEM; those of the Java runtime without it.",
          Kinds.readableFile());
  static final Key<Boolean> SPLUNK_INSECURE =
      TABLE.key("audit.splunk.insecure", "Lets the URL be plain http.", Kinds.flag(), "false");
  static final Key<NhsNumbers> SPLUNK_NHS_NUMBER =
      TABLE.key(
          "audit.splunk.nhs-number",
          "Whether Splunk gets patients' NHS numbers.",
          Kinds.choice(NhsNumbers.class),
          "omit");
  static final Key<String> KAFKA_BOOTSTRAP_SERVERS =
      TABLE.absent(
          "audit.kafka.bootstrap-servers",
          "Brokers of a Kafka cluster to ask first.",
          Hosts.servers());
  static final Key<String> KAFKA_TOPIC =
      TABLE.absent("audit.kafka.topic", "The topic of the events; it must be there.", topic());
  static final Key<Path> KAFKA_PROPERTIES_FILE =
      TABLE.absent(
          "audit.kafka.properties-file",
          "Security settings of Kafka's client: ssl.*, sasl.*, security.*; and compression.type.",
          Kinds.readableFile());
  static final Key<Boolean> KAFKA_INSECURE =
      TABLE.key(
          "audit.kafka.insecure",
          "Lets Kafka be reached without TLS, and host names go unchecked.",
          Kinds.flag(),
          "false");
  static final Key<NhsNumbers> KAFKA_NHS_NUMBER =
      TABLE.key(
          "audit.kafka.nhs-number",
          "Whether Kafka gets patients' NHS numbers.",
          Kinds.choice(NhsNumbers.class),
          "omit");

  private AuditKeys() {}

  // As Splunk lets an index be named.
  private static Kind<String> index() {
    return Kinds.pattern(
        "[a-z0-9][a-z0-9_-]{0,79}", "1 to 80 of a-z, 0-9, '_', '-', a letter or digit first");
  }

  // As Kafka lets a topic be named.
  private static Kind<String> topic() {
    return Kinds.pattern(
        "(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}", "1 to 249 of letters, digits, '.', '_', '-'");
  }
}
