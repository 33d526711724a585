package org.openbars.router.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.StrictErrorHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Dialect;
import org.openbars.router.message.LiveRow;
import org.openbars.router.message.Uuids;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

class OutcomesTest {
  private static final FhirContext FHIR = FhirContext.forR4();
  private static final UUID ID = UUID.fromString("0b5e9d1c-6d1f-4a53-9d3e-0f6a9f0c7a11");

  private final Outcomes guide = new Outcomes(Dialect.GUIDE);
  private final Outcomes live = new Outcomes(Dialect.LIVE);

  static Stream<Arguments> everyGuideBody() {
    return Stream.of(BarsError.values())
        .flatMap(e -> Stream.of(AnswerFormat.values()).map(f -> Arguments.of(e, f)));
  }

  static Stream<Arguments> everyErrorAndDialect() {
    return Stream.of(BarsError.values())
        .flatMap(e -> Stream.of(Dialect.values()).map(d -> Arguments.of(e, d)));
  }

  @ParameterizedTest
  @MethodSource("everyGuideBody")
  void guideBodyIsOneStrictlyValidOperationOutcome(BarsError error, AnswerFormat format) {
    OperationOutcome outcome = strict(guide, error, format);

    assertThat(outcome.getIdElement().getIdPart()).isEqualTo(ID.toString());
    assertThat(outcome.getMeta().getProfile())
        .singleElement()
        .extracting(p -> p.getValue())
        .isEqualTo("https://fhir.hl7.org.uk/StructureDefinition/UKCore-OperationOutcome");
    assertThat(outcome.getIssue()).hasSize(1);
    OperationOutcome.OperationOutcomeIssueComponent issue = outcome.getIssueFirstRep();
    assertThat(issue.getSeverity()).isEqualTo(OperationOutcome.IssueSeverity.ERROR);
    assertThat(issue.getCode().toCode()).isEqualTo(error.issue());
    assertThat(issue.getDiagnostics()).isEqualTo(error.diagnostics());
    assertThat(issue.getDetails().getCoding()).hasSize(1);
    Coding coding = issue.getDetails().getCodingFirstRep();
    assertThat(coding.getSystem()).isEqualTo("https://fhir.nhs.uk/CodeSystem/http-error-codes");
    assertThat(coding.getCode()).isEqualTo(error.code());
    assertThat(coding.getDisplay()).isEqualTo(error.status() + " - " + error.code());
  }

  @Test
  void guideBodyIsWrittenThisWay() {
    assertThat(text(guide, BarsError.TARGET_MISSING, AnswerFormat.JSON))
        .isEqualTo(
            "{\"resourceType\":\"OperationOutcome\",\"id\":\"0b5e9d1c-6d1f-4a53-9d3e-0f6a9f0c7a11\","
                + "\"meta\":{\"profile\":[\"https://fhir.hl7.org.uk/StructureDefinition/UKCore-OperationOutcome\"]},"
                + "\"issue\":[{\"severity\":\"error\",\"code\":\"required\",\"details\":{\"coding\":[{"
                + "\"system\":\"https://fhir.nhs.uk/CodeSystem/http-error-codes\",\"code\":\"SEND_BAD_REQUEST\","
                + "\"display\":\"400 - SEND_BAD_REQUEST\"}]},"
                + "\"diagnostics\":\"The header NHSD-Target-Identifier is missing.\"}]}");
    assertThat(text(guide, BarsError.TARGET_MISSING, AnswerFormat.XML))
        .isEqualTo(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><OperationOutcome xmlns=\"http://hl7.org/fhir\">"
                + "<id value=\"0b5e9d1c-6d1f-4a53-9d3e-0f6a9f0c7a11\"/>"
                + "<meta><profile value=\"https://fhir.hl7.org.uk/StructureDefinition/UKCore-OperationOutcome\"/></meta>"
                + "<issue><severity value=\"error\"/><code value=\"required\"/><details><coding>"
                + "<system value=\"https://fhir.nhs.uk/CodeSystem/http-error-codes\"/><code value=\"SEND_BAD_REQUEST\"/>"
                + "<display value=\"400 - SEND_BAD_REQUEST\"/></coding></details>"
                + "<diagnostics value=\"The header NHSD-Target-Identifier is missing.\"/></issue></OperationOutcome>");
  }

  @Test
  void guideBodiesHaveIdsOfTheirOwn() {
    Uuids uuids = new Uuids();
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      String body =
          guide.body(BarsError.TARGET_UNKNOWN, AnswerFormat.JSON, uuids.random()).toString();
      ids.add(body.substring(body.indexOf("\"id\":\"") + 6, body.indexOf("\",\"meta\"")));
    }

    assertThat(ids).hasSize(1000).allMatch(Uuids::isUuid);
  }

  @Test
  void bodyIsTheCallersOwn() {
    live.body(BarsError.TOKEN_MISSING, AnswerFormat.JSON, ID).setByte(0, (byte) 'x');

    assertThat(text(live, BarsError.TOKEN_MISSING, AnswerFormat.JSON)).startsWith("{");
  }

  @ParameterizedTest
  @MethodSource("org.openbars.router.outcome.LiveBodies#rows")
  void liveBodyIsThatOfTheLiveProxyByteForByte(LiveBodies.Row row) {
    assertThat(text(live, row.error(), AnswerFormat.JSON)).isEqualTo(row.body());
    assertThat(row.error().status()).isEqualTo(row.status());
  }

  @Test
  void everyLiveRowIsChecked() {
    assertThat(LiveBodies.rows().map(r -> r.error().live().orElseThrow()))
        .containsOnly(LiveRow.values());
  }

  @ParameterizedTest
  @EnumSource(BarsError.class)
  void faultUnknownToTheLiveProxyHasTheGuidesWordsInItsForm(BarsError error) {
    if (error.live().isPresent()) {
      assertThat(error.live().get().status()).isEqualTo(error.status());
      return;
    }
    assertThat(text(live, error, AnswerFormat.JSON))
        .isEqualTo(
            "{\"resourceType\":\"OperationOutcome\",\"id\":\"0b5e9d1c-6d1f-4a53-9d3e-0f6a9f0c7a11\","
                + "\"meta\":{\"profile\":[\"https://simplifier.net/guide/UKCoreDevelopment2/ProfileUKCore-OperationOutcome\"]},"
                + "\"issue\":[{\"severity\":\"error\",\"code\":\""
                + error.issue()
                + "\",\"details\":{\"coding\":[{\"system\":\"https://fhir.nhs.uk/Codesystem/http-error-codes\",\"code\":\""
                + error.code()
                + "\"}]},\"diagnostics\":\""
                + error.diagnostics()
                + "\"}]}");
  }

  @ParameterizedTest
  @MethodSource("everyErrorAndDialect")
  void jsonAndXmlSayTheSame(BarsError error, Dialect dialect) throws Exception {
    Outcomes outcomes = dialect == Dialect.GUIDE ? guide : live;
    JsonNode json = new ObjectMapper().readTree(text(outcomes, error, AnswerFormat.JSON));
    Element xml = dom(text(outcomes, error, AnswerFormat.XML));

    assertThat(xml.getNamespaceURI()).isEqualTo("http://hl7.org/fhir");
    List<String> said = new ArrayList<>();
    said.add("resourceType=" + xml.getLocalName());
    flatten(xml, "", said);
    assertThat(said).isEqualTo(flatten(json, "", new ArrayList<>()));
  }

  @ParameterizedTest
  @MethodSource("everyErrorAndDialect")
  void everyBodyWithAnIssueTypeOfFhirIsStrictlyValid(BarsError error, Dialect dialect) {
    Outcomes outcomes = dialect == Dialect.GUIDE ? guide : live;
    String issue = dialect == Dialect.GUIDE ? error.issue() : liveIssue(error);
    if (issue.equals("400") || issue.equals("429")) {
      // D1 and D3: the live proxy's own, and no FHIR parser takes them.
      assertThat(text(outcomes, error, AnswerFormat.XML))
          .contains("<issue><severity value=\"error\"/><code value=\"" + issue + "\"/>");
      return;
    }
    assertThat(strict(outcomes, error, AnswerFormat.JSON).getIssueFirstRep().getCode().toCode())
        .isEqualTo(issue);
    assertThat(strict(outcomes, error, AnswerFormat.XML).getIssueFirstRep().getCode().toCode())
        .isEqualTo(issue);
  }

  @Test
  void entitiesInTheLiveProxysTextStayLiteralInXml() throws Exception {
    String xml = text(live, BarsError.VERSION_NOT_SERVED, AnswerFormat.XML);

    assertThat(xml).contains("&amp;lt;further").doesNotContain(" &lt;further");
    Node diagnostics = dom(xml).getElementsByTagName("diagnostics").item(0);
    assertThat(((Element) diagnostics).getAttribute("value"))
        .endsWith(": &lt;further diagnostics information, error message/error text&gt;");
  }

  private static String liveIssue(BarsError error) {
    return error.live().map(LiveRow::issue).orElse(error.issue());
  }

  private static String text(Outcomes outcomes, BarsError error, AnswerFormat format) {
    return outcomes.body(error, format, ID).toString(StandardCharsets.UTF_8);
  }

  private static OperationOutcome strict(Outcomes outcomes, BarsError error, AnswerFormat format) {
    IParser parser =
        switch (format) {
          case JSON -> FHIR.newJsonParser();
          case XML -> FHIR.newXmlParser();
        };
    return parser
        .setParserErrorHandler(new StrictErrorHandler())
        .parseResource(OperationOutcome.class, text(outcomes, error, format));
  }

  private static Element dom(String xml) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    return factory
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
        .getDocumentElement();
  }

  private static List<String> flatten(JsonNode node, String path, List<String> into) {
    if (node.isObject()) {
      node.properties()
          .forEach(
              e ->
                  flatten(
                      e.getValue(), path.isEmpty() ? e.getKey() : path + "." + e.getKey(), into));
    } else if (node.isArray()) {
      node.forEach(item -> flatten(item, path, into));
    } else {
      into.add(path + "=" + node.asText());
    }
    return into;
  }

  private static void flatten(Element parent, String path, List<String> into) {
    if (parent.hasAttribute("value")) {
      into.add(path + "=" + parent.getAttribute("value"));
    }
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      Element child = (Element) node;
      String name = child.getLocalName();
      flatten(child, path.isEmpty() ? name : path + "." + name, into);
    }
  }
}
