package org.openbars.router.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.openbars.router.message.Dialect;

class ReceiverErrorsFuzzTest {
  private static final String JSON =
      "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"too-costly\","
          + "\"details\":{\"coding\":[{\"code\":\"REC_SERVER_ERROR\"}]},\"diagnostics\":\"caf\u00e9\"}]}";
  private static final String XML =
      "<OperationOutcome xmlns=\"http://hl7.org/fhir\"><issue><severity value=\"error\"/>"
          + "<code value=\"too-costly\"/><diagnostics value=\"caf\u00e9\"/></issue></OperationOutcome>";

  private final ReceiverErrors guide = new ReceiverErrors(Dialect.GUIDE);
  private final ReceiverErrors live = new ReceiverErrors(Dialect.LIVE);

  @Property(tries = 3000)
  void randomBytesAreNeverTakenForAnOutcomeAndNeverThrow(
      @ForAll @Size(max = 300) byte[] noise, @ForAll boolean json) {
    Buffer body = Buffer.buffer(json ? "{\"" : "<").appendBytes(noise);

    assertThat(guide.judge(500, Buffer.buffer(noise))).isInstanceOf(Verdict.Replace.class);
    assertThat(guide.judge(500, body)).isInstanceOf(Verdict.Replace.class);
    assertThat(live.judge(500, body)).isInstanceOf(Verdict.Replace.class);
  }

  @Property(tries = 3000)
  void anOutcomeWithBytesChangedNeverThrows(
      @ForAll boolean json,
      @ForAll @IntRange(max = 150) int at,
      @ForAll byte with,
      @ForAll @IntRange(max = 150) int at2,
      @ForAll byte with2) {
    Buffer body = Buffer.buffer(json ? JSON : XML).setByte(at, with).setByte(at2, with2);

    assertThat(guide.judge(500, body)).isNotNull();
    assertThat(live.judge(500, body)).isNotNull();
  }

  @Property
  void anOutcomeCutOffIsReplaced(@ForAll boolean json, @ForAll @IntRange(max = 150) int length) {
    Buffer body = Buffer.buffer(json ? JSON : XML).slice(0, length);

    assertThat(guide.judge(500, body)).isInstanceOf(Verdict.Replace.class);
  }
}
