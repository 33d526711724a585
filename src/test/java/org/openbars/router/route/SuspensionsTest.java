package org.openbars.router.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;

/** Operators stop messages and let them go again, through the admin port and through the file. */
final class SuspensionsTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static RunningReceivers receivers;
  private static RunningReceivers others;
  @TempDir private Path folder;
  private final List<RunningRouter> routers = new ArrayList<>();

  @BeforeAll
  static void startReceivers() {
    receivers = RunningReceivers.start();
    others = RunningReceivers.start();
  }

  @AfterAll
  static void stopReceivers() {
    receivers.close();
    others.close();
  }

  @AfterEach
  void stop() {
    routers.forEach(RunningRouter::close);
  }

  private Path file() {
    return folder.resolve("suspensions.json");
  }

  private RunningRouter.Setup setup() {
    return RunningRouter.setup()
        .target("a", receivers.url(""))
        .target("b", receivers.url(""))
        .target("c", others.url(""))
        .set("admin.changes", "on");
  }

  private RunningRouter withFile() {
    return started(setup().set("directory.suspensions", file()));
  }

  private RunningRouter started(RunningRouter.Setup setup) {
    RunningRouter router = setup.start();
    routers.add(router);
    return router;
  }

  private static RawAnswer send(RunningRouter router, String target) {
    return RawSender.exchange(
        router.port(), RawRequest.message("POST", "/$process-message", target).body("{}"));
  }

  private static int status(RunningRouter router, String target) {
    return send(router, target).status();
  }

  private static HttpResponse<String> ask(HttpRequest.Builder request) {
    try {
      return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HttpRequest.Builder at(RunningRouter router, String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + router.process().adminPort() + path));
  }

  private static JsonObject get(RunningRouter router, String path) {
    HttpResponse<String> answer = ask(at(router, path));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  private static HttpResponse<String> post(RunningRouter router, String path, JsonObject body) {
    return ask(
        at(router, path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.encode())));
  }

  private static JsonObject order(String scope, String subject) {
    return new JsonObject().put(scope, subject).put("reason", "ticket 12").put("by", "A. Person");
  }

  private static JsonObject suspended(RunningRouter router, String scope, String subject) {
    HttpResponse<String> answer = post(router, "/api/suspensions", order(scope, subject));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  private static JsonObject lookup(RunningRouter router, String target) {
    return get(
        router, "/api/directory/lookup?target=" + URLEncoder.encode("tests|" + target, UTF_8));
  }

  /** As operators are told to: written beside, then put in the file's place. */
  private void write(String content) throws IOException {
    Path beside = folder.resolve("beside");
    Files.writeString(beside, content);
    Files.move(beside, file(), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void suspendedTargetIsRefusedAndTheReceiverSeesNothing() {
    RunningRouter router = withFile();
    assertThat(status(router, "a")).isEqualTo(200);
    JsonObject done = suspended(router, "target", "tests|a");
    long before = receivers.arrived();

    RawAnswer answer = send(router, "a");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("Retry-After")).contains("60");
    assertThat(answer.body().toString()).contains("REC_SERVICE_UNAVAILABLE", "suspended");
    assertThat(answer.header("X-Request-Id")).contains(RunningRouter.REQUEST_ID);
    assertThat(receivers.arrived()).isEqualTo(before);
    assertThat(status(router, "b")).isEqualTo(200);
    assertThat(done.getBoolean("kept")).isTrue();
    assertThat(done.getBoolean("audited")).as("no audit is kept here").isFalse();
  }

  @Test
  void suspendedReceiverStopsEveryTargetThere() {
    RunningRouter router = withFile();
    suspended(router, "receiver", "127.0.0.1:" + receivers.port());
    assertThat(status(router, "a")).isEqualTo(503);
    assertThat(status(router, "b")).isEqualTo(503);
    assertThat(status(router, "c")).isEqualTo(200);

    suspended(router, "receiver", "127.0.0.1");
    assertThat(status(router, "c")).isEqualTo(503);
  }

  @Test
  void suspendedApplicationIsRefusedAndOthersAreNot() {
    RunningRouter router = withFile();
    suspended(router, "application", "https://software|looping");

    RawRequest message = RawRequest.message("POST", "/$process-message", "a").body("{}");
    RawAnswer refused =
        RawSender.exchange(
            router.port(), message.with("NHSD-Requesting-Software", software("looping")));

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body().toString()).contains("SEND_FORBIDDEN");
    for (String other : List.of(software("other"), "no Base64", "")) {
      assertThat(
              RawSender.exchange(router.port(), message.with("NHSD-Requesting-Software", other))
                  .status())
          .isEqualTo(200);
    }
    assertThat(status(router, "a")).isEqualTo(200);
  }

  private static String software(String value) {
    JsonObject device =
        new JsonObject()
            .put("resourceType", "Device")
            .put(
                "identifier",
                new JsonArray()
                    .add(new JsonObject().put("system", "https://software").put("value", value)));
    return Base64.getEncoder().encodeToString(device.encode().getBytes(UTF_8));
  }

  @Test
  void everyNodeOfTheFileFollowsAndARestartChangesNothing() {
    RunningRouter one = withFile();
    RunningRouter two = withFile();
    suspended(one, "target", "tests|a");

    await().until(() -> status(two, "a") == 503);
    assertThat(status(withFile(), "a")).as("a node that starts now").isEqualTo(503);

    assertThat(post(two, "/api/suspensions/lift", order("target", "tests|a")).statusCode())
        .isEqualTo(200);
    assertThat(status(two, "a")).isEqualTo(200);
    await().until(() -> status(one, "a") == 200);
  }

  @Test
  void withoutAFileAnOrderHoldsOnThisNodeAndSaysSo() {
    RunningRouter router = started(setup());
    JsonObject done = suspended(router, "target", "tests|a");

    assertThat(done.getBoolean("kept")).isFalse();
    assertThat(done.getString("note")).contains("this node alone");
    assertThat(status(router, "a")).isEqualTo(503);
    assertThat(post(router, "/api/suspensions/lift", order("target", "tests|a")).statusCode())
        .isEqualTo(200);
    assertThat(status(router, "a")).isEqualTo(200);
  }

  @Test
  void orderCountsThoughTheFileCannotBeChanged() throws IOException {
    RunningRouter router = withFile();
    write("{");
    JsonObject done = suspended(router, "target", "tests|a");

    assertThat(done.getBoolean("kept")).isFalse();
    assertThat(status(router, "a")).isEqualTo(503);
    assertThat(Files.readString(file())).as("not written over").isEqualTo("{");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"suspensions\": {}}",
        "{\"suspensions\": [], \"more\": 1}",
        "{\"suspensions\": [{\"target\": \"tests|b\"}]}",
        "{\"suspensions\": [{\"target\": \"tests\", \"reason\": \"r\"}]}",
        "{\"suspensions\": [{\"receiver\": \"https://a/\", \"reason\": \"r\"}]}",
        "{\"suspensions\": [{\"reason\": \"r\"}]}",
        "{\"suspensions\": [{\"target\": \"t|b\", \"receiver\": \"a\", \"reason\": \"r\"}]}",
        "{\"suspensions\": [{\"target\": \"t|b\", \"reason\": \"r\", \"until\": \"then\"}]}",
        "{\"suspensions\": [{\"target\": \"t|b\", \"reason\": \"r\", \"since\": \"then\"}]}",
      })
  void faultyFileLeavesTheLastGoodOneInForce(String content) throws IOException {
    write("{\"suspensions\": [{\"target\": \"tests|a\", \"reason\": \"r\"}]}");
    RunningRouter router = withFile();
    assertThat(status(router, "a")).isEqualTo(503);
    double refused = refused(router);
    write(content);

    await().until(() -> refused(router) > refused);
    assertThat(status(router, "a")).isEqualTo(503);
    assertThat(status(router, "b")).isEqualTo(200);
  }

  @Test
  void fileThatVanishesStaysInForceAndAnEmptyListLetsAllGo() throws IOException {
    write("{\"suspensions\": [{\"target\": \"tests|a\", \"reason\": \"r\"}]}");
    RunningRouter router = withFile();
    Files.delete(file());
    await().until(() -> refused(router) == 1);
    assertThat(status(router, "a")).isEqualTo(503);

    write("{\"suspensions\": []}");
    await().until(() -> status(router, "a") == 200);
  }

  @Test
  void nodeThatStartsWithAFaultyFileIsNotReadyAndRoutesNothing() throws IOException {
    write("{");
    RunningRouter router = withFile();
    assertThat(ask(at(router, "/health/ready")).statusCode()).isEqualTo(503);
    RawAnswer answer = send(router, "a");
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.body().toString()).contains("PROXY_UNAVAILABLE");

    write("{\"suspensions\": []}");
    await().until(() -> status(router, "a") == 200);
    assertThat(ask(at(router, "/health/ready")).statusCode()).isEqualTo(200);
  }

  private static double refused(RunningRouter router) {
    return router
        .process()
        .node()
        .meters()
        .registry()
        .get("bars.suspensions.refused")
        .counter()
        .count();
  }

  @Test
  void whatIsSuspendedIsShownWithWhoAndWhy() {
    RunningRouter router = withFile();
    suspended(router, "receiver", "Receiver.Example:8443");

    JsonObject shown = get(router, "/api/suspensions");
    assertThat(shown.getString("file")).isEqualTo(file().toString());
    JsonObject entry = shown.getJsonArray("suspensions").getJsonObject(0);
    assertThat(entry.getString("receiver")).isEqualTo("receiver.example:8443");
    assertThat(entry.getString("reason")).isEqualTo("ticket 12");
    assertThat(entry.getString("by")).isEqualTo("A. Person (loopback)");
    assertThat(entry.getInstant("since")).isNotNull();
  }

  @Test
  void wrongOrdersChangeNothing() {
    RunningRouter router = withFile();
    for (JsonObject wrong :
        List.of(
            new JsonObject().put("target", "tests|a"),
            new JsonObject().put("reason", "r"),
            order("target", "tests"),
            order("receiver", "a b"),
            order("target", "tests|a").put("receiver", "a"),
            order("target", "tests|a").put("until", "then"),
            order("target", "tests|a").put("reason", "asked by 9990000018"))) {
      HttpResponse<String> answer = post(router, "/api/suspensions", wrong);
      assertThat(answer.statusCode()).as(wrong.encode()).isEqualTo(400);
    }
    assertThat(post(router, "/api/suspensions/lift", order("target", "tests|a")).statusCode())
        .isEqualTo(404);
    assertThat(get(router, "/api/suspensions").getJsonArray("suspensions")).isEmpty();
    assertThat(status(router, "a")).isEqualTo(200);
  }

  @Test
  void changesNeedTheirKey() {
    RunningRouter router = started(setup().set("admin.changes", "off"));
    assertThat(post(router, "/api/suspensions", order("target", "tests|a")).statusCode())
        .isEqualTo(403);
    assertThat(status(router, "a")).isEqualTo(200);
  }

  @Test
  void whereAMessageWouldGoIsToldWithoutSendingOne() {
    RunningRouter router = withFile();
    long before = receivers.arrived();
    JsonObject found = lookup(router, "a");
    assertThat(found.getString("answer")).isEqualTo("found");
    assertThat(found.getString("receiver")).isEqualTo("127.0.0.1:" + receivers.port());
    assertThat(found.getString("baseUrl")).isEqualTo(receivers.url(""));
    assertThat(found.getString("version")).hasSize(12);

    suspended(router, "target", "tests|a");
    JsonObject stopped = lookup(router, "a");
    assertThat(stopped.getString("answer")).isEqualTo("suspended");
    assertThat(stopped.getString("baseUrl")).isEqualTo(receivers.url(""));
    assertThat(stopped.getJsonObject("suspension").getString("reason")).isEqualTo("ticket 12");
    assertThat(lookup(router, "none").getString("answer")).isEqualTo("unknown");
    assertThat(receivers.arrived()).isEqualTo(before);
    for (String wrong : List.of("", "?target=a", "?target=a%7Cb&target=a%7Cb", "?target=%7Cb")) {
      assertThat(ask(at(router, "/api/directory/lookup" + wrong)).statusCode()).isEqualTo(400);
    }
  }

  @Test
  void lastReloadIsShownWithWhatItChangedAndWhatWasRefused() throws IOException {
    RunningRouter router = withFile();
    JsonObject atFirst = get(router, "/api/directory");
    assertThat(atFirst.getInteger("targets")).isEqualTo(3);
    assertThat(atFirst.getJsonObject("lastChange").getInteger("added")).isEqualTo(3);
    assertThat(atFirst.getValue("refused")).isNull();

    Path beside = router.targetsFile().resolveSibling("beside");
    Files.writeString(
        beside,
        RunningRouter.targetsDocument(
            new TreeMap<>(
                Map.of(
                    "a",
                    others.url(""),
                    "b",
                    receivers.url(""),
                    "d",
                    receivers.url(""),
                    "e",
                    "x"))));
    Files.move(beside, router.targetsFile(), StandardCopyOption.ATOMIC_MOVE);
    await()
        .until(
            () ->
                !get(router, "/api/directory")
                    .getString("version")
                    .equals(atFirst.getString("version")));

    JsonObject now = get(router, "/api/directory");
    JsonObject change = now.getJsonObject("lastChange");
    assertThat(change.getInteger("added")).isEqualTo(1);
    assertThat(change.getInteger("removed")).isEqualTo(1);
    assertThat(change.getInteger("changed")).isEqualTo(1);
    assertThat(change.getJsonArray("listed").encode())
        .contains(
            "{\"target\":{\"system\":\"tests\",\"value\":\"c\"},\"before\":\""
                + others.url("")
                + "\",\"after\":null}")
        .contains(
            "\"value\":\"a\"},\"before\":\""
                + receivers.url("")
                + "\",\"after\":\""
                + others.url("")
                + "\"");
    assertThat(now.getJsonObject("faults").getJsonArray("listed").getString(0))
        .startsWith("tests|e: ");

    Files.writeString(beside, "{");
    Files.move(beside, router.targetsFile(), StandardCopyOption.ATOMIC_MOVE);
    await().until(() -> get(router, "/api/directory").getValue("refused") != null);
    JsonObject refused = get(router, "/api/directory").getJsonObject("refused");
    assertThat(refused.getString("reason")).contains("not JSON");
    assertThat(refused.getInstant("at")).isNotNull();
    assertThat(get(router, "/api/directory").getString("version"))
        .isEqualTo(now.getString("version"));
  }
}
