package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningRouter;

/**
 * Answers that two readers could take for different ones, byte for byte. Behind each stands a
 * second answer; no sender may ever see it, neither the one that asked nor the next.
 */
class SmuggledAnswersTest {
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String SECOND = OK + "X-Smuggled: 1\r\nContent-Length: 8\r\n\r\nsmuggled";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

  private static ServerSocket receiver;
  private static RunningRouter router;
  private static volatile String answer = "";

  @BeforeAll
  static void start() throws Exception {
    receiver = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread accepting = new Thread(SmuggledAnswersTest::accept, "receiver");
    accepting.setDaemon(true);
    accepting.start();
    router =
        RunningRouter.setup()
            .target("raw", "http://127.0.0.1:" + receiver.getLocalPort())
            .set("stream.deadline", "2s")
            .start();
  }

  @AfterAll
  static void stop() throws Exception {
    router.close();
    receiver.close();
  }

  private static void accept() {
    while (!receiver.isClosed()) {
      try {
        Socket socket = receiver.accept();
        Thread serving = new Thread(() -> serve(socket), "receiver-connection");
        serving.setDaemon(true);
        serving.start();
      } catch (IOException e) {
        Thread.onSpinWait();
      }
    }
  }

  /** On one connection for as long as the router keeps it. */
  private static void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      int ends = 0;
      for (int b = in.read(); b >= 0; b = in.read()) {
        ends = b == '\n' ? ends + 1 : b == '\r' ? ends : 0;
        if (ends == 2) {
          ends = 0;
          socket.getOutputStream().write((answer + SECOND).getBytes(StandardCharsets.ISO_8859_1));
        }
      }
    } catch (IOException e) {
      Thread.onSpinWait();
    }
  }

  private static Arguments of(String name, String bytes) {
    return Arguments.of(name, bytes);
  }

  static Stream<Arguments> answers() {
    return Stream.of(
        of("surplus behind a length", OK + "Content-Length: 2\r\n\r\nok"),
        of("surplus behind the last chunk", OK + CHUNKED + "\r\n2\r\nok\r\n0\r\n\r\n"),
        of("length and chunked", OK + "Content-Length: 2\r\n" + CHUNKED + "\r\n0\r\n\r\n"),
        of("chunked and length", OK + CHUNKED + "Content-Length: 200\r\n\r\n0\r\n\r\n"),
        of("two lengths", OK + "Content-Length: 2\r\nContent-Length: 0\r\n\r\nok"),
        of("a list of lengths", OK + "Content-Length: 2, 0\r\n\r\nok"),
        of("length below nought", OK + "Content-Length: -2\r\n\r\nok"),
        of("length with a plus", OK + "Content-Length: +2\r\n\r\nok"),
        of("length that is none", OK + "Content-Length: two\r\n\r\nok"),
        of("chunked, identity", OK + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        of(
            "xchunked and length",
            OK + "Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n\r\nok"),
        of("space before the colon", OK + "Content-Length : 2\r\n\r\nok"),
        of("bare LF at every line", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
        of("bare CR in a value", OK + "X-Any: a\rContent-Length: 0\r\nContent-Length: 2\r\n\r\nok"),
        of("NUL in a value", OK + "X-Any: a\u0000\r\nContent-Length: 2\r\n\r\nok"),
        of("NUL in a name", OK + "X\u0000: a\r\nContent-Length: 2\r\n\r\nok"),
        of("no colon", OK + "X-Any\r\nContent-Length: 2\r\n\r\nok"),
        of("no name", OK + ": a\r\nContent-Length: 2\r\n\r\nok"),
        of("no status", "HTTP/1.1 OK\r\nContent-Length: 2\r\n\r\nok"),
        of("status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok"),
        of("status below 100", "HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\nok"),
        of("another protocol", "ICY 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        of("no content with a body", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok"),
        of(
            "no content in chunks",
            "HTTP/1.1 204 No Content\r\n" + CHUNKED + "\r\n2\r\nok\r\n0\r\n\r\n"),
        of("not modified with a body", "HTTP/1.1 304 Not Modified\r\n\r\nok"),
        of("protocols switched", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
        of("chunk size in hexadecimal notation", OK + CHUNKED + "\r\n0x2\r\nok\r\n0\r\n\r\n"),
        of("chunk size below nought", OK + CHUNKED + "\r\n-2\r\nok\r\n0\r\n\r\n"),
        of("bytes after a chunk", OK + CHUNKED + "\r\n2\r\nokXX\r\n0\r\n\r\n"),
        of("bare LF in a chunk extension", OK + CHUNKED + "\r\n2;a\nok\r\n0\r\n\r\n"),
        of("chunk size beyond 64 bits", OK + CHUNKED + "\r\n10000000000000002\r\nok\r\n0\r\n\r\n"),
        of("chunked of HTTP/1.0", "HTTP/1.0 200 OK\r\n" + CHUNKED + "\r\n2\r\nok\r\n0\r\n\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void answerBehindAnAnswerReachesNobody(String name, String bytes) {
    answer = bytes;
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      try (RawSender sender = RawSender.to(router.port())) {
        sender.send(
            RawRequest.message("POST", "/Appointment", "raw")
                .with("Connection", "close")
                .body("{}"));
        seen.add(sender.rest());
      }
    }
    // With no length of its own an answer lasts as long as its connection, whatever it looks like.
    assertThat(seen)
        .as(name)
        .allSatisfy(
            each -> {
              assertThat(each).doesNotContain("X-Smuggled: 1\r\nContent-Length: 8\r\n\r\nsm");
              assertThat(each.split("HTTP/1.1 ", -1).length).isLessThanOrEqualTo(2);
              String head = each.substring(0, Math.max(0, each.indexOf("\r\n\r\n")));
              assertThat(head.toLowerCase(Locale.ROOT))
                  .satisfiesAnyOf(
                      text -> assertThat(text).doesNotContain("transfer-encoding"),
                      text -> assertThat(text).doesNotContain("content-length"));
            });
  }

  /** Else the others would say nothing. */
  @Test
  void answerBeforeItArrives() {
    answer = OK + "Content-Length: 2\r\n\r\nok";
    RawRequest request = RawRequest.message("GET", "/Slot", "raw");
    assertThat(RawSender.exchange(router.port(), request).text()).isEqualTo("ok");
    assertThat(RawSender.exchange(router.port(), request).text()).isEqualTo("ok");
  }
}
