package org.openbars.router.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of a question: one flat JSON object, 16 KiB and 10 s at the most. The content type is
 * insisted on, so that no page in a browser can post here unasked.
 */
final class JsonBody {
  private static final int MAX_BYTES = 16 * 1024;
  private static final long SECONDS = 10;
  private static final int MAX_DEPTH = 4;
  private static final String TYPE = "application/json";
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** A body that is not taken; the message holds nothing of it. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final int status;

    Refused(int status, String problem) {
      super(problem, null, false, false);
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  private JsonBody() {}

  /** Gives {@code then} the body's members; what is not taken is answered here. */
  static void take(HttpServerRequest request, Consumer<MultiMap> then) {
    read(request)
        .onSuccess(members -> then.accept(members))
        .onFailure(
            e -> {
              if (e instanceof Refused refused) {
                AdminRoutes.problem(request, refused.status(), String.valueOf(e.getMessage()));
              } else {
                AdminRoutes.problem(request, 408, "the body did not come");
              }
            });
  }

  /** The object's members as text; fails with {@link Refused}. */
  static Future<MultiMap> read(HttpServerRequest request) {
    if (!isJson(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
      return Future.failedFuture(new Refused(415, "Content-Type must be " + TYPE));
    }
    Promise<Buffer> whole = Promise.promise();
    Buffer body = Buffer.buffer();
    request
        .handler(
            part -> {
              if (body.length() + part.length() > MAX_BYTES) {
                whole.tryFail(new Refused(413, "a body may have " + MAX_BYTES + " bytes"));
              } else {
                body.appendBuffer(part);
              }
            })
        .exceptionHandler(whole::tryFail)
        .endHandler(end -> whole.tryComplete(body));
    return whole.future().timeout(SECONDS, TimeUnit.SECONDS).compose(JsonBody::members);
  }

  private static boolean isJson(@Nullable String contentType) {
    String type = contentType == null ? "" : contentType.toLowerCase(Locale.ROOT);
    return type.equals(TYPE) || type.startsWith(TYPE + ";");
  }

  private static Future<MultiMap> members(Buffer body) {
    JsonNode root;
    try {
      root = MAPPER.readTree(body.getBytes());
    } catch (IOException e) {
      // Jackson's text quotes the body.
      return Future.failedFuture(new Refused(400, "the body is not JSON, or repeats a member"));
    }
    if (!root.isObject()) {
      return Future.failedFuture(new Refused(400, "the body must be a JSON object"));
    }
    MultiMap members = MultiMap.caseInsensitiveMultiMap();
    for (var member : root.properties()) {
      JsonNode value = member.getValue();
      if (!value.isTextual() && !value.isIntegralNumber()) {
        return Future.failedFuture(new Refused(400, "every member must be a text or a number"));
      }
      members.add(member.getKey(), value.asText());
    }
    return Future.succeededFuture(members);
  }
}
