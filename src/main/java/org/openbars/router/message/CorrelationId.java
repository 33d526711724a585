package org.openbars.router.message;

/**
 * {@code X-Correlation-Id}: names the conversation that a message belongs to. Kept as the sender
 * wrote it.
 */
public record CorrelationId(String value) {}
