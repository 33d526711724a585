package org.openbars.router.admin;

/**
 * Keys {@code admin.*}.
 *
 * @param host a loopback address until a token or mutual TLS guards this port, {@code admin.host}
 * @param port 0 to 65535, 0 takes a free one, {@code admin.port}
 * @param changes whether records may be restricted and corrected, and messages stopped, through
 *     this port, {@code admin.changes: off | on}
 */
public record AdminConfig(String host, int port, boolean changes) {}
