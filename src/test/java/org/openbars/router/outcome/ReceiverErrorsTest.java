package org.openbars.router.outcome;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Dialect;

class ReceiverErrorsTest {
  private static final String JSON =
      "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"too-costly\","
          + "\"details\":{\"coding\":[{\"code\":\"REC_SERVER_ERROR\"}]},\"diagnostics\":\"caf\u00e9\"}]}";
  private static final String XML =
      "<OperationOutcome xmlns=\"http://hl7.org/fhir\"><issue><severity value=\"error\"/>"
          + "<code value=\"too-costly\"/><diagnostics value=\"caf\u00e9\"/></issue></OperationOutcome>";

  private final ReceiverErrors guide = new ReceiverErrors(Dialect.GUIDE);
  private final ReceiverErrors live = new ReceiverErrors(Dialect.LIVE);

  static Stream<Arguments> outcomes() {
    return Stream.of(
        whole("json", JSON),
        whole(
            "json, type last",
            "{\"issue\":[{\"code\":\"x\"}],\"resourceType\":\"OperationOutcome\"}"),
        whole("json, spread out", " \r\n\t{ \"resourceType\" : \"OperationOutcome\" } \n"),
        whole("json, escaped", "{\"resource\\u0054ype\":\"Operation\\u004futcome\"}"),
        whole("json after a byte order mark", "\ufeff" + JSON),
        whole(
            "json with another member twice",
            "{\"resourceType\":\"OperationOutcome\",\"id\":\"1\",\"id\":\"2\"}"),
        whole("xml", XML),
        whole("xml with a declaration", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + XML),
        whole("xml after a byte order mark", "\ufeff" + XML),
        whole("xml with comments and instructions", "<!-- a --><?b c?>" + XML + "<!-- d -->\n"),
        whole("xml with a prefix", "<f:OperationOutcome xmlns:f='http://hl7.org/fhir'/>"),
        whole(
            "xml with character references",
            "<OperationOutcome xmlns='http://hl7.org/fhir'><id value='&#65;&amp;&lt;'/></OperationOutcome>"),
        Arguments.of("xml in UTF-16", XML.getBytes(UTF_16)));
  }

  static Stream<Arguments> others() {
    return Stream.of(
        whole("nothing", ""),
        whole("a blank", " \n"),
        whole("a byte order mark", "\ufeff"),
        whole("text", "Service Unavailable"),
        whole("html", "<html><body>503</body></html>"),
        whole("html, not closed", "<!DOCTYPE html><html><p>503"),
        whole("a json array", "[" + JSON + "]"),
        whole("a json string", "\"OperationOutcome\""),
        whole("an empty object", "{}"),
        whole("another resource", "{\"resourceType\":\"Bundle\",\"contained\":[" + JSON + "]}"),
        whole("an outcome further down", "{\"error\":" + JSON + "}"),
        whole("another case", "{\"resourceType\":\"operationoutcome\"}"),
        whole("a type that is no text", "{\"resourceType\":[\"OperationOutcome\"]}"),
        whole(
            "a type twice",
            "{\"resourceType\":\"OperationOutcome\",\"resourceType\":\"OperationOutcome\"}"),
        whole("two types", "{\"resourceType\":\"Bundle\",\"resourceType\":\"OperationOutcome\"}"),
        whole("json cut off", JSON.substring(0, JSON.length() - 1)),
        whole("json cut off early", JSON.substring(0, 60)),
        whole("json and more", JSON + "x"),
        whole("json twice", JSON + JSON),
        whole("json with a comment", "/* a */" + JSON),
        whole("json with a comma too many", "{\"resourceType\":\"OperationOutcome\",}"),
        whole("json with NaN", "{\"resourceType\":\"OperationOutcome\",\"a\":NaN}"),
        whole(
            "json, too deep", "{\"resourceType\":\"OperationOutcome\",\"a\":" + "[".repeat(60_000)),
        whole(
            "json, closed and too deep",
            "{\"resourceType\":\"OperationOutcome\",\"a\":"
                + "[".repeat(101)
                + "]".repeat(101)
                + "}"),
        whole(
            "json with a huge number",
            "{\"resourceType\":\"OperationOutcome\",\"a\":" + "9".repeat(60_000) + "}"),
        whole(
            "json with a raw control character",
            "{\"resourceType\":\"OperationOutcome\",\"a\":\"\u0001\"}"),
        Arguments.of("json in UTF-16", JSON.getBytes(UTF_16)),
        Arguments.of("json in UTF-16LE", JSON.getBytes(UTF_16LE)),
        Arguments.of("json in UTF-16BE", JSON.getBytes(UTF_16BE)),
        Arguments.of("json in Latin-1", JSON.getBytes(ISO_8859_1)),
        whole("xml without the namespace", "<OperationOutcome/>"),
        whole("xml of another namespace", "<OperationOutcome xmlns='http://hl7.org/fhir/'/>"),
        whole(
            "another resource in xml", "<Bundle xmlns='http://hl7.org/fhir'>" + XML + "</Bundle>"),
        whole("xml cut off", XML.substring(0, XML.length() - 1)),
        whole("xml and more", XML + "x"),
        whole("xml twice", XML + XML),
        whole("xml after a blank line", "\n<?xml version=\"1.0\"?>" + XML),
        whole("xml with an unknown prefix", "<f:OperationOutcome/>"),
        whole("xml with a DTD", "<!DOCTYPE OperationOutcome>" + XML),
        whole(
            "xml with an entity",
            "<!DOCTYPE OperationOutcome [<!ENTITY a \"b\">]><OperationOutcome xmlns='http://hl7.org/fhir'>&a;"
                + "</OperationOutcome>"),
        whole(
            "xml with an outside entity",
            "<!DOCTYPE OperationOutcome [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"
                + "<OperationOutcome xmlns='http://hl7.org/fhir'>&a;</OperationOutcome>"),
        whole(
            "xml with an unknown entity",
            "<OperationOutcome xmlns='http://hl7.org/fhir'>&a;</OperationOutcome>"),
        whole(
            "xml with an unknown entity in an attribute",
            "<OperationOutcome xmlns='http://hl7.org/fhir'><id value='&a;'/></OperationOutcome>"),
        whole(
            "xml, too deep",
            "<OperationOutcome xmlns='http://hl7.org/fhir'>"
                + "<a>".repeat(100)
                + "</a>".repeat(100)
                + "</OperationOutcome>"),
        whole(
            "xml, far too deep",
            "<OperationOutcome xmlns='http://hl7.org/fhir'>" + "<a>".repeat(20_000)),
        Arguments.of("xml in Latin-1", XML.getBytes(ISO_8859_1)));
  }

  private static Arguments whole(String what, String body) {
    return Arguments.of(what, body.getBytes(UTF_8));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("outcomes")
  void receiversOperationOutcomePasses(String what, byte[] body) {
    for (int status : List.of(403, 500, 502, 503, 504)) {
      assertThat(guide.judge(status, Buffer.buffer(body))).isEqualTo(new Verdict.Pass());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("others")
  void bodyThatIsNoOperationOutcomeIsReplaced(String what, byte[] body) {
    assertThat(guide.judge(503, Buffer.buffer(body)))
        .isEqualTo(new Verdict.Replace(BarsError.RECEIVER_ANSWERED_UNAVAILABLE));
    assertThat(live.judge(500, Buffer.buffer(body)))
        .isEqualTo(new Verdict.Replace(BarsError.RECEIVER_ANSWERED_ERROR));
  }

  @ParameterizedTest
  @CsvSource({
    "403, RECEIVER_ANSWERED_FORBIDDEN",
    "500, RECEIVER_ANSWERED_ERROR",
    "502, RECEIVER_ANSWERED_ERROR",
    "503, RECEIVER_ANSWERED_UNAVAILABLE",
    "504, RECEIVER_ANSWERED_TIMEOUT",
  })
  void statusChoosesWhatTakesTheAnswersPlace(int status, BarsError error) {
    assertThat(guide.judge(status, Buffer.buffer("oops"))).isEqualTo(new Verdict.Replace(error));
  }

  @Test
  void guideLooksAtFiveStatusesAndNoOther() {
    assertThat(IntStream.range(100, 600).filter(guide::looksAt))
        .containsExactly(403, 500, 502, 503, 504);
    assertThat(guide.judge(404, Buffer.buffer("oops"))).isEqualTo(new Verdict.Pass());
    assertThat(guide.judge(200, Buffer.buffer("oops"))).isEqualTo(new Verdict.Pass());
  }

  @Test
  void liveLooksAtFourStatusesAndNoOther() {
    assertThat(IntStream.range(100, 600).filter(live::looksAt)).containsExactly(403, 500, 503, 504);
    assertThat(live.judge(502, Buffer.buffer("oops"))).isEqualTo(new Verdict.Pass());
  }

  @ParameterizedTest
  @CsvSource({
    "403, RECEIVER_ANSWERED_FORBIDDEN",
    "503, RECEIVER_ANSWERED_UNAVAILABLE",
    "504, RECEIVER_ANSWERED_TIMEOUT",
  })
  void liveReplacesWhateverTheReceiverSaid(int status, BarsError error) {
    assertThat(live.judge(status, Buffer.buffer(JSON))).isEqualTo(new Verdict.Replace(error));
    assertThat(live.judgeUnseen(status)).isEqualTo(new Verdict.Replace(error));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'resourceType':'OperationOutcome','issue':[{'code':'no-store'}]}",
        "{'issue':[{'severity':'error','details':{'code':'x'},'code':'no-store'},{'code':'x'}],"
            + "'resourceType':'OperationOutcome'}",
        "<OperationOutcome xmlns='http://hl7.org/fhir'><issue><code value='no-store'/></issue>"
            + "<issue><code value='x'/></issue></OperationOutcome>",
      })
  void liveReplacesAnOutcomeThatSaysNoStore(String body) {
    assertThat(live.judge(500, Buffer.buffer(body.replace('\'', '"'))))
        .isEqualTo(new Verdict.Replace(BarsError.RECEIVER_ANSWERED_NO_STORE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'resourceType':'OperationOutcome','issue':[{'code':'too-costly'},{'code':'no-store'}]}",
        "<OperationOutcome xmlns='http://hl7.org/fhir'><issue><code value='too-costly'/></issue>"
            + "<issue><code value='no-store'/></issue></OperationOutcome>",
      })
  void livePassesAnOutcomeThatSaysAnythingElse(String body) {
    assertThat(live.judge(500, Buffer.buffer(body.replace('\'', '"'))))
        .isEqualTo(new Verdict.Pass());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'resourceType':'OperationOutcome'}",
        "{'resourceType':'OperationOutcome','issue':[]}",
        "{'resourceType':'OperationOutcome','issue':{'code':'no-store'}}",
        "{'resourceType':'OperationOutcome','issue':[[{'code':'no-store'}]]}",
        "{'resourceType':'OperationOutcome','issue':['no-store',{'code':'no-store'}]}",
        "{'resourceType':'OperationOutcome','issue':[{'details':{'code':'no-store'}},{'code':'no-store'}]}",
        "{'resourceType':'OperationOutcome','issue':[{'code':7}]}",
        "{'resourceType':'OperationOutcome','code':'no-store'}",
        "<OperationOutcome xmlns='http://hl7.org/fhir'><issue/><issue><code value='x'/></issue></OperationOutcome>",
        "<OperationOutcome xmlns='http://hl7.org/fhir'><issue><code/></issue></OperationOutcome>",
        "<OperationOutcome xmlns='http://hl7.org/fhir'><issue><details><code value='x'/></details></issue>"
            + "</OperationOutcome>",
      })
  void liveReplacesAnOutcomeWithoutAReadableCode(String body) {
    assertThat(live.judge(500, Buffer.buffer(body.replace('\'', '"'))))
        .isEqualTo(new Verdict.Replace(BarsError.RECEIVER_ANSWERED_ERROR));
  }

  @Test
  void bodyOfTheLimitIsLookedAtAndALargerOneIsNot() {
    Buffer atLimit = Buffer.buffer(" ".repeat(ReceiverErrors.LIMIT));
    Buffer beyond = Buffer.buffer(" ".repeat(ReceiverErrors.LIMIT + 1));

    assertThat(guide.judge(500, atLimit))
        .isEqualTo(new Verdict.Replace(BarsError.RECEIVER_ANSWERED_ERROR));
    assertThat(guide.judge(500, beyond)).isEqualTo(new Verdict.Pass());
    assertThat(live.judge(500, beyond)).isEqualTo(new Verdict.Pass());
    assertThat(live.judge(503, beyond))
        .isEqualTo(new Verdict.Replace(BarsError.RECEIVER_ANSWERED_UNAVAILABLE));
  }

  @Test
  void unseenBodyPassesInDialectGuide() {
    assertThat(IntStream.range(100, 600).mapToObj(guide::judgeUnseen))
        .containsOnly(new Verdict.Pass());
  }

  @Test
  void ourOwnOutcomesAreRecognised() {
    Outcomes ours = new Outcomes(Dialect.GUIDE);
    List<Verdict> verdicts = new ArrayList<>();
    for (BarsError error : BarsError.values()) {
      for (AnswerFormat format : AnswerFormat.values()) {
        verdicts.add(guide.judge(500, ours.body(error, format, new UUID(1, 2))));
      }
    }

    assertThat(verdicts).containsOnly(new Verdict.Pass());
  }
}
