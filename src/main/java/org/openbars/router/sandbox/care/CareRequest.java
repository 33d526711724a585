package org.openbars.router.sandbox.care;

import org.jspecify.annotations.Nullable;

/**
 * One request as it reached a mock receiver, its body whole.
 *
 * @param path the whole of it, percent-decoded
 * @param query the raw query, without its question mark
 */
public record CareRequest(
    String method,
    String path,
    @Nullable String query,
    @Nullable String requestId,
    @Nullable String correlationId,
    @Nullable String accept,
    @Nullable String contentType,
    String body) {}
