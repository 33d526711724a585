package org.openbars.router.admit;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keys {@code admit.token.*}.
 *
 * @param issuer whose tokens are taken, {@code iss}
 * @param audience that must be among {@code aud}
 * @param scope that must be among {@code scope}
 * @param applicationClaim the claim that names the application
 * @param skew by how much clocks may differ, whole seconds
 * @param maxCached tokens that are remembered as checked
 * @param maxWaiting exchanges that may wait for a key at once
 * @param keys where the keys come from
 */
public record TokenConfig(
    String issuer,
    String audience,
    String scope,
    String applicationClaim,
    Duration skew,
    int maxCached,
    int maxWaiting,
    KeyServer keys) {
  /**
   * Keys {@code admit.token.keys.*}.
   *
   * @param url of a JWK set
   * @param caFile certificates that may sign the key server's, PEM; null for those of the Java
   *     runtime
   * @param refresh how often the keys are fetched
   * @param timeout for one fetch
   * @param maxAge how long keys are believed that could not be fetched again
   */
  public record KeyServer(
      URI url, @Nullable Path caFile, Duration refresh, Duration timeout, Duration maxAge) {}
}
