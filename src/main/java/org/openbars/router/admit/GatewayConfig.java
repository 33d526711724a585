package org.openbars.router.admit;

import java.util.List;

/**
 * Keys {@code admit.gateway.*}.
 *
 * @param applicationHeader in which the gateway names the application; no receiver sees it, in any
 *     mode
 * @param certificates whose bearers are the gateway: a DNS name of theirs, or {@code sha256:} and
 *     the certificate's fingerprint in lower-case hexadecimal
 * @param networks from which only the gateway sends, such as {@code 10.1.0.0/16}
 */
public record GatewayConfig(
    String applicationHeader, List<String> certificates, List<Network> networks) {
  public GatewayConfig {
    certificates = List.copyOf(certificates);
    networks = List.copyOf(networks);
  }
}
