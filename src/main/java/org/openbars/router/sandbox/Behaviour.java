package org.openbars.router.sandbox;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a mock receiver does with a request, chosen by the base path {@code /behave/<directives>}:
 * directives joined by commas, a value after {@code =}, percent-encoded where it holds a comma, a
 * slash or a question mark. Bytes are written {@code 64KiB}, {@code 200MiB} or {@code 100} (at most
 * 1 GiB), times {@code 100ms}, {@code 2s} or {@code 1m} (at most 10 min).
 *
 * <pre>
 * status=503               answer with this status, 200 to 599
 * body=none|outcome|html|text|random
 *                          instead of the path's ordinary answer; without it a status of 400 or
 *                          more has an OperationOutcome
 * size=200MiB              bytes of a text or random body; outcome and html are padded with spaces
 * seed=7                   of a text or random body, see {@link GeneratedBody}
 * echo                     the request's body as it comes, with its content type and encoding
 * chunked | length         no content-length, or one; an echo keeps what the request had
 * http10-close             neither: the body ends where the connection does (HTTP/1)
 * trailers                 chunked, with the trailer X-Sandbox-Trailer: sent
 * encoding=gzip            a gzipped body
 * type=text%2Fplain        the content type
 * header=Name:Value        one more header; may be repeated
 * retry-after=3            the header Retry-After
 * noids                    X-Request-Id and X-Correlation-Id are not mirrored
 * delay=2s                 before the answer's head
 * drip=1KiB@100ms          the answer's body in pieces of 1 KiB, one every 100 ms
 * slow-read=100KiB         the request's body is read at 100 KiB a second
 * early                    the answer does not wait for the request's body
 * continue | no-continue   sends 100 even unasked; never sends 100 and answers at once
 * hang=PHASE               stops there and keeps the connection, for 10 min at most
 * reset=PHASE              resets the connection there, or the stream (HTTP/2)
 * close=PHASE              ends the connection there, its last byte sent
 * </pre>
 *
 * PHASE is {@code before-read} (the head of the request has come), {@code mid-read} (some of its
 * body), {@code before-head} or {@code after-read} (all of it), {@code after-head} (the answer's
 * head is out), {@code mid-body} (half of its body).
 *
 * @param content what the answer holds
 * @param framing how the end of the answer's body is told
 * @param pace when bytes are read and written
 * @param fault where the exchange breaks off, if it does
 */
public record Behaviour(Content content, Framing framing, Pace pace, Optional<Fault> fault) {
  private static final long MAX_BYTES = 1L << 30;
  private static final long MAX_MILLIS = 600_000;
  private static final long DEFAULT_SIZE = 1024;

  /**
   * What the answer holds.
   *
   * @param status 0 for the ordinary one
   * @param size bytes, -1 when not said
   * @param type empty for the body's own
   */
  record Content(
      int status,
      Body body,
      long size,
      long seed,
      boolean gzip,
      boolean mirrorsIds,
      Optional<String> type,
      List<Map.Entry<String, String>> headers) {}

  enum Body {
    ORDINARY,
    NONE,
    OUTCOME,
    HTML,
    TEXT,
    RANDOM,
    ECHO
  }

  enum Framing {
    NATURAL,
    LENGTH,
    CHUNKED,
    TRAILERS,
    UNTIL_CLOSE
  }

  /**
   * When bytes are read and written; times in milliseconds, 0 for none.
   *
   * @param dripBytes bytes of a piece, 0 for as fast as they go
   * @param readRate bytes a second, 0 for as fast as they come
   */
  record Pace(
      long delay,
      int dripBytes,
      long dripEvery,
      long readRate,
      boolean early,
      Continue continues) {}

  enum Continue {
    AS_ASKED,
    ALWAYS,
    NEVER
  }

  /** One break in the exchange. */
  record Fault(Kind kind, Phase phase) {
    boolean midAnswer() {
      return phase == Phase.AFTER_HEAD || phase == Phase.MID_BODY;
    }
  }

  enum Kind {
    HANG,
    RESET,
    CLOSE
  }

  enum Phase {
    BEFORE_READ,
    MID_READ,
    AFTER_READ,
    AFTER_HEAD,
    MID_BODY
  }

  /** The ordinary receiver. */
  static final Behaviour ORDINARY = parse("");

  /** Whether the answer, whenever and however it is sent, is what the path asks for. */
  boolean answersOrdinarily() {
    return content.body == Body.ORDINARY && content.status == 0 && !pace.early;
  }

  boolean breaksAt(Phase phase) {
    return fault.isPresent() && fault.get().phase == phase;
  }

  /**
   * Reads the directives, still percent-encoded.
   *
   * @throws IllegalArgumentException naming the directive and what is allowed
   */
  public static Behaviour parse(String directives) {
    Draft draft = new Draft();
    for (String directive : directives.split(",", -1)) {
      int equals = directive.indexOf('=');
      String name = equals < 0 ? directive : directive.substring(0, equals);
      String value = equals < 0 ? "" : decode(directive.substring(equals + 1));
      if (!name.isEmpty() && !draft.answers(name, value) && !draft.conducts(name, value)) {
        throw new IllegalArgumentException("unknown directive " + name);
      }
    }
    return draft.behaviour();
  }

  private static String decode(String value) {
    // A plus is a plus in a path.
    return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static final class Draft {
    private int status;
    private Body body = Body.ORDINARY;
    private long size = -1;
    private long seed = 1;
    private boolean gzip;
    private boolean mirrorsIds = true;
    private Optional<String> type = Optional.empty();
    private final List<Map.Entry<String, String>> headers = new ArrayList<>();
    private Framing framing = Framing.NATURAL;
    private long delay;
    private long dripBytes;
    private long dripEvery;
    private long readRate;
    private boolean early;
    private Continue continues = Continue.AS_ASKED;
    private Optional<Fault> fault = Optional.empty();

    boolean answers(String name, String value) {
      switch (name) {
        case "status" -> status = (int) number(name, value, 200, 599);
        case "body" -> body = body(value);
        case "size" -> size = bytes(name, value);
        case "seed" -> seed = number(name, value, 0, Long.MAX_VALUE);
        case "echo" -> body = Body.ECHO;
        case "chunked" -> framing = Framing.CHUNKED;
        case "length" -> framing = Framing.LENGTH;
        case "trailers" -> framing = Framing.TRAILERS;
        case "http10-close" -> framing = Framing.UNTIL_CLOSE;
        case "encoding" -> gzip = only(name, value, "gzip");
        case "type" -> type = Optional.of(value);
        case "header" -> headers.add(header(value));
        case "retry-after" -> headers.add(Map.entry("Retry-After", value));
        case "noids" -> mirrorsIds = false;
        default -> {
          return false;
        }
      }
      return true;
    }

    boolean conducts(String name, String value) {
      switch (name) {
        case "delay" -> delay = millis(name, value);
        case "drip" -> {
          int at = value.indexOf('@');
          if (at < 0) {
            throw new IllegalArgumentException("drip must be like 1KiB@100ms, is " + value);
          }
          dripBytes = Math.max(1, bytes(name, value.substring(0, at)));
          dripEvery = Math.max(1, millis(name, value.substring(at + 1)));
        }
        case "slow-read" -> readRate = Math.max(1, bytes(name, value));
        case "early" -> early = true;
        case "continue" -> continues = Continue.ALWAYS;
        case "no-continue" -> {
          continues = Continue.NEVER;
          early = true;
        }
        case "hang" -> fault = Optional.of(new Fault(Kind.HANG, phase(value)));
        case "reset" -> fault = Optional.of(new Fault(Kind.RESET, phase(value)));
        case "close" -> fault = Optional.of(new Fault(Kind.CLOSE, phase(value)));
        default -> {
          return false;
        }
      }
      return true;
    }

    Behaviour behaviour() {
      if (body == Body.ORDINARY && size >= 0) {
        body = Body.RANDOM;
      }
      if (body == Body.ORDINARY && status >= 400) {
        body = Body.OUTCOME;
      }
      if ((body == Body.RANDOM || body == Body.TEXT) && size < 0) {
        size = DEFAULT_SIZE;
      }
      if (status == 0 && body != Body.ORDINARY) {
        status = 200;
      }
      if ((status == 204 || status == 304) && fault.isPresent() && fault.get().midAnswer()) {
        throw new IllegalArgumentException("an answer of status " + status + " has no middle");
      }
      return new Behaviour(
          new Content(status, body, size, seed, gzip, mirrorsIds, type, List.copyOf(headers)),
          framing,
          new Pace(delay, (int) dripBytes, dripEvery, readRate, early, continues),
          fault);
    }
  }

  private static Body body(String value) {
    return switch (value) {
      case "none" -> Body.NONE;
      case "outcome" -> Body.OUTCOME;
      case "html" -> Body.HTML;
      case "text" -> Body.TEXT;
      case "random" -> Body.RANDOM;
      default ->
          throw new IllegalArgumentException(
              "body must be none, outcome, html, text or random, is " + value);
    };
  }

  private static Phase phase(String value) {
    return switch (value) {
      case "before-read" -> Phase.BEFORE_READ;
      case "mid-read" -> Phase.MID_READ;
      case "after-read", "before-head" -> Phase.AFTER_READ;
      case "after-head" -> Phase.AFTER_HEAD;
      case "mid-body" -> Phase.MID_BODY;
      default ->
          throw new IllegalArgumentException(
              "a phase must be before-read, mid-read, after-read, before-head, after-head or"
                  + " mid-body, is "
                  + value);
    };
  }

  private static boolean only(String name, String value, String allowed) {
    if (!value.equals(allowed)) {
      throw new IllegalArgumentException(name + " must be " + allowed + ", is " + value);
    }
    return true;
  }

  private static Map.Entry<String, String> header(String value) {
    int colon = value.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("header must be Name:Value, is " + value);
    }
    return Map.entry(value.substring(0, colon), value.substring(colon + 1));
  }

  private static long bytes(String name, String value) {
    if (value.endsWith("GiB")) {
      return scaled(name, value, 3, 1L << 30, MAX_BYTES);
    } else if (value.endsWith("MiB")) {
      return scaled(name, value, 3, 1L << 20, MAX_BYTES);
    } else if (value.endsWith("KiB")) {
      return scaled(name, value, 3, 1L << 10, MAX_BYTES);
    }
    return scaled(name, value, 0, 1, MAX_BYTES);
  }

  private static long millis(String name, String value) {
    if (value.endsWith("ms")) {
      return scaled(name, value, 2, 1, MAX_MILLIS);
    } else if (value.endsWith("s")) {
      return scaled(name, value, 1, 1000, MAX_MILLIS);
    } else if (value.endsWith("m")) {
      return scaled(name, value, 1, 60_000, MAX_MILLIS);
    }
    throw new IllegalArgumentException(name + " needs a unit, ms, s or m, is " + value);
  }

  private static long scaled(String name, String value, int unitLength, long unit, long max) {
    String count = value.substring(0, value.length() - unitLength);
    return number(name, count, 0, max / unit) * unit;
  }

  private static long number(String name, String value, long min, long max) {
    try {
      long number = Long.parseLong(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // The message below names the directive; the parser's would not.
    }
    throw new IllegalArgumentException(
        name + " must be a number, " + min + " to " + max + ", is " + value);
  }
}
