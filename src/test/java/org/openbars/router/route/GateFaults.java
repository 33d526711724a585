package org.openbars.router.route;

import static org.openbars.router.fixture.RawRequest.REQUEST_ID;

import com.nimbusds.jwt.JWTClaimsSet;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.UnaryOperator;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.LiveRow;

/** Every fault in what proves a sender, and its quota. */
@SuppressWarnings("JavaUtilDate") // Nimbus's own.
final class GateFaults {
  private static final String AUTHORIZATION = "Authorization";
  private static final String APPLICATION = "NHSD-Application-Id";

  private GateFaults() {}

  static List<FaultRow> all() {
    return List.of(
        FaultRow.of("no token", (w, g) -> g)
            .at(FaultRow.Where.TOKEN)
            .guide(BarsError.TOKEN_MISSING, 401, "SEND_UNAUTHORIZED", "unknown")
            .live(LiveRow.TOKEN_MISSING),
        // Found before anything else that is wrong with the message.
        FaultRow.of("no token, no id, no such path", (w, g) -> g.without(REQUEST_ID).at("/nothing"))
            .at(FaultRow.Where.TOKEN)
            .guide(BarsError.TOKEN_MISSING, 401, "SEND_UNAUTHORIZED", "unknown")
            .live(LiveRow.TOKEN_MISSING),
        FaultRow.of("another scheme", (w, g) -> g.with(AUTHORIZATION, "Basic YTpi"))
            .at(FaultRow.Where.TOKEN)
            .guide(BarsError.TOKEN_MISSING, 401, "SEND_UNAUTHORIZED", "unknown")
            .live(LiveRow.TOKEN_MISSING),
        token(
                "token that has expired",
                claims -> claims.expirationTime(Date.from(Instant.now().minusSeconds(60))))
            .guide(BarsError.TOKEN_EXPIRED, 401, "SEND_UNAUTHORIZED", "expired")
            .live(LiveRow.TOKEN_INVALID),
        token("another's token", claims -> claims.issuer("https://other.example/"))
            .guide(BarsError.TOKEN_INVALID, 401, "SEND_UNAUTHORIZED", "security")
            .live(LiveRow.TOKEN_INVALID),
        FaultRow.of(
                "two tokens",
                (w, g) ->
                    g.with(AUTHORIZATION, w.token(claims -> claims))
                        .with(AUTHORIZATION, w.token(claims -> claims)))
            .at(FaultRow.Where.TOKEN)
            .guide(BarsError.TOKEN_INVALID, 401, "SEND_UNAUTHORIZED", "security")
            .live(LiveRow.TOKEN_INVALID),
        token("token without the scope", claims -> claims.claim("scope", "other"))
            .guide(BarsError.SCOPE_MISSING, 403, "SEND_FORBIDDEN", "forbidden")
            .live(LiveRow.NOT_SUBSCRIBED),
        token("token whose key cannot be had", claims -> claims)
            .at(FaultRow.Where.KEYLESS)
            .guide(BarsError.KEYS_UNAVAILABLE, 503, "PROXY_UNAVAILABLE", "transient")
            .liveInGuidesWords()
            .retryAfter(),
        FaultRow.of("not from the gateway", (w, g) -> g.with(APPLICATION, "app-1"))
            .at(FaultRow.Where.STRANGER)
            .guide(BarsError.GATEWAY_ONLY, 401, "SEND_UNAUTHORIZED", "security")
            .live(LiveRow.TOKEN_INVALID),
        FaultRow.of("gateway that names nobody", (w, g) -> g)
            .at(FaultRow.Where.GATEWAY)
            .guide(BarsError.APPLICATION_UNNAMED, 401, "SEND_UNAUTHORIZED", "unknown")
            .live(LiveRow.TOKEN_MISSING),
        FaultRow.of(
                "gateway that names two",
                (w, g) -> g.with(APPLICATION, "app-1").with(APPLICATION, "app-2"))
            .at(FaultRow.Where.GATEWAY)
            .guide(BarsError.APPLICATION_UNNAMED, 401, "SEND_UNAUTHORIZED", "unknown")
            .live(LiveRow.TOKEN_MISSING),
        FaultRow.of(
                "more than the quota",
                (w, g) -> {
                  w.spend();
                  return g.with(APPLICATION, "spent");
                })
            .at(FaultRow.Where.GATEWAY)
            .guide(BarsError.QUOTA_EXCEEDED, 429, "SEND_TOO_MANY_REQUESTS", "throttled")
            .live(LiveRow.TOO_MANY_REQUESTS)
            .retryAfter());
  }

  private static FaultRow token(String name, UnaryOperator<JWTClaimsSet.Builder> changed) {
    return FaultRow.of(name, (w, g) -> g.with(AUTHORIZATION, w.token(changed)))
        .at(FaultRow.Where.TOKEN);
  }
}
