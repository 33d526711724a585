package org.openbars.router.audit;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keys {@code audit.splunk.*}: a Splunk HTTP Event Collector.
 *
 * @param url what stands before {@code /services/collector}, {@code audit.splunk.url}
 * @param tokenFile holds the collector's token, {@code audit.splunk.token-file}
 * @param index where the events go, {@code audit.splunk.index}; null for the token's own
 * @param ack whether a batch counts as stored only once indexers say so, {@code audit.splunk.ack}
 * @param ackTimeout how long they may take, {@code audit.splunk.ack-timeout}
 * @param gzip whether bodies are compressed, {@code audit.splunk.gzip}
 * @param caFile certificates that may sign the collector's, {@code audit.splunk.ca-file}; null for
 *     those of the Java runtime
 * @param nhsNumbers {@code audit.splunk.nhs-number}
 */
public record SplunkConfig(
    String url,
    Path tokenFile,
    @Nullable String index,
    boolean ack,
    Duration ackTimeout,
    boolean gzip,
    @Nullable Path caFile,
    NhsNumbers nhsNumbers) {}
