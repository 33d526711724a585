package org.openbars.router.admit;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.ExpiredJWTException;
import java.text.ParseException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.BarsError;

/**
 * Checks access tokens against one set of keys: RFC 7519 and RFC 8725, by Nimbus. No algorithm but
 * those of asymmetric keys, so that a public key is never taken for a secret. Some 50 to 300
 * microseconds a token. Any thread.
 */
final class TokenCheck {
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  /** What is said of a token. */
  sealed interface Finding {
    /**
     * It is good.
     *
     * @param scoped whether it has the scope as well
     * @param until the last millisecond at which it is
     */
    record Good(String application, boolean scoped, long until) implements Finding {}

    record Bad(BarsError error) implements Finding {}

    /** It names a key that is not among ours; a newer set of keys may have it. */
    record UnknownKey() implements Finding {}
  }

  private static final Finding INVALID = new Finding.Bad(BarsError.TOKEN_INVALID);
  private static final Finding EXPIRED = new Finding.Bad(BarsError.TOKEN_EXPIRED);
  private static final Finding UNKNOWN_KEY = new Finding.UnknownKey();

  private final TokenConfig config;
  private final TrustedKeys keys;
  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

  TokenCheck(TokenConfig config, TrustedKeys keys, InstantSource clock) {
    this.config = config;
    this.keys = keys;
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(ALGORITHMS, new ImmutableJWKSet<>(keys.set())));
    // RFC 9068's type as well; tokens of other purposes, such as a logout, have types of their own.
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    processor.setJWTClaimsSetVerifier(claims(config, clock));
  }

  @SuppressWarnings("JavaUtilDate") // Nimbus's own.
  private static DefaultJWTClaimsVerifier<SecurityContext> claims(
      TokenConfig config, InstantSource clock) {
    DefaultJWTClaimsVerifier<SecurityContext> claims =
        new DefaultJWTClaimsVerifier<>(
            config.audience(),
            new JWTClaimsSet.Builder().issuer(config.issuer()).build(),
            Set.of("exp", config.applicationClaim())) {
          @Override
          protected Date currentTime() {
            return new Date(clock.millis());
          }
        };
    claims.setMaxClockSkew((int) config.skew().toSeconds());
    return claims;
  }

  TrustedKeys keys() {
    return keys;
  }

  /** The key that a token names; empty where it is none. */
  static String key(String token) {
    try {
      String key = SignedJWT.parse(token).getHeader().getKeyID();
      return key == null ? "" : key;
    } catch (ParseException | IllegalArgumentException e) {
      return "";
    }
  }

  /** Checks what stood behind {@code Bearer}. */
  Finding check(String token) {
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      String key = jwt.getHeader().getKeyID();
      if (key == null || !ALGORITHMS.contains(jwt.getHeader().getAlgorithm())) {
        return INVALID;
      }
      return keys.has(key) ? finding(processor.process(jwt, null)) : UNKNOWN_KEY;
    } catch (ExpiredJWTException e) {
      return EXPIRED;
    } catch (ParseException | BadJOSEException | JOSEException | IllegalArgumentException e) {
      // Why exactly is nothing a forger should learn, and may hold parts of the token.
      return INVALID;
    }
  }

  @SuppressWarnings("JavaUtilDate")
  private Finding finding(JWTClaimsSet claims) throws ParseException {
    String application = claims.getStringClaim(config.applicationClaim());
    Date expires = claims.getExpirationTime();
    if (application == null || !ApplicationName.isGood(application) || expires == null) {
      return INVALID;
    }
    long until = expires.getTime() + config.skew().toMillis();
    return new Finding.Good(application, scoped(claims.getClaim("scope")), until);
  }

  /** RFC 8693: a text with blanks between; some issuers send a list. */
  private boolean scoped(@Nullable Object scopes) {
    if (scopes instanceof String text) {
      return Arrays.asList(text.split(" ", -1)).contains(config.scope());
    }
    return scopes instanceof List<?> list && list.contains(config.scope());
  }
}
