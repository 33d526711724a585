package org.openbars.router.audit;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.SslConfigs;
import org.jspecify.annotations.Nullable;

/**
 * The settings of Kafka's producer: ours where records depend on them, and an operator's properties
 * file where it is about security. Reading the file blocks.
 */
public final class KafkaSettings {
  /** What the file may set, as beginnings of names. */
  private static final List<String> ALLOWED_PREFIXES = List.of("ssl.", "sasl.", "security.");

  private static final Set<String> ALLOWED =
      Set.of(
          ProducerConfig.CLIENT_ID_CONFIG,
          ProducerConfig.COMPRESSION_TYPE_CONFIG,
          CommonClientConfigs.CLIENT_DNS_LOOKUP_CONFIG);

  /** The other codecs are native code that is not in the jar. */
  private static final Set<String> CODECS = Set.of("none", "gzip");

  private static final Set<String> WITH_TLS = Set.of("SSL", "SASL_SSL");
  private static final long BUFFER_BYTES = 32L * 1024 * 1024;
  private static final int MAX_REQUEST_BYTES = 1024 * 1024;
  private static final int BATCH_BYTES = 64 * 1024;

  private KafkaSettings() {}

  /**
   * What an operator must change in the file, as words that follow a key's name; null when nothing.
   *
   * @param file Kafka client properties; null for none
   * @param insecure whether a connection without TLS is allowed
   */
  public static @Nullable String problem(@Nullable Path file, boolean insecure) {
    Properties own;
    try {
      own = read(file);
    } catch (IOException | IllegalArgumentException e) {
      return "cannot be read: " + e.getClass().getSimpleName();
    }
    for (String name : own.stringPropertyNames()) {
      if (!ALLOWED.contains(name) && ALLOWED_PREFIXES.stream().noneMatch(name::startsWith)) {
        return "sets " + name + "; it may set ssl.*, sasl.*, security.* and " + sorted(ALLOWED);
      }
    }
    String codec = own.getProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    if (!CODECS.contains(codec)) {
      return "sets compression.type to something else than " + sorted(CODECS);
    }
    return insecure ? null : openness(own);
  }

  private static @Nullable String openness(Properties own) {
    String protocol = own.getProperty(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "SSL");
    if (!WITH_TLS.contains(protocol.toUpperCase(Locale.ROOT))) {
      return "sets security.protocol to one without TLS";
    }
    String hostCheck =
        own.getProperty(SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG, "https");
    return hostCheck.equalsIgnoreCase("https")
        ? null
        : "switches off the check of host names, ssl.endpoint.identification.algorithm";
  }

  private static String sorted(Set<String> names) {
    return String.join(", ", names.stream().sorted().toList());
  }

  /**
   * The producer's settings; the file is read anew.
   *
   * @throws StoreFailure when the file is gone or has come to say what it must not
   */
  static Map<String, Object> of(KafkaConfig config, KafkaSink.Waits waits) throws StoreFailure {
    String problem = problem(config.propertiesFile(), config.insecure());
    if (problem != null) {
      throw new StoreFailure("audit.kafka.properties-file " + problem);
    }
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.CLIENT_ID_CONFIG, "bars-router");
    settings.put(
        CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, config.insecure() ? "PLAINTEXT" : "SSL");
    try {
      Properties own = read(config.propertiesFile());
      own.stringPropertyNames().forEach(name -> settings.put(name, own.getProperty(name)));
    } catch (IOException e) {
      throw new StoreFailure("audit.kafka.properties-file cannot be read");
    }
    settings.putAll(ours(config, waits));
    return settings;
  }

  private static Map<String, Object> ours(KafkaConfig config, KafkaSink.Waits waits) {
    Map<String, Object> ours = new HashMap<>();
    ours.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    // Every replica in step has a record before it counts; a try of Kafka's own doubles none and
    // keeps the order.
    ours.put(ProducerConfig.ACKS_CONFIG, "all");
    ours.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    ours.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, waits.metadata().toMillis());
    ours.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) waits.request().toMillis());
    ours.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) waits.delivery().toMillis());
    ours.put(ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, waits.metadata().toMillis());
    ours.put(
        ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, waits.request().toMillis());
    ours.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
    ours.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
    ours.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    // Sends nobody its own figures and registers no beans: we have meters.
    ours.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    ours.put(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
    return ours;
  }

  private static Properties read(@Nullable Path file) throws IOException {
    Properties properties = new Properties();
    if (file != null) {
      try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        properties.load(reader);
      }
    }
    return properties;
  }
}
