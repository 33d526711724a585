package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.MultiMap;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.identify.AcceptedVersion;
import org.openbars.router.identify.Identified;
import org.openbars.router.identify.Identifier;
import org.openbars.router.identify.PatientInQuery;
import org.openbars.router.identify.TargetHeader;
import org.openbars.router.message.Dialect;
import org.openbars.router.message.Interaction;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.message.UseContext;
import org.openbars.router.wire.BodyShape;
import org.openbars.router.wire.HeaderRules;
import org.openbars.router.wire.RequestHeads;
import org.openbars.router.wire.RequestTarget;

/** What a sender may write, read by the parsers: none throws, and each keeps its promise. */
class ParserFuzzTest {
  private static final String SEED = "20261124";
  private static final String BASE = "/base/R4";
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  @Provide
  Arbitrary<String> paths() {
    return Fragments.of(
        "/",
        "/",
        "/base",
        "/R4",
        "/%62ase",
        "/R%34",
        "Slot",
        ".",
        "..",
        "%2e",
        "%2E",
        "%25",
        "%2f",
        "%5c",
        "%00",
        "%",
        ";",
        "a",
        "%41",
        "\\",
        "?",
        "#",
        "\u00e9",
        "%c3%a9",
        "http://a",
        "%252e",
        "//",
        " ",
        "\t");
  }

  @Property(tries = 40_000, seed = SEED, shrinking = ShrinkingMode.OFF)
  void pathIsReadInOneWayOnly(@ForAll("paths") String uri) {
    RequestTarget target = RequestTarget.parse(uri);
    if (target == null) {
      return;
    }
    assertThat(uri)
        .endsWith(target.rawPath() + (target.rawQuery() == null ? "" : "?" + target.rawQuery()));
    assertThat(target.path()).isEqualTo(decoded(target.rawPath())).doesNotContain("\\", "\u0000");
    for (String segment : target.path().split("/", -1)) {
      assertThat(segment.split(";", 2)[0]).isNotIn(".", "..");
    }
    assertThat(target.path().chars().filter(c -> c == '/').count())
        .isEqualTo(target.rawPath().chars().filter(c -> c == '/').count());
    String below = target.below(BASE);
    String rawBelow = target.rawBelow(BASE);
    assertThat(rawBelow == null).isEqualTo(below == null);
    if (rawBelow != null) {
      assertThat(decoded(rawBelow)).isEqualTo(below).startsWith("/");
      assertThat(target.rawPath()).endsWith(rawBelow);
    }
  }

  private static String decoded(String raw) {
    return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Provide
  Arbitrary<String> targetJson() {
    return Fragments.of(
        "{",
        "}",
        "{\"system\":\"s\",\"value\":\"v\"}",
        "\"system\"",
        "\"value\"",
        ":",
        ",",
        "\"s\"",
        "\"\"",
        "1",
        "null",
        "[",
        "]",
        " ",
        "\n",
        "\\",
        "\"",
        "\u00e9",
        "\"\\u0073ystem\"",
        "\"x\":{\"system\":\"y\"},");
  }

  @Property(tries = 20_000, seed = SEED, shrinking = ShrinkingMode.OFF)
  void targetHeaderIsReadAsAStrictParserReadsIt(@ForAll("targetJson") String json) {
    String header = Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    TargetHeader.Decoded decoded = TargetHeader.decode(header);

    TargetIdentifier expected = strictly(json);
    if (expected == null) {
      assertThat(decoded).isInstanceOf(TargetHeader.Decoded.Bad.class);
    } else {
      assertThat(decoded).isEqualTo(new TargetHeader.Decoded.Good(expected));
    }
  }

  private static @Nullable TargetIdentifier strictly(String json) {
    try {
      JsonNode root = STRICT.readTree(json);
      if (!root.isObject() || !root.path("system").isTextual() || !root.path("value").isTextual()) {
        return null;
      }
      String system = root.path("system").asText();
      String value = root.path("value").asText();
      return system.isEmpty() || value.isEmpty() ? null : new TargetIdentifier(system, value);
    } catch (IOException e) {
      return null;
    }
  }

  @Provide
  Arbitrary<List<String>> headers() {
    return Fragments.of(
            "c1ab3fba-6bae-4ba4-b257-5a87c44d4a91",
            "e30=",
            "eyJ",
            "=",
            "a",
            "|",
            ";",
            ",",
            "version=",
            "1.1.0",
            "2",
            "application/fhir+json",
            "chunked",
            "close",
            "x-request-id",
            "1.1 bars-router",
            "\u0000",
            "\u00e9",
            "\"",
            " ",
            "9",
            "-",
            "nhs-number|9990000018",
            "https://fhir.nhs.uk/Id/",
            "%")
        .list()
        .ofSize(8);
  }

  @Property(tries = 25_000, seed = SEED, shrinking = ShrinkingMode.OFF)
  void headersOfAnyKindAreReadWithoutAFault(@ForAll("headers") List<String> values) {
    List<String> names =
        Arrays.asList(
            "X-Request-Id",
            "X-Correlation-Id",
            "NHSD-Target-Identifier",
            "Accept",
            "use-context",
            "Connection",
            "Content-Length",
            values.get(7).length() % 2 == 0 ? "Via" : "x-request-id");
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    int count = 0;
    for (int i = 0; i < names.size(); i++) {
      if (values.get(i).length() % 7 != 0) {
        headers.add(names.get(i), values.get(i));
        count++;
      }
    }
    RequestHeads heads = RequestHeads.read(headers, "bars-router");
    assertThat(heads.count()).isEqualTo(count);
    BodyShape shape = BodyShape.of(heads, false);
    assertThat(shape == null || shape.length() >= 0).isTrue();
    assertThat(AnswerFormat.of(heads.accept())).isNotNull();
    AcceptedVersion version = AcceptedVersion.parse(heads.accept());
    assertThat(version.malformed() && version.version() != null).isFalse();
    assertThat(UseContext.parse(heads.useContext())).isNotNull();
    Set<String> nominated = HeaderRules.nominated(heads.connection());
    assertThat(nominated == null || !(nominated.contains("") || nominated.contains("close")))
        .isTrue();
    PatientInQuery.find(values.get(4));
    for (Dialect dialect : Dialect.values()) {
      assertMirrorsOnlyWhatCame(
          new Identifier(dialect).identify(Interaction.find("GET", "/Slot"), "/Slot", heads),
          headers);
    }
  }

  private static void assertMirrorsOnlyWhatCame(Identified identified, MultiMap headers) {
    Identified.Identity identity = identified.identity();
    if (identity.requestId() != null) {
      assertThat(headers.getAll("X-Request-Id")).containsExactly(identity.requestId().value());
      assertThat(identity.requestId().value()).matches("[ -~]+");
    }
    if (identity.correlationId() != null) {
      assertThat(headers.getAll("X-Correlation-Id"))
          .containsExactly(identity.correlationId().value());
    }
  }

  /** Texts strung together from pieces that parsers trip over, and from any Latin-1 between. */
  static final class Fragments {
    private Fragments() {}

    static Arbitrary<String> of(String... pieces) {
      Arbitrary<String> odd = Arbitraries.strings().withCharRange(' ', '\u00ff').ofMaxLength(3);
      return Arbitraries.frequencyOf(Tuple.of(9, Arbitraries.of(pieces)), Tuple.of(1, odd))
          .list()
          .ofMinSize(0)
          .ofMaxSize(9)
          .map(parts -> String.join("", parts));
    }
  }
}
