package org.openbars.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;

/** The configuration changes under a running router. */
final class ConfigReloadTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private final RunningReceivers receivers = RunningReceivers.start();
  private final List<RawSender> senders = new ArrayList<>();
  private RunningRouter router;
  private String text;

  @BeforeEach
  void start() throws IOException {
    router =
        RunningRouter.setup()
            .target("quick", receivers.url(""))
            .target("hanging", receivers.url("hang=before-head"))
            .receiver(
                "  \"127.0.0.1:" + receivers.port() + "\":",
                "    insecure: true",
                "    max-in-flight: 50",
                "    deadline: 30s",
                "admit.max-in-flight: 100")
            .set("admin.changes", "on")
            .start();
    text = Files.readString(router.configFile());
  }

  @AfterEach
  void stop() {
    senders.forEach(RawSender::close);
    router.close();
    receivers.close();
  }

  private JsonObject reloaded(int status, String was, String is) throws Exception {
    assertThat(text).contains(was);
    text = text.replace(was, is);
    Files.writeString(router.configFile(), text);
    HttpResponse<String> answer =
        CLIENT.send(
            HttpRequest.newBuilder(
                    URI.create(
                        "http://127.0.0.1:" + router.process().adminPort() + "/api/config/reload"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return new JsonObject(answer.body());
  }

  private int status() {
    return RawSender.exchange(router.port(), RawRequest.message("GET", "/Slot", "quick")).status();
  }

  private RawSender hang() {
    long before = receivers.arrived();
    RawSender sender = RawSender.to(router.port());
    senders.add(sender);
    sender.send(RawRequest.message("GET", "/Slot", "hanging"));
    await().until(() -> receivers.arrived() > before);
    return sender;
  }

  @Test
  void receiversLimitIsChangedForTheNextExchange() throws Exception {
    hang();
    assertThat(status()).isEqualTo(200);
    String key = "receivers.127.0.0.1:" + receivers.port() + ".max-in-flight";

    assertThat(reloaded(200, "max-in-flight: 50", "max-in-flight: 1").getJsonArray("limits"))
        .containsExactly(key);
    assertThat(status()).as("the one that hangs has the permit").isEqualTo(503);

    reloaded(200, "max-in-flight: 1\n    deadline", "max-in-flight: 2\n    deadline");
    assertThat(status()).isEqualTo(200);
  }

  @Test
  void nodesLimitIsChangedForTheNextExchange() throws Exception {
    hang();
    assertThat(
            reloaded(200, "admit.max-in-flight: 100", "admit.max-in-flight: 1")
                .getJsonArray("limits"))
        .containsExactly("admit.max-in-flight");
    assertThat(status()).isEqualTo(503);
    assertThat(
            reloaded(200, "admit.max-in-flight: 1", "admit.max-in-flight: 7")
                .getJsonArray("limits"))
        .containsExactly("admit.max-in-flight");
    assertThat(status()).isEqualTo(200);
  }

  @Test
  void deadlineIsChangedForTheNextExchange() throws Exception {
    RawSender before = hang();
    reloaded(200, "deadline: 30s", "deadline: 200ms");
    RawSender after = hang();

    assertThat(after.answer("GET").status()).isEqualTo(408);
    assertThat(before.arrived()).as("one under way keeps its own").isEmpty();
  }

  @Test
  void whatNeedsARestartIsNamedEachTimeAndChangesNothing() throws Exception {
    JsonObject answer = reloaded(200, "event-loops: 2", "event-loops: 3");
    assertThat(answer.getJsonArray("needRestart")).containsExactly("listen.event-loops");
    assertThat(answer.getJsonArray("limits")).isEmpty();

    JsonObject again = reloaded(200, "max-in-flight: 50", "max-in-flight: 40");
    assertThat(again.getJsonArray("needRestart")).containsExactly("listen.event-loops");
    assertThat(again.getJsonArray("limits")).hasSize(1);
    assertThat(status()).isEqualTo(200);
  }

  @Test
  void limitsBeyondWhatTheRouterStartedWithNeedARestart() throws Exception {
    JsonObject answer = reloaded(200, "deadline: 30s", "deadline: 2m");
    assertThat(answer.getJsonArray("limits")).isEmpty();
    assertThat(answer.getJsonArray("needRestart")).hasSize(1);
  }

  @Test
  void faultyConfigurationIsRefusedWithEveryFault() throws Exception {
    hang();
    reloaded(200, "max-in-flight: 50", "max-in-flight: 2");
    JsonObject answer =
        reloaded(422, "max-in-flight: 2\n    deadline: 30s", "max-in-flight: 1\n    deadline: 30");
    assertThat(answer.getJsonArray("faults").getString(0)).contains("deadline").contains("no unit");
    assertThat(status()).as("two may be in flight still").isEqualTo(200);
  }
}
