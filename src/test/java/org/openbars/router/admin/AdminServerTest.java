package org.openbars.router.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.audit.AuditQuestion;
import org.openbars.router.audit.AuditSearch;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.meter.Meters;

@Timeout(60)
class AdminServerTest {
  private final Vertx vertx = Vertx.vertx();
  private final Meters meters = new Meters();
  private final AtomicBoolean directory = new AtomicBoolean(true);
  private final AtomicBoolean audit = new AtomicBoolean(true);
  private final AtomicBoolean draining = new AtomicBoolean();
  private final Readiness readiness =
      new Readiness(
          List.of(
              new Readiness.Check("directory", Readiness.Need.TRUE, directory::get),
              new Readiness.Check("audit", Readiness.Need.EITHER, audit::get),
              new Readiness.Check("draining", Readiness.Need.FALSE, draining::get)));
  private final List<AuditQuestion> asked = new CopyOnWriteArrayList<>();
  private final List<Caller> callers = new CopyOnWriteArrayList<>();
  private AuditSearch.Answer answer =
      new AuditSearch.Page(List.of(new JsonObject().put("id", "1")), 0, "more");
  private boolean changes;
  private final List<AdminServer> servers = new ArrayList<>();

  @AfterEach
  void close() {
    servers.forEach(server -> get(server.stop()));
    get(vertx.close());
  }

  @Test
  void aLiveNodeSaysSo() throws IOException {
    Answer answer = start().get("/health/live");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json()).isEqualTo(new JsonObject().put("live", true));
  }

  @Test
  void readinessFollowsItsChecksAndShowsThemAll() throws IOException {
    Port port = start();
    assertThat(port.get("/health/ready").status()).isEqualTo(200);

    audit.set(false);
    Answer withoutAudit = port.get("/health/ready");
    assertThat(withoutAudit.status()).isEqualTo(200);
    assertThat(withoutAudit.json())
        .isEqualTo(
            new JsonObject(
                "{\"ready\":true,\"checks\":{\"directory\":true,\"audit\":false,\"draining\":false}}"));

    draining.set(true);
    assertThat(port.get("/health/ready").status()).isEqualTo(503);

    draining.set(false);
    directory.set(false);
    Answer withoutDirectory = port.get("/health/ready");
    assertThat(withoutDirectory.status()).isEqualTo(503);
    assertThat(withoutDirectory.json().getBoolean("ready")).isFalse();
  }

  @Test
  void metricsAreInPrometheusText() throws IOException {
    meters.counter("bars.test", "A test").increment();

    Answer answer = start().get("/metrics");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).startsWith("text/plain; version=0.0.4");
    assertThat(answer.body()).contains("bars_test_total 1.0");
  }

  @Test
  void aPageIsAnsweredAsItIs() throws IOException {
    Answer answer = start().get("/sandbox/messages/one.json");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("application/fhir+json");
    assertThat(answer.body()).isEqualTo("{\"page\":1}");
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
  }

  @ParameterizedTest
  @CsvSource({
    "/openapi/, text/html, swagger-ui-bundle.js",
    "/openapi/start.js, text/javascript, openapi.json",
    "/openapi/openapi.json, application/json, $process-message",
    "/openapi/swagger-ui.css, text/css, .swagger-ui",
    "/openapi/swagger-ui-bundle.js, text/javascript, SwaggerUIBundle",
  })
  void theApiIsShownFromThisPortAlone(String path, String type, String part) throws IOException {
    Answer answer = start().get(path);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).startsWith(type);
    assertThat(answer.body()).contains(part);
    if (type.equals("text/html")) {
      assertThat(answer.body()).doesNotContain("http:", "https:", "//");
    }
  }

  @Test
  void noServerIsNamed() throws IOException {
    assertThat(start().get("/health/live").head().toLowerCase(Locale.ROOT))
        .doesNotContain("server:", "vert", "netty");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/health",
        "/health/",
        "/health/live/",
        "/metrics/",
        "/sandbox/messages/",
        "/api",
        "/../metrics",
        "/%6detrics",
        "//metrics"
      })
  void anUnknownPathIsNotFound(String path) throws IOException {
    Answer answer = start().get(path);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.json()).isEqualTo(new JsonObject().put("error", "no such path"));
  }

  @ParameterizedTest
  @CsvSource({
    "POST,/health/live",
    "PUT,/health/ready",
    "DELETE,/metrics",
    "OPTIONS,/api/audit",
    "PATCH,/sandbox/messages/one.json"
  })
  void aWrongMethodIsNotAllowed(String method, String path) throws IOException {
    Answer answer = start().ask(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("allow")).isEqualTo("GET, HEAD");
    assertThat(answer.json().getString("error")).isEqualTo("only GET and HEAD");
  }

  @Test
  void headAnswersAsGetWithoutTheBody() throws IOException {
    Port port = start();
    Answer get = port.get("/health/live");
    Answer head = port.ask("HEAD /health/live HTTP/1.1\r\nHost: localhost\r\n");

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("content-length")).isEqualTo(get.header("content-length"));
    assertThat(head.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n0"})
  void aBodyIsRefusedAndTheConnectionClosed(String rest) throws IOException {
    Answer answer =
        start().raw("GET /health/live HTTP/1.1\r\nHost: localhost\r\n" + rest + "\r\n\r\n");

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.header("connection")).isEqualTo("close");
  }

  @Test
  void headersAndLinesBeyondTheirBoundAreRefused() throws IOException {
    Port port = start();
    assertThat(port.get("/health/live?" + "x".repeat(8192)).status()).isEqualTo(414);
    assertThat(
            port.ask(
                    "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX: "
                        + "x".repeat(8192)
                        + "\r\n")
                .status())
        .isEqualTo(431);
  }

  @Test
  void connectionsBeyondTheirBoundAreClosed() throws IOException {
    Port port = start();
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < 64; i++) {
        open.add(port.connect());
      }
      Socket first = open.get(0);
      first.getOutputStream().write("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
      assertThat(first.getInputStream().read()).isEqualTo('H');

      try (Socket beyond = port.connect()) {
        assertThat(beyond.getInputStream().read()).isEqualTo(-1);
      }
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
    await().until(() -> port.status("/health/live") == 200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8081",
        "10.0.0.1",
        "127.0.0.1\r\nHost: localhost",
        ""
      })
  void aHostOfAnotherNameIsRefused(String host) throws IOException {
    Answer answer = start().ask("GET /metrics HTTP/1.1\r\nHost: " + host + "\r\n");

    assertThat(answer.status()).isIn(400, 403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LOCALHOST:1", "127.0.0.1", "127.0.0.2:18081", "[::1]", "[::1]:8081"})
  void aLoopbackHostIsTaken(String host) throws IOException {
    assertThat(start().ask("GET /metrics HTTP/1.1\r\nHost: " + host + "\r\n").status())
        .isEqualTo(200);
  }

  @Test
  void healthIsFreeUnderAnyName() throws IOException {
    assertThat(start().ask("GET /health/live HTTP/1.1\r\nHost: node-1.example\r\n").status())
        .isEqualTo(200);
  }

  @Test
  void anotherMachineGetsHealthAlone() throws IOException {
    Optional<InetAddress> own = ownAddress();
    assumeTrue(own.isPresent(), "this machine has loopback addresses only");
    String address = own.orElseThrow().getHostAddress();
    Port port = start(address);

    assertThat(port.get("/health/live").status()).isEqualTo(200);
    for (String path : List.of("/metrics", "/api/audit", "/sandbox/messages/one.json", "/none")) {
      assertThat(port.get(path).status()).as(path).isEqualTo(403);
    }
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "127.8.9.10, true",
    "::1, true",
    "::ffff:127.0.0.1, true",
    "10.0.0.1, false",
    "128.0.0.1, false",
    "::2, false",
    "::ffff:10.0.0.1, false"
  })
  void onlyALoopbackPeerIsLocal(String address, boolean local) {
    SocketAddress peer =
        SocketAddress.inetSocketAddress(new InetSocketAddress(literal(address), 1));

    assertThat(Caller.isLocal(peer)).isEqualTo(local);
    assertThat(Caller.isLocal(null)).isFalse();
  }

  @Test
  void anAuditQuestionIsPassedOnAsValues() throws IOException {
    Answer answer =
        start()
            .get(
                "/api/audit?correlation-id=c&request-id=r&target=https%3A%2F%2Fs%7Cv%7Cw"
                    + "&organisation=o&use-case=u&status=503&error=REC_TIMEOUT"
                    + "&from=2026-11-24T09:00:00Z&to=2026-11-24T12:00:00%2B01:00&limit=7&cursor=x");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json())
        .isEqualTo(new JsonObject("{\"records\":[{\"id\":\"1\"}],\"next\":\"more\"}"));
    assertThat(asked)
        .containsExactly(
            new AuditSearch.Query(
                "c",
                "r",
                new TargetIdentifier("https://s", "v|w"),
                "o",
                "u",
                503,
                "REC_TIMEOUT",
                Instant.parse("2026-11-24T09:00:00Z"),
                Instant.parse("2026-11-24T11:00:00Z"),
                7,
                "x",
                null));
    assertThat(callers).containsExactly(new Caller("loopback", "127.0.0.1", false));
  }

  @Test
  void whatIsNotAskedForStaysOpen() throws IOException {
    start().get("/api/audit?request-id=r");

    assertThat(asked)
        .containsExactly(
            new AuditSearch.Query(
                null, "r", null, null, null, null, null, null, null, 100, null, null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "limit=0 limit:",
        "limit=1001 limit:",
        "limit=99999999999 limit:",
        "limit=-1 limit:",
        "from=yesterday from:",
        "to=2026-11-24 to:",
        "to=2026-11-24T12:00:00+01:00 to:",
        "status=abc status:",
        "status=600 status:",
        "target=nobar target:",
        "target=|v target:",
        "target=s| target:",
        "request-id= request-id:",
        "request-id=a&request-id=b request-id:",
        "nhs-number=9990000018 nhs-number:",
        "Request-Id=a 'unknown parameter:'",
        "request-id=%zz 'the query is not percent-encoded'"
      })
  void aBadParameterIsNamedAndNothingIsAsked(String query, String problem) throws IOException {
    Answer answer = start().get("/api/audit?" + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().getString("error")).startsWith(problem);
    assertThat(answer.body()).doesNotContain("9990000018", "yesterday");
    assertThat(asked).isEmpty();
  }

  @Test
  void whatTheSearchRefusesIsABadRequest() throws IOException {
    Port port =
        start(
            "127.0.0.1",
            (question, caller) -> Future.succeededFuture(new AuditSearch.BadQuery("from: x")));

    Answer answer = port.get("/api/audit");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().getString("error")).isEqualTo("from: x");
  }

  @Test
  void anAuditThatIsAwayIsUnavailable() throws IOException {
    Port port =
        start(
            "127.0.0.1",
            (question, caller) -> Future.succeededFuture(new AuditSearch.Unavailable("away")));

    assertThat(port.get("/api/audit").status()).isEqualTo(503);
  }

  @Test
  void aSearchThatFailsIsAFaultWithoutDetails() throws IOException {
    Port failing =
        start("127.0.0.1", (question, caller) -> Future.failedFuture(new IOException("s3cret")));
    Port throwing =
        start(
            "127.0.0.1",
            (question, caller) -> {
              throw new IllegalStateException("s3cret");
            });

    for (Port port : List.of(failing, throwing)) {
      Answer answer = port.get("/api/audit?request-id=r");
      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.body()).doesNotContain("s3cret");
    }
  }

  @Test
  void questionsBeyondEightAtOnceAreRefused() throws IOException {
    List<Promise<AuditSearch.Answer>> waiting = new CopyOnWriteArrayList<>();
    Port port =
        start(
            "127.0.0.1",
            (question, caller) -> {
              Promise<AuditSearch.Answer> promise = Promise.promise();
              waiting.add(promise);
              return promise.future();
            });
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Socket socket = port.connect();
      socket
          .getOutputStream()
          .write("GET /api/audit HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
      sockets.add(socket);
    }
    await().until(() -> waiting.size() == 8);

    assertThat(port.get("/api/audit").status()).isEqualTo(503);
    assertThat(waiting).hasSize(8);

    vertx.runOnContext(v -> waiting.forEach(p -> p.complete(new AuditSearch.BadQuery("x"))));
    for (Socket socket : sockets) {
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      socket.close();
    }
    vertx.setPeriodic(
        10, timer -> waiting.forEach(p -> p.tryComplete(new AuditSearch.BadQuery("x"))));
    await().until(() -> port.status("/api/audit") == 400);
  }

  @Test
  void aPageMayNotHideARoute() {
    assertThatThrownBy(() -> server("127.0.0.1", this::answer, "/metrics"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("/metrics");
  }

  @Test
  void aTakenPortFailsTheStart() throws IOException {
    Port port = start();
    AdminServer second =
        new AdminServer(
            vertx,
            new AdminConfig("127.0.0.1", port.number(), false),
            meters,
            readiness,
            this::answer,
            TestOperations.none(vertx),
            Map.of());
    servers.add(second);

    assertThatThrownBy(() -> get(second.start())).hasRootCauseInstanceOf(BindException.class);
  }

  @Test
  void afterItsStopThePortIsClosed() throws IOException {
    Port port = start();
    get(servers.get(0).stop());

    assertThatThrownBy(() -> port.get("/health/live")).isInstanceOf(IOException.class);
  }

  private Future<AuditSearch.Answer> answer(AuditQuestion question, Caller caller) {
    asked.add(question);
    callers.add(caller);
    return Future.succeededFuture(answer);
  }

  private AdminServer server(String host, AuditQuestions questions, String page) {
    AdminServer server =
        new AdminServer(
            vertx,
            new AdminConfig(host, 0, changes),
            meters,
            readiness,
            questions,
            TestOperations.none(vertx),
            Map.of(page, new Page(Buffer.buffer("{\"page\":1}"), "application/fhir+json")));
    servers.add(server);
    return server;
  }

  private Port start() {
    return start("127.0.0.1");
  }

  private Port start(String host) {
    return start(host, this::answer);
  }

  private Port start(String host, AuditQuestions questions) {
    AdminServer server = server(host, questions, "/sandbox/messages/one.json");
    int port = get(server.start());
    assertThat(server.port()).isEqualTo(port).isPositive();
    return new Port(host, port);
  }

  private static Optional<InetAddress> ownAddress() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .findFirst();
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private record Answer(String head, String body) {
    int status() {
      return Integer.parseInt(head.substring(9, 12));
    }

    String header(String name) {
      return head.lines()
          .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
          .map(line -> line.substring(name.length() + 1).strip())
          .findFirst()
          .orElse("");
    }

    JsonObject json() {
      return new JsonObject(body);
    }
  }

  private static InetAddress literal(String address) {
    return Objects.requireNonNull(NetUtil.createInetAddressFromIpAddressString(address));
  }

  private record Port(String host, int number) {
    Socket connect() throws IOException {
      return new Socket(literal(host), number);
    }

    Answer get(String path) throws IOException {
      return ask("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    }

    int status(String path) {
      try {
        return get(path).status();
      } catch (IOException | RuntimeException e) {
        return 0;
      }
    }

    Answer ask(String head) throws IOException {
      return raw(head + "Connection: close\r\n\r\n");
    }

    Answer raw(String request) throws IOException {
      try (Socket socket = connect()) {
        socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
        socket.getOutputStream().write(request.getBytes(UTF_8));
        String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
        int end = answer.indexOf("\r\n\r\n");
        if (end < 0) {
          throw new IOException("no answer, only " + answer.length() + " characters");
        }
        return new Answer(answer.substring(0, end), answer.substring(end + 4));
      }
    }
  }
}
