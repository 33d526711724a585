package org.openbars.router.sandbox;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openbars.router.sandbox.Behaviour.Body;
import org.openbars.router.sandbox.Behaviour.Content;
import org.openbars.router.sandbox.Behaviour.Framing;
import org.openbars.router.sandbox.CannedAnswers.Canned;
import org.openbars.router.sandbox.CannedAnswers.Page;
import org.openbars.router.sandbox.care.CareAnswer;

/** One answer of a mock receiver: its head, and its body to be taken piece by piece. */
final class Answer {
  private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("X-Request-Id");
  private static final CharSequence CORRELATION_ID =
      HttpHeaders.createOptimized("X-Correlation-Id");
  private static final String TRAILER = "X-Sandbox-Trailer";
  private static final byte[] HTML =
      "<html><head><title>503 Service Unavailable</title></head><body>A gateway's page, not FHIR."
          .concat("</body></html>\n")
          .getBytes(StandardCharsets.US_ASCII);
  private static final int PIECE = 64 * 1024;
  private static final int UNKNOWN_HALF = 64;

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Behaviour behaviour;
  private final CannedAnswers answers;
  private final String path;
  private AnswerBody body = new AnswerBody.Fixed(new byte[0], 0);
  private @Nullable Canned made;

  /**
   * @param path what follows the base path of a behaviour, or the whole path
   */
  Answer(HttpServerRequest request, Behaviour behaviour, CannedAnswers answers, String path) {
    this.request = request;
    this.response = request.response();
    this.behaviour = behaviour;
    this.answers = answers;
    this.path = path;
  }

  /** Head and body in one write. */
  Future<Void> writeOrdinary() {
    boolean identified = mirrorIds();
    Canned canned = identified ? ordinary() : answers.idsMissing();
    Page page = canned.page(request.getHeader(HttpHeaders.ACCEPT));
    response.setStatusCode(canned.status());
    response.putHeader(HttpHeaders.CONTENT_TYPE, page.type());
    response.putHeader(HttpHeaders.CONTENT_LENGTH, page.length());
    canned.allow().ifPresent(allow -> response.putHeader("Allow", allow));
    return isHead() ? response.end() : response.end(page.body());
  }

  /** Answers with this instead of what is canned. */
  void use(CareAnswer answer) {
    made = CannedAnswers.once(answer);
  }

  /** Answers that too much is going on, or that the body is too large. */
  void refuse(int status) {
    made = answers.outcome(status);
  }

  private Canned ordinary() {
    if (made != null) {
      return made;
    }
    return answers.find(request.method().name(), path, request.getHeader("use-context"));
  }

  /** Whether both ids were there. */
  private boolean mirrorIds() {
    MultiMap headers = request.headers();
    String requestId = headers.get(REQUEST_ID);
    String correlationId = headers.get(CORRELATION_ID);
    if (requestId != null) {
      response.putHeader(REQUEST_ID, requestId);
    }
    if (correlationId != null) {
      response.putHeader(CORRELATION_ID, correlationId);
    }
    return requestId != null && correlationId != null;
  }

  /** Sets status, headers and framing, and makes the body ready; sends nothing yet. */
  void writeHead() {
    Content content = behaviour.content();
    if (content.mirrorsIds()) {
      mirrorIds();
    }
    Canned canned = content.status() >= 400 ? answers.outcome(content.status()) : ordinary();
    Page page = canned.page(request.getHeader(HttpHeaders.ACCEPT));
    response.setStatusCode(content.status() == 0 ? canned.status() : content.status());
    AnswerBody plain = plainBody(content, page);
    body = content.gzip() ? AnswerBody.gzip(plain) : plain;
    contentHeaders(content, page);
    for (Map.Entry<String, String> header : content.headers()) {
      response.headers().add(header.getKey(), header.getValue());
    }
    if (!neverHasBody()) {
      frame();
    }
  }

  private static AnswerBody plainBody(Content content, Page page) {
    return switch (content.body()) {
      case NONE, ECHO -> new AnswerBody.Fixed(new byte[0], 0);
      case ORDINARY, OUTCOME -> new AnswerBody.Fixed(page.body().getBytes(), content.size());
      case HTML -> new AnswerBody.Fixed(HTML, content.size());
      case TEXT -> GeneratedBody.text(content.seed(), content.size());
      case RANDOM -> GeneratedBody.random(content.seed(), content.size());
    };
  }

  private void contentHeaders(Content content, Page page) {
    @Nullable CharSequence type =
        switch (content.body()) {
          case NONE -> null;
          case ORDINARY, OUTCOME -> page.type();
          case HTML -> "text/html";
          case TEXT -> "text/plain";
          case RANDOM -> "application/octet-stream";
          case ECHO -> request.getHeader(HttpHeaders.CONTENT_TYPE);
        };
    if (content.type().isPresent()) {
      type = content.type().get();
    }
    if (type != null) {
      response.putHeader(HttpHeaders.CONTENT_TYPE, type);
    }
    @Nullable String encoding =
        content.body() == Body.ECHO
            ? request.getHeader(HttpHeaders.CONTENT_ENCODING)
            : content.gzip() ? "gzip" : null;
    if (encoding != null) {
      response.putHeader(HttpHeaders.CONTENT_ENCODING, encoding);
    }
  }

  private void frame() {
    boolean known = length() != null;
    switch (behaviour.framing()) {
      case NATURAL, LENGTH -> {
        if (known) {
          response.putHeader(HttpHeaders.CONTENT_LENGTH, length());
        } else {
          response.setChunked(true);
        }
      }
      case CHUNKED -> response.setChunked(true);
      case TRAILERS -> {
        response.setChunked(true);
        response.putHeader("Trailer", TRAILER);
      }
      case UNTIL_CLOSE -> {
        if (request.version() != HttpVersion.HTTP_2) {
          // Vert.x wants to see one of the two framings; what it saw is taken out again.
          response.putHeader(HttpHeaders.CONTENT_LENGTH, "0");
          response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
          response.headersEndHandler(end -> response.headers().remove(HttpHeaders.CONTENT_LENGTH));
        }
      }
    }
  }

  private @Nullable String length() {
    if (behaviour.content().body() == Body.ECHO) {
      return request.getHeader(HttpHeaders.CONTENT_LENGTH);
    }
    return body.size() < 0 ? null : Long.toString(body.size());
  }

  /** Whether the answer has a head only: to HEAD, 204, 304, or with nothing to say. */
  boolean bodyless() {
    boolean none =
        behaviour.content().body() == Body.NONE && behaviour.framing() == Framing.NATURAL;
    return none || isHead() || neverHasBody();
  }

  private boolean isHead() {
    return request.method().equals(HttpMethod.HEAD);
  }

  private boolean neverHasBody() {
    return response.getStatusCode() == 204 || response.getStatusCode() == 304;
  }

  /** Where the middle of the body is, at least 1. */
  long half() {
    return body.size() < 0 ? UNKNOWN_HALF : Math.max(1, body.size() / 2);
  }

  /** The next bytes, at most {@code max}; an empty array at the end. */
  byte[] next(long max) {
    int drip = behaviour.pace().dripBytes();
    long piece = drip > 0 ? Math.min(drip, PIECE) : PIECE;
    return body.next((int) Math.min(piece, max));
  }

  /** Ends the answer, whatever of the body was taken. */
  Future<Void> end() {
    if (behaviour.framing() == Framing.TRAILERS) {
      response.putTrailer(TRAILER, "sent");
    }
    return response.end();
  }

  /** What a directive that is not known is answered with. */
  static Future<Void> refuse(HttpServerRequest request, IllegalArgumentException fault) {
    String text = "/behave: " + fault.getMessage() + "; see the Javadoc of Behaviour\n";
    return request
        .response()
        .setStatusCode(500)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain")
        .end(Buffer.buffer(text));
  }
}
