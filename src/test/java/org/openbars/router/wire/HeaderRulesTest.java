package org.openbars.router.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderRulesTest {
  private static MultiMap headers(String... namesAndValues) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  private static List<String> lines(MultiMap headers) {
    List<String> lines = new ArrayList<>();
    headers.forEach((name, value) -> lines.add(name + ": " + value));
    return lines;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection",
        "Keep-Alive",
        "Proxy-Connection",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "HTTP2-Settings",
        "te",
        "UPGRADE"
      })
  void headerOfOneHopCrossesNeitherWay(String name) {
    MultiMap to = headers();
    HeaderRules.copyToReceiver(headers(name, "a", "X-B", "c"), to, null);
    HeaderRules.copyToSender(headers(name, "a", "X-B", "c"), to, null);

    assertThat(lines(to)).containsExactly("X-B: c", "X-B: c");
    assertThat(HeaderRules.isHopByHop(name)).isTrue();
    assertThat(HeaderRules.isTrailer(name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host",
        "Authorization",
        "authorization",
        "Forwarded",
        "X-Forwarded-For",
        "x-forwarded-anything",
        "Proxy-Status",
        "proxy-x"
      })
  void whatStaysWithTheRouterIsOnlyKeptFromReceivers(String name) {
    MultiMap toReceiver = headers();
    HeaderRules.copyToReceiver(headers(name, "a"), toReceiver, null);
    MultiMap toSender = headers();
    HeaderRules.copyToSender(headers(name, "a"), toSender, null);

    assertThat(lines(toReceiver)).isEmpty();
    assertThat(lines(toSender)).containsExactly(name + ": a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded",
        "Proxy",
        "Authorization2",
        "Forwarded-By",
        "Hosts",
        "T",
        "TEE",
        "Trailers",
        "NHSD-Target-Identifier",
        "Via",
        "Expect",
        "Content-Length",
        "Set-Cookie",
        "Cookie"
      })
  void everyOtherHeaderCrosses(String name) {
    MultiMap to = headers();
    HeaderRules.copyToReceiver(headers(name, "a"), to, null);

    assertThat(lines(to)).containsExactly(name + ": a");
  }

  @Test
  void orderRepetitionAndCaseAreKept() {
    MultiMap to = headers();
    HeaderRules.copyToReceiver(headers("b", "1", "A", "2", "B", "3", "a", ""), to, null);

    assertThat(lines(to)).containsExactly("b: 1", "A: 2", "B: 3", "a: ");
  }

  @Test
  void nominatedHeaderEndsAtTheRouterInAnyCase() {
    MultiMap to = headers();
    HeaderRules.copyToReceiver(
        headers("X-Mine", "1", "x-MINE", "2", "X-Own", "3"), to, Set.of("x-mine"));
    HeaderRules.copyToSender(headers("X-Mine", "1", "X-Own", "4"), to, Set.of("x-mine"));

    assertThat(lines(to)).containsExactly("X-Own: 3", "X-Own: 4");
  }

  @Test
  void connectionNamesItsHeaders() {
    assertThat(HeaderRules.nominated(List.of())).isNull();
    assertThat(HeaderRules.nominated(List.of("keep-alive", "Close"))).isNull();
    assertThat(HeaderRules.nominated(List.of("close, TE, upgrade"))).isNull();
    assertThat(HeaderRules.nominated(List.of(" X-A ,x-b,, ", "X-C,close")))
        .containsExactlyInAnyOrder("x-a", "x-b", "x-c");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "host", "content-length", "content-type", "content-encoding", "x-request-id",
        "x-correlation-id", "use-context", "accept", "cache-control", "nhsd-target-identifier",
        "nhsd-end-user-organisation", "nhsd-anything"
      })
  void headerThatAMessageNeedsMayNotBeNominated(String name) {
    assertThat(HeaderRules.mayBeNominated(name)).isFalse();
  }

  @Test
  void anyOtherHeaderMayBeNominated() {
    assertThat(HeaderRules.mayBeNominated("x-mine")).isTrue();
    assertThat(HeaderRules.mayBeNominated("nhsd")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length",
        "content-type",
        "Content-Encoding",
        "Host",
        "Set-Cookie",
        "Authorization"
      })
  void trailerThatFramesRoutesOrAuthorisesIsNone(String name) {
    assertThat(HeaderRules.isTrailer(name)).isFalse();
  }

  @Test
  void anyOtherTrailerIsOne() {
    assertThat(HeaderRules.isTrailer("X-Checksum")).isTrue();
  }
}
