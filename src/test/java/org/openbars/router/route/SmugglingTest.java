package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.sandbox.Arrival;

/**
 * Requests that two readers could take for different ones, byte for byte. Behind each stands a
 * second request; no receiver may ever see it, and the first ends with its connection.
 */
class SmugglingTest {
  private static final String PATH = RunningRouter.BASE_PATH + "/$process-message";
  private static final String IDS =
      "X-Request-Id: "
          + RunningRouter.REQUEST_ID
          + "\r\nX-Correlation-Id: "
          + RunningRouter.CORRELATION_ID
          + "\r\nNHSD-Target-Identifier: "
          + RunningRouter.header("good")
          + "\r\n";
  private static final String HEAD = "POST " + PATH + " HTTP/1.1\r\nHost: r\r\n" + IDS;
  private static final String SECOND =
      "GET " + RunningRouter.BASE_PATH + "/Slot?smuggled HTTP/1.1\r\nHost: r\r\n" + IDS + "\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

  private static RunningReceivers receivers;
  private static RunningRouter router;

  @BeforeAll
  static void start() {
    receivers = RunningReceivers.start();
    router = RunningRouter.setup().target("good", receivers.url("")).start();
  }

  @AfterAll
  static void stop() {
    router.close();
    receivers.close();
  }

  private static Arguments of(String name, String bytes) {
    return Arguments.of(name, bytes);
  }

  /** A good head but for these lines, and no body. */
  private static Arguments lines(String name, String lines) {
    return of(name, HEAD + lines + "\r\n");
  }

  /** As {@link #lines}, with a body of five bytes. */
  private static Arguments five(String name, String lines) {
    return of(name, HEAD + lines + "\r\nhello");
  }

  /** As {@link #lines}, with the last chunk for a body. */
  private static Arguments none(String name, String lines) {
    return of(name, HEAD + lines + "\r\n0\r\n\r\n");
  }

  static Stream<Arguments> lengths() {
    return Stream.of(
        none("length and chunked", "Content-Length: 5\r\n" + CHUNKED),
        none("chunked and length", CHUNKED + "Content-Length: 5\r\n"),
        none("length of the chunks and chunked", "Content-Length: 4\r\n" + CHUNKED),
        none("chunked, identity", "Transfer-Encoding: chunked, identity\r\n"),
        none("identity, chunked", "Transfer-Encoding: identity, chunked\r\n"),
        five("identity and length", "Transfer-Encoding: identity\r\nContent-Length: 5\r\n"),
        none("gzip, chunked", "Transfer-Encoding: gzip, chunked\r\n"),
        none("chunked, gzip", "Transfer-Encoding: chunked, gzip\r\n"),
        none("chunked, chunked", "Transfer-Encoding: chunked, chunked\r\n"),
        none("chunked twice", CHUNKED + CHUNKED),
        none("chunked, then another", CHUNKED + "Transfer-Encoding: x\r\n"),
        five("xchunked", "Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n"),
        none("chunkedx", "Transfer-Encoding: chunkedx\r\n"),
        none("quoted", "Transfer-Encoding: \"chunked\"\r\n"),
        none("with a parameter", "Transfer-Encoding: chunked;q=1\r\n"),
        none("with a comma", "Transfer-Encoding: chunked,\r\n"),
        none("comma before", "Transfer-Encoding: ,chunked\r\n"),
        five("empty coding and length", "Transfer-Encoding:\r\nContent-Length: 5\r\n"),
        none("space before the colon", "Transfer-Encoding : chunked\r\n"),
        none("tab before the colon", "Transfer-Encoding\t: chunked\r\n"),
        none("vertical tab before the value", "Transfer-Encoding: \u000bchunked\r\n"),
        none("form feed behind the value", "Transfer-Encoding: chunked\f\r\n"),
        none("NUL behind the value", "Transfer-Encoding: chunked\u0000\r\n"),
        none("no-break space before the value", "Transfer-Encoding: \u00a0chunked\r\n"),
        none("behind a bare LF", "X-Any: a\nTransfer-Encoding: chunked\nX: b\r\n" + CHUNKED),
        none("behind a bare CR", "X-Any: a\rTransfer-Encoding: chunked\r\n" + CHUNKED),
        of("chunked of HTTP/1.0", HEAD.replace("HTTP/1.1", "HTTP/1.0") + CHUNKED + "\r\n0\r\n\r\n"),
        of(
            "both of HTTP/1.0",
            HEAD.replace("HTTP/1.1", "HTTP/1.0")
                + "Content-Length: 5\r\n"
                + CHUNKED
                + "\r\n0\r\n\r\n"),
        five("two lengths", "Content-Length: 5\r\nContent-Length: 0\r\n"),
        five("two lengths, the other way", "Content-Length: 0\r\nContent-Length: 5\r\n"),
        five("the same length twice", "Content-Length: 5\r\nContent-Length: 5\r\n"),
        five("a list of lengths", "Content-Length: 5, 5\r\n"),
        five("a list of two lengths", "Content-Length: 5, 0\r\n"),
        five("length with a plus", "Content-Length: +5\r\n"),
        five("length below nought", "Content-Length: -5\r\n"),
        five("length in hexadecimal", "Content-Length: 0x5\r\n"),
        five("length with a space in it", "Content-Length: 0 5\r\n"),
        five("no length", "Content-Length:\r\n"),
        five("length with a semicolon", "Content-Length: 5;\r\n"),
        five("length with a point", "Content-Length: 5.0\r\n"),
        five("length with an exponent", "Content-Length: 5e0\r\n"),
        five("length with an underscore", "Content-Length: 0_5\r\n"),
        five("length beyond 64 bits", "Content-Length: 18446744073709551621\r\n"),
        five("length of many digits", "Content-Length: " + "0".repeat(60) + "5\r\n"),
        five("length in other digits", "Content-Length: \u00b2\r\n"),
        five("length and NUL", "Content-Length: 5\u0000\r\n"),
        five("space before the colon of the length", "Content-Length : 5\r\n"),
        five("folded length", "Content-Length: 0\r\n 5\r\n"));
  }

  static Stream<Arguments> heads() {
    String rest = "Host: r\r\n" + IDS;
    return Stream.of(
        of("bare LF after the request line", HEAD.replaceFirst("\r\n", "\n") + "X: a\n\r\n"),
        of("bare LF at every line", HEAD.replace("\r\n", "\n") + "\n"),
        of("bare CR after the request line", HEAD.replaceFirst("\r\n", "\r") + "\r\n"),
        of("folded first header", "POST " + PATH + " HTTP/1.1\r\n X: a\r\n" + rest + "\r\n"),
        lines("NUL in a value", "X-Any: a\u0000b\r\n"),
        lines("bare CR in a value", "X-Any: a\rb\r\n"),
        lines("delete in a value", "X-Any: a\u007fb\r\n"),
        lines("NUL in a name", "X-A\u0000ny: a\r\n"),
        lines("space in a name", "X Any: a\r\n"),
        lines("no colon", "X-Any\r\n"),
        lines("no name", ": a\r\n"),
        lines("byte beyond ASCII in a name", "X-\u00e4: a\r\n"),
        lines("bracket in a name", "X(Any): a\r\n"),
        of("control bytes before", "\u0001\u0002" + HEAD + "\r\n"),
        of("NUL before", "\u0000" + HEAD + "\r\n"),
        of("words after the version", HEAD.replaceFirst("1\\.1", "1.1 x") + "\r\n"),
        of("space in the path", HEAD.replaceFirst("message", "mess age") + "\r\n"),
        of("version 2.0", HEAD.replaceFirst("1\\.1", "2.0") + "\r\n"),
        of("version 1.2", HEAD.replaceFirst("1\\.1", "1.2") + "\r\n"),
        of("lower-case version", HEAD.replaceFirst("HTTP", "http") + "\r\n"),
        of("no version", "GET " + PATH + "\r\n" + rest + "\r\n"),
        of("version with a zero", HEAD.replaceFirst("1\\.1", "1.01") + "\r\n"),
        of("no host", HEAD.replace("Host: r\r\n", "") + "\r\n"),
        lines("two hosts", "Host: other\r\n"),
        of("two hosts in one", HEAD.replace("Host: r", "Host: r, other") + "\r\n"),
        of("user info in the host", HEAD.replace("Host: r", "Host: u@r") + "\r\n"),
        of("path in the host", HEAD.replace("Host: r", "Host: r/x") + "\r\n"),
        of("quoted method", HEAD.replaceFirst("POST", "\"POST\"") + "\r\n"),
        of("colon in the method", HEAD.replaceFirst("POST", "PO:ST") + "\r\n"));
  }

  static Stream<Arguments> chunks() {
    return Stream.of(
        chunk("size in hexadecimal notation", "0x5\r\nhello\r\n0\r\n\r\n"),
        chunk("size with a plus", "+5\r\nhello\r\n0\r\n\r\n"),
        chunk("size below nought", "-5\r\nhello\r\n0\r\n\r\n"),
        chunk("no size", "\r\nhello\r\n0\r\n\r\n"),
        chunk("size that is none", "g\r\nhello\r\n0\r\n\r\n"),
        chunk("space within a size", "0 5\r\nhello\r\n0\r\n\r\n"),
        chunk("size beyond 64 bits", "10000000000000005\r\nhello\r\n0\r\n\r\n"),
        chunk("size beyond 32 bits", "100000005\r\nhello\r\n0\r\n\r\n"),
        chunk("size with an underscore", "0_5\r\nhello\r\n0\r\n\r\n"),
        chunk("extension with a bare LF", "5;a\nhello\r\n0\r\n\r\n"),
        chunk("extension with a bare CR", "5;a\rb\r\nhello\r\n0\r\n\r\n"),
        chunk("quoted line end in an extension", "5;a=\"\r\nhello\r\n0\r\n\r\n"),
        chunk("bare LF after a size", "5\nhello\r\n0\r\n\r\n"),
        chunk("bare LF after a chunk", "5\r\nhello\n0\r\n\r\n"),
        chunk("bytes after a chunk", "5\r\nhelloXX\r\n0\r\n\r\n"),
        chunk("no line end after a chunk", "5\r\nhello0\r\n\r\n"),
        chunk("bare LF at the end", "5\r\nhello\r\n0\n\n"),
        chunk("NUL in a size", "5\u0000\r\nhello\r\n0\r\n\r\n"),
        chunk("trailer without a colon", "0\r\nX-Any\r\n\r\n"));
  }

  /** What is read in one way only here, and goes on in the one way it was read. */
  static Stream<Arguments> lenient() {
    return Stream.of(
        none("folded coding", "Transfer-Encoding:\r\n chunked\r\n"),
        lines("folded header", "X-Any: a\r\n b\r\n"),
        lines("header folded by a tab", "X-Any: a\r\n\tTransfer-Encoding: chunked\r\n"),
        of("space before", " " + HEAD + "\r\n"),
        of("two spaces", HEAD.replaceFirst(" /", "  /") + "\r\n"),
        of("tab for a space", HEAD.replaceFirst(" /", "\t/") + "\r\n"),
        chunk("folded trailer", "0\r\nX-Any: a\r\n b\r\n\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lenient")
  void whatIsUnfoldedHereArrivesUnfolded(String name, String bytes) {
    receivers.mock().clearArrivals();
    try (RawSender sender = RawSender.to(router.port())) {
      sender.send((bytes + SECOND).getBytes(StandardCharsets.ISO_8859_1));
      assertThat(sender.answer("POST").status()).as(name).isEqualTo(200);
      assertThat(sender.answer("GET").status()).isEqualTo(200);
    }
    assertThat(receivers.mock().arrivals())
        .extracting(Arrival::uri)
        .containsExactly("/FHIR/R4/$process-message", "/FHIR/R4/Slot?smuggled");
    assertThat(receivers.mock().arrivals())
        .allMatch(
            arrival ->
                arrival.headers().stream()
                    .noneMatch(header -> header.getValue().matches("(?s).*[\r\n].*")));
  }

  private static Arguments chunk(String name, String body) {
    return of(name, HEAD + CHUNKED + "\r\n" + body);
  }

  /** All that comes back until the router ends the connection. */
  private static String answers(String name, String bytes) {
    try (RawSender sender = RawSender.to(router.port())) {
      sender.send((bytes + SECOND).getBytes(StandardCharsets.ISO_8859_1));
      return sender.rest();
    } catch (IllegalStateException e) {
      throw new AssertionError(name + ": " + e.getMessage(), e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"lengths", "heads"})
  void headThatCanBeReadInTwoWaysIsRefusedAndNothingIsForwarded(String name, String bytes) {
    long before = receivers.arrived();
    String answers = answers(name, bytes);
    assertThat(answers).as(name).matches("(?s)HTTP/1.[01] 400 .*|HTTP/[12].[0-9] 501 .*");
    assertThat(answers).doesNotContainIgnoringCase("\r\nserver:");
    assertThat(answers.split("HTTP/[12]", -1)).as("one answer and a close").hasSize(2);
    assertThat(receivers.arrived()).as(name).isEqualTo(before);
  }

  /** The head is good, so that a receiver may have its beginning; it never has a whole. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("chunks")
  void bodyThatCanBeReadInTwoWaysNeverArrivesWhole(String name, String bytes) {
    receivers.mock().clearArrivals();
    String answers = answers(name, bytes);
    assertThat(answers.split("HTTP/[12]", -1).length).isLessThanOrEqualTo(2);
    assertThat(answers).doesNotContain("HTTP/1.1 2");
    assertThat(receivers.mock().arrivals())
        .allMatch(arrival -> !arrival.whole() && !arrival.uri().contains("smuggled"));
  }

  @Test
  void withoutAnyOfThatBothArrive() {
    long before = receivers.arrived();
    try (RawSender sender = RawSender.to(router.port())) {
      sender.send(
          (HEAD + CHUNKED + "\r\n5;ext=\"a\"\r\nhello\r\n0\r\n\r\n" + SECOND)
              .getBytes(StandardCharsets.ISO_8859_1));
      assertThat(sender.answer("POST").status()).isEqualTo(200);
      assertThat(sender.answer("GET").status()).isEqualTo(200);
    }
    assertThat(receivers.arrived()).isEqualTo(before + 2);
  }
}
