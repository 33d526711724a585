package org.openbars.router.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openbars.router.inspect.Bodies.JSON;
import static org.openbars.router.inspect.Bodies.XML;

import com.sun.management.ThreadMXBean;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.message.Inspection;
import org.openbars.router.message.Inspection.State;
import org.openbars.router.sandbox.synthetic.SyntheticMessages;

/** Bodies made to hurt, and bodies that are broken. */
class HostileBodiesTest {
  /** Far above what an inspection takes, far below what 50 MB held anywhere would. */
  private static final long FLAT = 2_000_000;

  /** Made and let go while many small values are read: a small multiple of what is read at most. */
  private static final long GARBAGE = 10L * Inspector.MAX_BYTES;

  private static final String BOOKING = SyntheticMessages.json(Bodies.MESSAGES.bookingRequest());
  private static final String BOOKING_XML = SyntheticMessages.xml(Bodies.MESSAGES.bookingRequest());

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "{\"entry\":", "{\"a\":[", "{\"entry\":[{\"resource\":"})
  void tenThousandNestedContainersAreNotFollowed(String open) {
    assertThat(Bodies.json(open.repeat(10_000)).state()).isEqualTo(State.TOO_DEEP);
  }

  @Test
  void tenThousandNestedElementsAreNotFollowed() {
    String open = "<Bundle xmlns='http://hl7.org/fhir'>" + "<entry>".repeat(10_000);

    assertThat(Bodies.xml(open).state()).isEqualTo(State.TOO_DEEP);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '#',
      value = {
        "{\"id\":\"~a~TOO_LARGE_VALUE",
        "{\"zzz\":\"~a~TOO_LARGE_VALUE",
        "{\"~a~TOO_LARGE_VALUE",
        "{\"id\":~1~TOO_LARGE_VALUE",
        "{\"id\":1.~1~TOO_LARGE_VALUE",
        "{\"id\":\"~\\u0041~TOO_LARGE_VALUE",
        "{\"meta\":{\"a\":\"~a~TOO_LONG",
        "{\"meta\":[~\"a\",~TOO_LONG",
        "{\"id\":~\"a\",\"b\":~TOO_LONG",
      })
  void fiftyMegabytesOfJsonLeaveMemoryFlat(String start, String repeated, State state) {
    assertFlat(JSON, start, repeated, state);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '#',
      value = {
        "<Bundle xmlns='http://hl7.org/fhir'><id value='~a~TOO_LARGE_VALUE",
        "<Bundle xmlns='http://hl7.org/fhir'><~a~TOO_LARGE_VALUE",
        "<Bundle xmlns='http://hl7.org/fhir'>~a~TOO_LARGE_VALUE",
        "<Bundle xmlns='http://hl7.org/fhir'><!--~a~TOO_LARGE_VALUE",
        "<Bundle xmlns='http://hl7.org/fhir'><![CDATA[~a~TOO_LARGE_VALUE",
        "<Bundle xmlns='http://hl7.org/fhir'><?x ~a~TOO_LARGE_VALUE",
        "<Bundle xmlns='http://hl7.org/fhir'>~<id value='1'/>~TOO_LONG",
        "<!DOCTYPE ~a~TOO_LARGE_VALUE",
      })
  void fiftyMegabytesOfXmlLeaveMemoryFlat(String start, String repeated, State state) {
    assertFlat(XML, start, repeated, state);
  }

  private static void assertFlat(String contentType, String start, String repeated, State state) {
    Bodies.inspect(contentType, Bodies.bytes(start), 1000);
    Buffer chunk = Buffer.buffer(repeated.repeat(50_000 / repeated.length()));
    Buffer first = Buffer.buffer(start);
    Inspector inspector = Inspector.of(contentType, null, Bodies.TARGET);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());

    inspector.feed(first);
    for (int i = 0; i < 1000; i++) {
      inspector.feed(chunk);
    }

    long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    assertThat(inspector.isReading()).isFalse();
    assertThat(inspector.finish().state()).isEqualTo(state);
    assertThat(allocated).isLessThan(state == State.TOO_LONG ? GARBAGE : FLAT);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void namesWithoutEndAreNotKept(boolean xml) {
    StringBuilder names = new StringBuilder(xml ? "<Bundle xmlns='http://hl7.org/fhir'>" : "{");
    int half = Inspector.MAX_BYTES / 2;
    for (int i = 0; names.length() < half; i++) {
      names.append(xml ? "<n" + i + "/>" : "\"n" + i + "\":1,");
    }

    State state = Bodies.inspect(xml ? XML : JSON, Bodies.bytes(names.toString()), 1000).state();

    assertThat(state).isEqualTo(State.TOO_LONG);
    assertThat(Bodies.json(BOOKING).state()).isEqualTo(State.COMPLETE);
  }

  @Test
  void anAttachmentOfAMegabyteDoesNotEndTheInspection() {
    String attached =
        BOOKING.replaceFirst(
            "\"entry\"", "\"meta\":{\"x\":\"" + "QUJD".repeat(250_000) + "\"},\"entry\"");

    Inspection seen = Bodies.json(attached);

    assertThat(seen).usingRecursiveComparison().isEqualTo(Bodies.json(BOOKING));
  }

  @Test
  void whatStoodBeforeAFaultIsKept() {
    Inspection seen =
        Bodies.json(
            "{\"resourceType\":\"Bundle\",\"id\":\"b1\",\"entry\":[{\"resource\":"
                + "{\"resourceType\":\"MessageHeader\",\"definition\":\"d\",}");

    assertThat(seen.state()).isEqualTo(State.MALFORMED);
    assertThat(seen.header().bundleId()).isEqualTo("b1");
    assertThat(seen.header().definition()).isEqualTo("d");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1}}",
        "{\"a\":1}{",
        "{\"a\":1} 1",
        "{\"a\" 1}",
        "{\"a\":{\"b\":1]}",
        "{\"a\":[1}}",
        "{\"a\":{\"b\":\"\u0001\"}}",
        "{\"a\":\"\u0001\"}",
        "hello",
        "{",
        "<Bundle xmlns='http://hl7.org/fhir'/>"
      })
  void brokenJsonIsMalformed(String body) {
    for (int chunk : new int[] {1, 1000}) {
      assertThat(Bodies.inspect(JSON, Bodies.bytes(body), chunk).state())
          .isEqualTo(State.MALFORMED);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<Bundle",
        "<Bundle>",
        "<Bundle></Bundel>",
        "<Bundle/><Bundle/>",
        "<Bundle/>x",
        "hello",
        "{}",
        "<Bundle a='&none;'/>"
      })
  void brokenXmlIsMalformed(String body) {
    for (int chunk : new int[] {1, 1000}) {
      assertThat(Bodies.inspect(XML, Bodies.bytes(body), chunk).state()).isEqualTo(State.MALFORMED);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.3, 0.6, 0.999})
  void aTruncatedBodyIsMalformed(double part) {
    for (String body : new String[] {BOOKING.strip(), BOOKING_XML.strip()}) {
      String cut = body.substring(0, (int) (body.length() * part));

      assertThat(Bodies.inspect(null, Bodies.bytes(cut), 100).state()).isEqualTo(State.MALFORMED);
    }
  }

  @ParameterizedTest
  @CsvSource({"0xc3, 0x28", "0xff, 0x20", "0xe2, 0x22", "0x80, 0x80"})
  void invalidUtf8IsMalformed(String first, String second) {
    byte a = Integer.decode(first).byteValue();
    byte b = Integer.decode(second).byteValue();
    for (String start : new String[] {"{\"id\":\"", "{\"meta\":{\"x\":\""}) {
      byte[] json = with(start + "??\"" + (start.contains("meta") ? "}}" : "}"), a, b);

      assertThat(Bodies.inspect(JSON, json, 1).state()).isEqualTo(State.MALFORMED);
      assertThat(Bodies.inspect(JSON, json, 100).state()).isEqualTo(State.MALFORMED);
    }
    byte[] xml = with("<Bundle xmlns='http://hl7.org/fhir'><id value='??'/></Bundle>", a, b);
    assertThat(Bodies.inspect(XML, xml, 1).state()).isEqualTo(State.MALFORMED);
  }

  /** The body with two bytes in place of two question marks. */
  private static byte[] with(String body, byte a, byte b) {
    byte[] bytes = Bodies.bytes(body);
    bytes[body.indexOf("??")] = a;
    bytes[body.indexOf("??") + 1] = b;
    return bytes;
  }

  @Test
  void wideCharactersAreWellFormed() {
    String wide = "\u00e9\u20ac\ud83d\ude00";
    for (String body :
        new String[] {
          "{\"id\":\"" + wide + "\"}", "{\"meta\":{\"x\":\"" + wide + "\\\"\"},\"a\":1}"
        }) {
      for (int chunk : new int[] {1, 2, 100}) {
        assertThat(Bodies.inspect(JSON, Bodies.bytes(body), chunk).state())
            .isEqualTo(State.COMPLETE);
      }
    }
  }

  @Test
  void documentTypesAndEntitiesAreNeverResolved() {
    String laughs =
        """
        <?xml version="1.0"?>
        <!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;">
        <!ENTITY file SYSTEM "file:///etc/hostname">]>
        <Bundle xmlns="http://hl7.org/fhir"><id value="&lol2;"/><timestamp>&file;</timestamp></Bundle>
        """;

    assertThat(Bodies.xml(laughs)).isEqualTo(Inspection.nothing(State.DTD));
    assertThat(Bodies.inspect(XML, Bodies.bytes(laughs), 1).state()).isEqualTo(State.DTD);
    assertThat(Bodies.xml("<!DOCTYPE x SYSTEM 'http://127.0.0.1:1/x.dtd'><x/>").state())
        .isEqualTo(State.DTD);
    assertThat(Bodies.xml("<Bundle>&none;</Bundle>").state()).isIn(State.DTD, State.MALFORMED);
  }

  @Test
  void compressedBodiesAreNotRead() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(Bodies.bytes(BOOKING));
    }
    Inspector declared = Inspector.of(JSON, "gzip", Bodies.TARGET);
    assertThat(declared.isReading()).isFalse();
    declared.feed(Buffer.buffer(bytes.toByteArray()));

    assertThat(declared.finish()).isEqualTo(Inspection.nothing(State.COMPRESSED));
    assertThat(Bodies.inspect(JSON, bytes.toByteArray(), 1))
        .isEqualTo(Inspection.nothing(State.COMPRESSED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n", "hello", "%PDF-1.4", "[1]"})
  void whatIsNeitherJsonNorXmlIsNotRead(String body) {
    assertThat(Bodies.inspect("text/plain", Bodies.bytes(body), 3))
        .isEqualTo(Inspection.nothing(State.NOT_READ));
  }

  @Test
  void withoutAContentTypeTheFirstByteTells() {
    Inspection json = Bodies.inspect(null, Bodies.bytes("\n " + BOOKING), 5);
    Inspection xml = Bodies.inspect("text/plain", Bodies.bytes("\uFEFF" + BOOKING_XML), 1);

    assertThat(json.header().event()).isEqualTo("booking-request");
    assertThat(xml).usingRecursiveComparison().isEqualTo(json);
  }

  @Test
  void anAbandonedInspectorHoldsNothingAndReadsNoMore() {
    Inspector inspector = Inspector.of(JSON, null, Bodies.TARGET);
    inspector.feed(Buffer.buffer(BOOKING.substring(0, BOOKING.length() / 2)));

    Inspection seen = inspector.abandon();
    inspector.feed(Buffer.buffer(BOOKING));

    assertThat(seen.state()).isEqualTo(State.PARTIAL);
    assertThat(seen.header().event()).isEqualTo("booking-request");
    assertThat(inspector.finish()).isSameAs(seen);
    assertThat(inspector).hasAllNullFieldsOrPropertiesExcept("declared", "result", "bytes");
  }
}
