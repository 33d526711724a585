package org.openbars.router.audit;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Keys {@code audit.kafka.*}: a topic of a Kafka cluster.
 *
 * @param bootstrapServers {@code host:port,...}, {@code audit.kafka.bootstrap-servers}
 * @param topic {@code audit.kafka.topic}
 * @param propertiesFile Kafka's own security settings, {@code audit.kafka.properties-file}; null
 *     for TLS with the Java runtime's certificates
 * @param insecure whether a connection without TLS is allowed, {@code audit.kafka.insecure}
 * @param nhsNumbers {@code audit.kafka.nhs-number}
 */
public record KafkaConfig(
    String bootstrapServers,
    String topic,
    @Nullable Path propertiesFile,
    boolean insecure,
    NhsNumbers nhsNumbers) {}
