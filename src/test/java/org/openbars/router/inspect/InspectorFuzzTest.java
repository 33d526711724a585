package org.openbars.router.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.openbars.router.message.Inspection;
import org.openbars.router.message.Inspection.State;
import org.openbars.router.sandbox.synthetic.SyntheticMessages;

class InspectorFuzzTest {
  private static final byte[] JSON =
      Bodies.bytes(SyntheticMessages.json(Bodies.MESSAGES.bookingRequest()));
  private static final byte[] XML =
      Bodies.bytes(SyntheticMessages.xml(Bodies.MESSAGES.bookingRequest()));
  private static final byte[] TROUBLE = Bodies.bytes("{}[]<>\"\\/&;!-?:,0e.\u0000\u00e9 ");

  @Property(tries = 1000)
  void anyBytesHaveAnInspection(
      @ForAll @Size(max = 200) byte[] noise, @ForAll @IntRange(min = 1, max = 50) int chunk) {
    for (String type : new String[] {Bodies.JSON, Bodies.XML, null}) {
      Inspection seen = Bodies.inspect(type, noise, chunk);

      assertThat(seen.state()).isNotNull();
      assertThat(seen.patient().nhsNumber()).isNull();
    }
  }

  @Property(tries = 600)
  void aMutatedMessageThatIsStillWellFormedIsReadTheSameHoweverItIsCut(
      @ForAll long seed,
      @ForAll boolean xml,
      @ForAll @IntRange(min = 1, max = 6) int mutations,
      @ForAll @IntRange(min = 1, max = 300) int chunk) {
    Random random = new Random(seed);
    byte[] body = (xml ? XML : JSON).clone();
    for (int i = 0; i < mutations; i++) {
      body[random.nextInt(body.length)] = TROUBLE[random.nextInt(TROUBLE.length)];
    }

    Inspection cut = Bodies.inspect(xml ? Bodies.XML : Bodies.JSON, body, chunk);
    Inspection whole = Bodies.inspect(xml ? Bodies.XML : Bodies.JSON, body, body.length);

    assertThat(cut.state()).isIn(State.COMPLETE, State.MALFORMED, State.DTD, State.TOO_DEEP);
    // Of broken ones not all is the same: Jackson 2.21 forgives a comma before a closing brace when
    // the input ends between the two.
    if (whole.state() == State.COMPLETE) {
      assertThat(cut).usingRecursiveComparison().isEqualTo(whole);
    }
  }

  /** The parts that are passed over must never be taken for broken when they are not. */
  @Property(tries = 600)
  void whatJacksonReadsToTheEndIsComplete(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int mutations) {
    Random random = new Random(seed);
    byte[] body = JSON.clone();
    for (int i = 0; i < mutations; i++) {
      body[random.nextInt(body.length)] = TROUBLE[random.nextInt(TROUBLE.length)];
    }

    Inspection seen = Bodies.inspect(Bodies.JSON, body, body.length);

    if (isJson(body)) {
      assertThat(seen.state()).isEqualTo(State.COMPLETE);
    }
  }

  private static boolean isJson(byte[] body) {
    try (JsonParser parser = new JsonFactory().createParser(body)) {
      parser.nextToken();
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }
}
