package org.openbars.router.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a HTTP Event Collector answered.
 *
 * @param status the HTTP status
 * @param code the collector's own code, {@value #NO_CODE} when the answer is not the collector's
 * @param body a JSON object, or missing
 */
record SplunkAnswer(int status, int code, JsonNode body) {
  /** The most bytes read of an answer. */
  static final int MAX_BODY = 64 * 1024;

  private static final int NO_CODE = -1;
  private static final int OK = 200;
  private static final int TOO_LARGE = 413;

  /**
   * What is said of the events themselves: invalid format, event missing, event blank, indexed
   * fields. "No data" (5) and "incorrect index" (7) are not: the one means that something on the
   * way lost the body, the other is a setting, and either would refuse every record there is.
   */
  private static final Set<Integer> ABOUT_THE_EVENTS = Set.of(6, 12, 13, 15);

  private static final Set<Integer> ABOUT_THE_TOKEN = Set.of(1, 2, 3, 4, 16, 21, 22);

  /** In Splunk's words ("Troubleshoot HTTP Event Collector"), with what an operator can look at. */
  private static final Map<Integer, String> MEANING =
      Map.ofEntries(
          Map.entry(1, "token disabled"),
          Map.entry(2, "token is required"),
          Map.entry(3, "invalid authorization"),
          Map.entry(4, "invalid token"),
          Map.entry(5, "no data; something between here and Splunk lost the body"),
          Map.entry(7, "incorrect index; check audit.splunk.index and the token's indexes"),
          Map.entry(8, "internal server error"),
          Map.entry(9, "server is busy"),
          Map.entry(10, "data channel is missing; the token needs audit.splunk.ack: on"),
          Map.entry(11, "invalid data channel"),
          Map.entry(14, "the token's indexer acknowledgement has been switched off"),
          Map.entry(18, "its queues are full"),
          Map.entry(19, "its acknowledgement service is unavailable"),
          Map.entry(20, "its queues are full"),
          Map.entry(23, "server is shutting down"),
          Map.entry(26, "its data queue is full"),
          Map.entry(27, "its acknowledgement channel is full"));

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).build())
                  .build())
          .build();

  static SplunkAnswer read(int status, Buffer bytes) {
    try {
      JsonNode body = JSON.readTree(bytes.getBytes());
      return new SplunkAnswer(status, body.path("code").asInt(NO_CODE), body);
    } catch (IOException e) {
      return new SplunkAnswer(status, NO_CODE, JSON.missingNode());
    }
  }

  /** Whether the events were taken; a 200 of something else than a collector does not count. */
  boolean taken() {
    return status == OK && code == 0;
  }

  /** The id to ask acknowledgement by, when the token has it on. */
  OptionalLong ackId() {
    JsonNode id = body.path("ackId");
    return id.isIntegralNumber() ? OptionalLong.of(id.asLong()) : OptionalLong.empty();
  }

  /** Whether this answers a question for acknowledgements. */
  boolean tellsAcks() {
    return status == OK && body.path("acks").isObject();
  }

  /** Those of {@code ids} that indexers have. */
  List<Long> acknowledged(Collection<Long> ids) {
    JsonNode acks = body.path("acks");
    return ids.stream().filter(id -> acks.path(id.toString()).asBoolean(false)).toList();
  }

  /** Whether asking again later may be answered otherwise, with nothing changed. */
  boolean passes() {
    return status >= 500 || status == 429;
  }

  /** Why nothing was stored. */
  Exception failure() {
    if (status == TOO_LARGE || (status == 400 && ABOUT_THE_EVENTS.contains(code))) {
      return new AuditSink.RefusedBatch("Splunk answered " + status + " " + what());
    }
    return new StoreFailure("Splunk answered " + status + " " + what() + advice());
  }

  private String what() {
    return code == NO_CODE ? "(no answer of a HTTP Event Collector)" : "code " + code;
  }

  private String advice() {
    String meaning = MEANING.get(code);
    String said = meaning == null ? "" : ": " + meaning;
    if (status == 401 || status == 403 || ABOUT_THE_TOKEN.contains(code)) {
      return said + "; check audit.splunk.token-file";
    }
    if (status / 100 == 3) {
      return "; redirects are not followed, check audit.splunk.url";
    }
    return status == 404 || (status == OK && code != 0) ? "; check audit.splunk.url" : said;
  }
}
