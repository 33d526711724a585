package org.openbars.router.admit;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import java.text.ParseException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The keys that may sign a token, as the key server gave them: public RSA keys of 2048 bits or more
 * and EC keys, each with a {@code kid}. Whatever else a set holds, above all a secret, is no key
 * for this. Immutable; any thread.
 */
final class TrustedKeys {
  private static final int LEAST_RSA_BITS = 2048;

  private final JWKSet set;
  private final Set<String> ids;

  private TrustedKeys(List<JWK> keys) {
    this.set = new JWKSet(keys);
    this.ids = keys.stream().map(JWK::getKeyID).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Reads a JWK set.
   *
   * @throws ParseException when it is none, or holds no key for this
   */
  static TrustedKeys parse(String json) throws ParseException {
    List<JWK> keys =
        JWKSet.parse(json).getKeys().stream()
            .filter(TrustedKeys::isForTokens)
            .map(JWK::toPublicJWK)
            .toList();
    if (keys.isEmpty()) {
      throw new ParseException("no public RSA or EC key with a kid", 0);
    }
    return new TrustedKeys(keys);
  }

  private static boolean isForTokens(JWK key) {
    String id = key.getKeyID();
    boolean signs = key.getKeyUse() == null || KeyUse.SIGNATURE.equals(key.getKeyUse());
    return id != null && !id.isEmpty() && signs && (isStrongRsa(key) || key instanceof ECKey);
  }

  private static boolean isStrongRsa(JWK key) {
    try {
      return key instanceof RSAKey rsa
          && rsa.toRSAPublicKey().getModulus().bitLength() >= LEAST_RSA_BITS;
    } catch (JOSEException e) {
      return false;
    }
  }

  boolean has(String id) {
    return ids.contains(id);
  }

  int size() {
    return set.size();
  }

  JWKSet set() {
    return set;
  }

  /** Whether the same keys are in both. */
  boolean sameAs(TrustedKeys other) {
    return set.equals(other.set);
  }
}
