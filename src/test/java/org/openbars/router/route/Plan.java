package org.openbars.router.route;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;

/**
 * What one exchange must look like at both ends, drawn from its number: sender and receiver hold
 * what they get against it.
 *
 * @param path below the base path, with a query
 */
record Plan(
    int number,
    int target,
    String requestId,
    String correlationId,
    HttpMethod method,
    String path,
    List<Map.Entry<String, String>> headers,
    Body request,
    List<Map.Entry<String, String>> answerHeaders,
    Body answer,
    Trouble trouble) {
  private static final int LARGEST = 1_000_000;
  private static final int LARGEST_GZIPPED = 30_000;

  /** Every body is a stretch of it, each from a place of its own. */
  private static final Buffer BYTES = bytes(2 * LARGEST);

  private static final List<String> ODD_VALUES =
      List.of(
          "",
          "a, b ;c=\"d, e\"",
          "two  blanks and a\ttab",
          "%41%2c%20",
          "=?utf-8?B?w6k=?=",
          "\"quoted \\\" mark\"",
          ":starts:with:colons",
          "x".repeat(2000));

  /** What goes wrong on purpose; one thing at the most. */
  enum Trouble {
    NONE,
    /** The sender resets in the middle of its body. */
    SENDER_LEAVES,
    /** The receiver answers half and resets. */
    ANSWER_CUT,
    /** The receiver closes without an answer. */
    NO_ANSWER,
    /** The receiver answers before it has read the body. */
    EARLY
  }

  /** A body and how it is framed. */
  record Body(Buffer bytes, boolean gzip, boolean chunked) {}

  static Plan of(int number, int targets) {
    SplittableRandom random = new SplittableRandom(number * 7919L + 11);
    int roll = random.nextInt(100);
    Trouble trouble =
        roll < 94
            ? Trouble.NONE
            : roll < 96
                ? Trouble.SENDER_LEAVES
                : roll < 98 ? Trouble.ANSWER_CUT : roll < 99 ? Trouble.NO_ANSWER : Trouble.EARLY;
    boolean reads = trouble == Trouble.NONE && random.nextInt(4) == 0;
    Body request = reads ? new Body(Buffer.buffer(), false, false) : body(random);
    return new Plan(
            number,
            random.nextInt(targets),
            uuid(random),
            uuid(random),
            reads ? HttpMethod.GET : random.nextInt(5) == 0 ? HttpMethod.PUT : HttpMethod.POST,
            "",
            odd(random, "X-Odd", "x-!#$%&'*+.^_`|~", "Accept-Language", "Cache-Control"),
            trouble == Trouble.SENDER_LEAVES ? atLeast(random, request) : request,
            odd(random, "X-Back", "Set-Cookie", "Link", "Warning"),
            trouble == Trouble.ANSWER_CUT ? atLeast(random, body(random)) : body(random),
            trouble)
        .withPath(random);
  }

  private Plan withPath(SplittableRandom random) {
    String resource =
        method.equals(HttpMethod.GET)
            ? "/Slot"
            : method.equals(HttpMethod.PUT) ? "/Appointment/" + requestId : "/$process-message";
    String query = "?n=" + number + "&n=" + random.nextInt() + "&odd=%2C+a%20b&empty=";
    return new Plan(
        number,
        target,
        requestId,
        correlationId,
        method,
        resource + query,
        headers,
        request,
        answerHeaders,
        answer,
        trouble);
  }

  /** Most bodies are small, one in thirty has more than half of the largest. */
  private static Body body(SplittableRandom random) {
    if (random.nextInt(6) == 0) {
      return new Body(
          gzipped(stretch(random, random.nextInt(LARGEST_GZIPPED))), true, random.nextBoolean());
    }
    int size = (int) (LARGEST * Math.pow(random.nextDouble(), 16));
    return new Body(stretch(random, size), false, random.nextBoolean());
  }

  private static Body atLeast(SplittableRandom random, Body body) {
    return body.bytes().length() > 1000
        ? body
        : new Body(stretch(random, 50_000), false, body.chunked());
  }

  private static Buffer stretch(SplittableRandom random, int size) {
    int from = random.nextInt(LARGEST);
    return BYTES.slice(from, from + size);
  }

  private static Buffer gzipped(Buffer plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain.getBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Buffer.buffer(out.toByteArray());
  }

  private static Buffer bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(39).nextBytes(bytes);
    return Buffer.buffer(bytes);
  }

  private static String uuid(SplittableRandom random) {
    return new UUID(
            (random.nextLong() & ~0xF000L) | 0x4000L,
            (random.nextLong() >>> 2) | 0x8000_0000_0000_0000L)
        .toString();
  }

  /** Up to four values of each name, mixed, each value a different one. */
  private static List<Map.Entry<String, String>> odd(SplittableRandom random, String... names) {
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    for (int i = random.nextInt(9); i > 0; i--) {
      String odd = ODD_VALUES.get(random.nextInt(ODD_VALUES.size()));
      headers.add(
          Map.entry(
              names[random.nextInt(names.length)], odd.isEmpty() ? odd : odd + random.nextInt()));
    }
    return headers;
  }

  /** The values of a name among {@code headers}, in order. */
  static List<String> values(List<Map.Entry<String, String>> headers, String name) {
    return headers.stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .toList();
  }
}
