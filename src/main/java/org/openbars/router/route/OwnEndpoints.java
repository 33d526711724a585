package org.openbars.router.route;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * What the router answers below its base path without an id, a token or a receiver: {@code /_ping},
 * {@code /_status} and CORS pre-flights (live proxy, default.xml).
 */
final class OwnEndpoints {
  private static final String JSON = "application/json";
  private static final String MAX_AGE = "3628800";
  private static final String ALLOW_METHODS = "GET, PUT, POST, PATCH, DELETE";
  private static final String ALLOW_HEADERS =
      "origin, x-requested-with, accept, content-type, nhsd-session-urid, authorization, x-request-id,"
          + " x-correlation-id, nhsd-target-identifier, nhsd-end-user-organisation, nhsd-requesting-software,"
          + " nhsd-requesting-practitioner, use-context";

  /** What an endpoint answers; headers go with it. */
  record Reply(int status, String contentType, Buffer body) {}

  private final Reply ping;
  private final Reply status;
  private final byte @Nullable [] statusKey;

  /**
   * Made once a node.
   *
   * @param build what this build is, for {@code /_ping} and {@code /_status}
   * @param statusKey null refuses every {@code /_status}
   */
  OwnEndpoints(BuildInfo build, @Nullable String statusKey) {
    JsonObject pong =
        new JsonObject()
            .put("version", build.version())
            .put("revision", build.commitId())
            .put("releaseId", build.version())
            .put("commitId", build.commitId());
    this.ping = new Reply(200, JSON, pong.toBuffer());
    this.status = new Reply(200, JSON, pong.copy().put("status", "pass").toBuffer());
    this.statusKey = statusKey == null ? null : statusKey.getBytes(StandardCharsets.UTF_8);
  }

  /** A pre-flight's answer, its headers set on {@code response}; null when the request is none. */
  @Nullable Reply preflight(HttpServerRequest request, MultiMap response) {
    String origin = request.getHeader("Origin");
    if (!HttpMethod.OPTIONS.equals(request.method())
        || origin == null
        || request.getHeader("Access-Control-Request-Method") == null) {
      return null;
    }
    response.set("Access-Control-Allow-Origin", origin);
    response.set("Access-Control-Allow-Headers", ALLOW_HEADERS);
    response.set("Access-Control-Allow-Methods", ALLOW_METHODS);
    response.set("Access-Control-Max-Age", MAX_AGE);
    response.set("Vary", "Origin");
    return new Reply(200, JSON, Buffer.buffer());
  }

  /** The answer to {@code GET /_ping}. */
  Reply ping() {
    return ping;
  }

  /** The answer to {@code GET /_status}; null when {@code apikey} is missing or wrong. */
  @Nullable Reply status(@Nullable String apikey) {
    if (statusKey == null || apikey == null) {
      return null;
    }
    boolean same = MessageDigest.isEqual(statusKey, apikey.getBytes(StandardCharsets.UTF_8));
    return same ? status : null;
  }
}
