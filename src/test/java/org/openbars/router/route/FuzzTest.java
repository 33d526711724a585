package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.route.ParserFuzzTest.Fragments;

/**
 * Odd requests on a kept connection to a running router: each is answered, none with a fault of
 * ours, and nothing reaches the receiver but what names it.
 */
class FuzzTest {
  private static final String SEED = "20261124";
  private static final String GOOD = RunningRouter.header("good");
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static RunningReceivers receivers;
  private static RunningRouter router;
  private static RawSender sender;
  private static int reached;

  @BeforeContainer
  static void start() {
    receivers = RunningReceivers.start();
    router =
        RunningRouter.setup()
            .set("listen.max-body", "1KiB")
            .target("good", receivers.url(""))
            .start();
    sender = RawSender.to(router.port());
  }

  @AfterContainer
  static void stop() {
    assertThat(reached).as("some of them are good").isGreaterThan(1000);
    sender.close();
    router.close();
    receivers.close();
  }

  @Provide
  Arbitrary<RawRequest> requests() {
    return Combinators.combine(lines(), ids(), targets(), accepts(), lengths(), others())
        .as(
            (line, ids, target, accept, length, other) -> {
              RawRequest request = line;
              if (!ids.get(0).equals("none")) {
                request = request.with(RawRequest.REQUEST_ID, ids.get(0));
              }
              if (!ids.get(1).equals("none")) {
                request = request.with(RawRequest.CORRELATION_ID, ids.get(1));
              }
              if (!target.equals("none")) {
                request = request.with(RawRequest.TARGET, target);
              }
              if (!accept.equals("none")) {
                request = request.with("Accept", accept);
              }
              request = length.equals("body") ? request.body("{}") : request;
              request =
                  length.equals("body") || length.equals("none")
                      ? request
                      : request.with("Content-Length", length);
              return request.with("use-context", other.get(0)).with("X-Odd", other.get(1));
            });
  }

  private static Arbitrary<RawRequest> lines() {
    Arbitrary<String> method =
        often(
            "GET",
            Arbitraries.of(
                "POST", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "G\u00e9T", "get", "\u0001"));
    Arbitrary<String> path =
        often(
            RunningRouter.BASE_PATH + "/Slot?status=free",
            Fragments.of(
                    "/",
                    "/Slot",
                    "/Appointment",
                    "/metadata",
                    "/1",
                    "..",
                    "%2e",
                    "%2f",
                    "%41",
                    "%",
                    "%00",
                    "?",
                    "&a=b",
                    "|",
                    "#",
                    ";",
                    "\u00e9",
                    "\\",
                    " ",
                    "//")
                .map(rest -> RunningRouter.BASE_PATH + rest));
    return Combinators.combine(method, path).as(RawRequest::bare);
  }

  private static Arbitrary<List<String>> ids() {
    Arbitrary<String> odd =
        Arbitraries.oneOf(
            Arbitraries.just("none"),
            Arbitraries.just("c1ab3fba-6bae-4ba4-b257-5a87c44d4a9"),
            latin1(40));
    return often(RunningRouter.REQUEST_ID, odd).list().ofSize(2);
  }

  private static Arbitrary<String> targets() {
    Arbitrary<String> mutated =
        Combinators.combine(
                Arbitraries.integers().between(0, GOOD.length() - 1),
                Arbitraries.chars().range('!', '~'))
            .as((at, c) -> GOOD.substring(0, at) + c + GOOD.substring(at + 1));
    Arbitrary<String> json =
        Fragments.of(
                "{",
                "}",
                "\"system\":\"tests\"",
                ",",
                "\"value\":\"good\"",
                "\"value\":\"",
                "1",
                "[",
                "\u00e9",
                "null")
            .map(text -> Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    return often(GOOD, Arbitraries.oneOf(Arbitraries.just("none"), mutated, json, latin1(60)));
  }

  private static Arbitrary<String> accepts() {
    return often(
        "none",
        Fragments.of(
            "application/fhir+json",
            "application/fhir+xml",
            "*/*",
            ";",
            ",",
            "q=",
            "0.5",
            "version=",
            "1.1.0",
            "2",
            "\"",
            "=",
            " "));
  }

  /** Never one that promises more than comes: the router would rightly wait for it. */
  private static Arbitrary<String> lengths() {
    return often(
        "none",
        Arbitraries.of(
            "body",
            "0",
            "00",
            "-1",
            "+1",
            "1x",
            "0x2",
            "1,1",
            "",
            " ",
            "99999999",
            "99999999999999999999",
            "\u00e9"));
  }

  private static Arbitrary<List<String>> others() {
    return latin1(30).list().ofSize(2);
  }

  private static Arbitrary<String> often(String good, Arbitrary<String> odd) {
    return Arbitraries.frequencyOf(Tuple.of(4, Arbitraries.just(good)), Tuple.of(1, odd));
  }

  /** Any Latin-1 but line breaks, which would begin another header; control bytes now and then. */
  private static Arbitrary<String> latin1(int longest) {
    Arbitrary<String> plain =
        Arbitraries.strings().withCharRange(' ', '\u00ff').ofMaxLength(longest);
    Arbitrary<String> control =
        Arbitraries.strings()
            .withChars('\u0000', '\u0007', '\t', '\u001f', 'a', '\u007f')
            .ofMaxLength(5);
    return Arbitraries.frequencyOf(Tuple.of(9, plain), Tuple.of(1, control));
  }

  @Property(
      tries = 10_000,
      seed = SEED,
      shrinking = ShrinkingMode.OFF,
      edgeCases = EdgeCasesMode.NONE)
  void oddRequestIsAnsweredAndReachesNobodyItDoesNotName(@ForAll("requests") RawRequest request) {
    long before = receivers.arrived();
    RawAnswer answer = sender.exchange(request);
    boolean arrived = receivers.arrived() > before;

    assertThat(answer.status()).isBetween(200, 499);
    assertThat(answer.text()).doesNotContain("Exception", "\tat ", "io.vertx", "io.netty");
    if (arrived) {
      reached++;
      assertThat(namesTheReceiver(request)).isTrue();
    } else if (!request.method().equals("HEAD")) {
      assertThat(answer.text()).containsAnyOf("OperationOutcome", "CapabilityStatement");
      assertThat(answer.header("Content-Type"))
          .isIn(Optional.of("application/fhir+json"), Optional.of("application/fhir+xml"));
    }
    // One that could not be read ends its connection without saying so.
    if (answer.header("Connection").isPresent() || answer.status() == 400) {
      renew();
    }
  }

  private static void renew() {
    sender.close();
    sender = RawSender.to(router.port());
  }

  private static boolean namesTheReceiver(RawRequest request) {
    List<String> headers = request.values(RawRequest.TARGET);
    try {
      byte[] json = Base64.getDecoder().decode(headers.get(0).trim());
      JsonNode root = STRICT.readTree(json);
      return headers.size() == 1
          && root.path("system").asText().equals(RunningRouter.SYSTEM)
          && root.path("value").asText().equals("good");
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }
}
