package org.openbars.router.admit;

import java.util.Map;

/**
 * Keys {@code admit.quota.*}.
 *
 * @param enabled {@code admit.quota.mode}
 * @param common for every application that has none of its own
 * @param own by application
 * @param maxApplications whose use is remembered at once
 */
public record QuotaConfig(
    boolean enabled, Quota common, Map<String, Quota> own, int maxApplications) {
  /**
   * How much one application may send through this node.
   *
   * @param perSecond requests in a second, at least 1
   * @param perMinute requests in a minute, at least 1
   */
  public record Quota(int perSecond, int perMinute) {
    public Quota {
      if (perSecond < 1 || perMinute < 1) {
        throw new IllegalArgumentException("a quota must be at least 1");
      }
    }
  }

  public QuotaConfig {
    own = Map.copyOf(own);
  }

  Quota of(String application) {
    Quota quota = own.get(application);
    return quota == null ? common : quota;
  }
}
