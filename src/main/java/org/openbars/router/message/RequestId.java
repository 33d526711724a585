package org.openbars.router.message;

/**
 * {@code X-Request-Id}: names this one message; a retry repeats it. Kept as the sender wrote it.
 */
public record RequestId(String value) {}
