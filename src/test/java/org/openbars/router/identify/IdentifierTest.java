package org.openbars.router.identify;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.message.ApiVersion;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.CorrelationId;
import org.openbars.router.message.Dialect;
import org.openbars.router.message.Interaction;
import org.openbars.router.message.RequestId;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.wire.RequestHeads;

class IdentifierTest {
  private static final String ID = "C1AB3fba-6bae-4ba4-b257-5a87c44d4a91";
  private static final String OTHER_ID = "9562466f-c982-4bd5-bb0e-255e9f5e6689";
  private static final String TARGET =
      Base64.getEncoder()
          .encodeToString("{\"system\":\"s\",\"value\":\"v\"}".getBytes(StandardCharsets.UTF_8));

  private final MultiMap headers =
      MultiMap.caseInsensitiveMultiMap()
          .add("X-Request-Id", ID)
          .add("X-Correlation-Id", OTHER_ID)
          .add("NHSD-Target-Identifier", TARGET);

  private Identified identify(Dialect dialect, String method, String path) {
    return new Identifier(dialect)
        .identify(Interaction.find(method, path), path, RequestHeads.read(headers, "x"));
  }

  private BarsError error(Dialect dialect, String method, String path) {
    Identified identified = identify(dialect, method, path);
    assertThat(identified).isInstanceOf(Identified.Refused.class);
    return ((Identified.Refused) identified).error();
  }

  @ParameterizedTest
  @EnumSource
  void goodMessageIsForAReceiver(Dialect dialect) {
    headers.add("Accept", "application/fhir+json; version=1.2.0");

    assertThat(identify(dialect, "GET", "/Slot"))
        .isEqualTo(
            new Identified.ForReceiver(
                new Identified.Identity(
                    Interaction.SLOT_SEARCH,
                    new RequestId(ID),
                    new CorrelationId(OTHER_ID),
                    new ApiVersion(1, 2, 0)),
                new TargetIdentifier("s", "v")));
  }

  @ParameterizedTest
  @EnumSource
  void metadataWithoutATargetIsOursAndNeedsNothing(Dialect dialect) {
    headers.clear();
    headers.add("Accept", "application/fhir+json; version=7");

    assertThat(identify(dialect, "GET", "/metadata")).isInstanceOf(Identified.OwnMetadata.class);
    assertThat(identify(dialect, "HEAD", "/metadata")).isInstanceOf(Identified.OwnMetadata.class);
  }

  @ParameterizedTest
  @EnumSource
  void metadataWithAnEmptyTargetIsAMistake(Dialect dialect) {
    headers.set("NHSD-Target-Identifier", "");

    assertThat(error(dialect, "GET", "/metadata")).isEqualTo(BarsError.TARGET_MISSING);
  }

  /** Each step takes away the fault that the one before was refused for. */
  @Test
  void faultsAreFoundInTheOrderOfChecks() {
    headers.clear();
    headers.add("Accept", "a/b;version=2");
    assertThat(error(Dialect.GUIDE, "POST", "/Nothing")).isEqualTo(BarsError.REQUEST_ID_MISSING);
    headers.add("X-Request-Id", "1");
    assertThat(error(Dialect.GUIDE, "POST", "/Nothing"))
        .isEqualTo(BarsError.CORRELATION_ID_MISSING);
    headers.add("X-Correlation-Id", "1");
    assertThat(error(Dialect.GUIDE, "POST", "/Nothing")).isEqualTo(BarsError.REQUEST_ID_INVALID);
    headers.set("X-Request-Id", ID);
    assertThat(error(Dialect.GUIDE, "POST", "/Nothing"))
        .isEqualTo(BarsError.CORRELATION_ID_INVALID);
    headers.set("X-Correlation-Id", ID);
    assertThat(error(Dialect.GUIDE, "POST", "/Nothing")).isEqualTo(BarsError.UNKNOWN_PATH);
    assertThat(error(Dialect.GUIDE, "POST", "/Slot")).isEqualTo(BarsError.WRONG_METHOD);
    assertThat(error(Dialect.GUIDE, "GET", "/Slot")).isEqualTo(BarsError.VERSION_NOT_SERVED);
    headers.set("Accept", "a/b;version=1");
    assertThat(error(Dialect.GUIDE, "GET", "/Slot")).isEqualTo(BarsError.TARGET_MISSING);
    headers.add("NHSD-Target-Identifier", "?");
    headers.add("NHSD-Target-Identifier", "?");
    assertThat(error(Dialect.GUIDE, "GET", "/Slot")).isEqualTo(BarsError.TARGET_REPEATED);
    headers.set("NHSD-Target-Identifier", "?");
    assertThat(error(Dialect.GUIDE, "GET", "/Slot")).isEqualTo(BarsError.TARGET_NOT_BASE64);
    headers.set("NHSD-Target-Identifier", "e30=");
    assertThat(error(Dialect.GUIDE, "GET", "/Slot")).isEqualTo(BarsError.TARGET_MALFORMED);
    headers.set("NHSD-Target-Identifier", TARGET);
    assertThat(identify(Dialect.GUIDE, "GET", "/Slot")).isInstanceOf(Identified.ForReceiver.class);
  }

  @Test
  void wrongMethodTellsTheRightOnes() {
    Identified refused = identify(Dialect.GUIDE, "POST", "/Slot");

    assertThat(((Identified.Refused) refused).allow()).isEqualTo("GET, HEAD");
    assertThat(refused.identity().requestId()).isEqualTo(new RequestId(ID));
  }

  @Test
  void pathOutsideTheBasePathIsUnknownOnceTheIdsAreThere() {
    for (Dialect dialect : Dialect.values()) {
      Identified refused = new Identifier(dialect).outsideBasePath(RequestHeads.read(headers, "x"));
      assertThat(((Identified.Refused) refused).error()).isEqualTo(BarsError.UNKNOWN_PATH);
    }
    headers.remove("X-Correlation-Id");
    Identified refused =
        new Identifier(Dialect.LIVE).outsideBasePath(RequestHeads.read(headers, "x"));
    assertThat(((Identified.Refused) refused).error()).isEqualTo(BarsError.CORRELATION_ID_MISSING);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "a b", "{x}", "C1AB3fba-6bae-4ba4-b257-5a87c44d4a9"})
  void liveTakesAnyCleanIdAndTheGuideOnlyUuids(String id) {
    headers.set("X-Request-Id", id);

    assertThat(identify(Dialect.LIVE, "GET", "/Slot").identity().requestId())
        .isEqualTo(new RequestId(id));
    Identified refused = identify(Dialect.GUIDE, "GET", "/Slot");
    assertThat(((Identified.Refused) refused).error()).isEqualTo(BarsError.REQUEST_ID_INVALID);
    assertThat(refused.identity().requestId()).isNull();
    assertThat(refused.identity().correlationId()).isEqualTo(new CorrelationId(OTHER_ID));
  }

  @ParameterizedTest
  @ValueSource(strings = {"caf\u00e9", "a\u0007", "\u007f"})
  void noDialectTakesAnIdThatIsNotClean(String id) {
    MultiMap odd = MultiMap.caseInsensitiveMultiMap();
    odd.add("X-Request-Id", ID).add("X-Correlation-Id", id).add("NHSD-Target-Identifier", TARGET);
    for (Dialect dialect : Dialect.values()) {
      Identified refused =
          new Identifier(dialect)
              .identify(Interaction.find("GET", "/Slot"), "/Slot", RequestHeads.read(odd, "x"));
      assertThat(((Identified.Refused) refused).error())
          .isEqualTo(BarsError.CORRELATION_ID_INVALID);
      assertThat(refused.identity().correlationId()).isNull();
    }
  }

  @Test
  void liveLeavesARepeatedIdToTheReceiverAndDoesNotMirrorIt() {
    headers.add("X-Request-Id", OTHER_ID);

    assertThat(identify(Dialect.LIVE, "GET", "/Slot")).isInstanceOf(Identified.ForReceiver.class);
    assertThat(identify(Dialect.LIVE, "GET", "/Slot").identity().requestId()).isNull();
    assertThat(error(Dialect.GUIDE, "GET", "/Slot")).isEqualTo(BarsError.REQUEST_ID_INVALID);
  }

  @ParameterizedTest
  @CsvSource({
    "1.0.0, true, true",
    "1.99.0, true, true",
    "0.9.0, false, true",
    "2.0.0, false, true",
    "new, false, true",
  })
  void guideServesOneMajorVersionAndLiveAny(String version, boolean guide, boolean live) {
    headers.set("Accept", "application/fhir+json;version=" + version);

    assertThat(identify(Dialect.GUIDE, "GET", "/Slot") instanceof Identified.ForReceiver)
        .isEqualTo(guide);
    assertThat(identify(Dialect.LIVE, "GET", "/Slot") instanceof Identified.ForReceiver)
        .isEqualTo(live);
  }

  @Test
  void liveServesDocumentReferenceFrom110() {
    assertThat(error(Dialect.LIVE, "GET", "/DocumentReference"))
        .isEqualTo(BarsError.VERSION_NOT_SERVED);
    headers.set("Accept", "a/b;version=1.0.9");
    assertThat(error(Dialect.LIVE, "POST", "/DocumentReference/1"))
        .isEqualTo(BarsError.VERSION_NOT_SERVED);
    headers.set("Accept", "a/b;version=1.1.0");
    assertThat(identify(Dialect.LIVE, "GET", "/DocumentReference"))
        .isInstanceOf(Identified.ForReceiver.class);
  }

  @Test
  void liveLeavesUnknownPathsAndMethodsToTheReceiver() {
    assertThat(identify(Dialect.LIVE, "GET", "/Nothing").identity().interaction()).isNull();
    assertThat(identify(Dialect.LIVE, "MADE-UP", "/Slot"))
        .isInstanceOf(Identified.ForReceiver.class);
  }
}
