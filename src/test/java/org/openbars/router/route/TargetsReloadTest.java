package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;

/** The targets file changes under a running router. */
class TargetsReloadTest {
  private static RunningReceivers first;
  private static RunningReceivers second;
  private RunningRouter router;

  @BeforeAll
  static void startReceivers() {
    first = RunningReceivers.start();
    second = RunningReceivers.start();
  }

  @AfterAll
  static void stopReceivers() {
    first.close();
    second.close();
  }

  @BeforeEach
  void start() {
    RunningRouter.Setup setup = RunningRouter.setup();
    tenTargets().forEach(setup::target);
    router = setup.start();
  }

  @AfterEach
  void stop() {
    router.close();
  }

  private static Map<String, String> tenTargets() {
    Map<String, String> targets = new LinkedHashMap<>();
    for (int i = 0; i < 10; i++) {
      targets.put("t" + i, first.url(""));
    }
    return targets;
  }

  @Test
  void addedTargetIsServed() throws IOException {
    assertThat(status("new")).isEqualTo(404);
    Map<String, String> targets = tenTargets();
    targets.put("new", first.url(""));
    write(targets);

    await().until(() -> status("new") == 200);
  }

  @Test
  void removedTargetIsUnknown() throws IOException {
    assertThat(status("t9")).isEqualTo(200);
    Map<String, String> targets = tenTargets();
    targets.remove("t9");
    write(targets);

    await().until(() -> status("t9") == 404);
    assertThat(status("t0")).isEqualTo(200);
  }

  @Test
  void replacedTargetIsReachedAtItsNewPlace() throws IOException {
    long before = second.arrived();
    Map<String, String> targets = tenTargets();
    targets.put("t0", second.url(""));
    write(targets);

    await().until(() -> status("t0") == 200 && second.arrived() > before);
    long atFirst = first.arrived();
    assertThat(status("t0")).isEqualTo(200);
    assertThat(first.arrived()).isEqualTo(atFirst);
  }

  @Test
  void symbolicLinkTurnedToAnEqualFileInSizeAndTimeIsSeen() throws IOException {
    Path folder = router.targetsFile().getParent();
    Path old = folder.resolve("old.json");
    Path young = folder.resolve("young.json");
    Map<String, String> targets = tenTargets();
    targets.put("abc", first.url(""));
    Files.writeString(old, RunningRouter.targetsDocument(targets));
    targets.remove("abc");
    targets.put("xyz", first.url(""));
    Files.writeString(young, RunningRouter.targetsDocument(targets));
    FileTime time = FileTime.fromMillis(1_790_000_000_000L);
    Files.setLastModifiedTime(old, time);
    Files.setLastModifiedTime(young, time);
    assertThat(Files.size(old)).isEqualTo(Files.size(young));

    turnLink(old);
    await().until(() -> status("abc") == 200);
    turnLink(young);
    await().until(() -> status("xyz") == 200);
    assertThat(status("abc")).isEqualTo(404);
  }

  private void turnLink(Path to) throws IOException {
    Path link = router.targetsFile().resolveSibling("link");
    Files.createSymbolicLink(link, to);
    Files.move(link, router.targetsFile(), StandardCopyOption.ATOMIC_MOVE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "not JSON",
        "[]",
        "null",
        "{}",
        "{\"targets\": {}}",
        "{\"NHSD-Target-Identifier\": []}",
        "{\"NHSD-Target-Identifier\": {}}",
        "{\"NHSD-Target-Identifier\": {\"tests\": {\"t0\": 1}}}",
      })
  void fileThatCannotBeUsedLeavesTheLastGoodOneInService(String content) throws IOException {
    assertRefused(content);
  }

  @Test
  void duplicateKeyIsRefused() throws IOException {
    String good = RunningRouter.targetsDocument(tenTargets());
    assertRefused(good.replace("\"t0\"", "\"t1\""));
    assertRefused(good.replace("}}}", "}, \"tests\": {}}}"));
  }

  @Test
  void moreAfterTheRootIsRefused() throws IOException {
    assertRefused(RunningRouter.targetsDocument(tenTargets()) + "{}");
  }

  @Test
  void fileWithMoreThanAFifthFewerTargetsIsRefused() throws IOException {
    Map<String, String> targets = tenTargets();
    targets.remove("t9");
    targets.remove("t8");
    targets.remove("t7");
    assertRefused(RunningRouter.targetsDocument(targets));

    targets.put("t7", first.url(""));
    write(targets);
    await().until(() -> status("t9") == 404);
    assertThat(status("t0")).isEqualTo(200);
  }

  @Test
  void badEntriesCountAsMissingOnes() throws IOException {
    Map<String, String> targets = tenTargets();
    targets.put("t7", "nowhere");
    targets.put("t8", "http://not-marked-insecure.example/");
    targets.put("t9", "https://a.example/?query");
    assertRefused(RunningRouter.targetsDocument(targets));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nowhere",
        "ftp://a.example/",
        "http://not-marked-insecure.example/",
        "https://user@a.example/",
        "https://a.example/?a=b",
        "https://a.example/#a",
        "https://a.example/a/../b",
        "https://a.example:99999/",
        "https:///a",
      })
  void oneBadEntryIsLeftOutAndTheOthersServe(String url) throws IOException {
    Map<String, String> targets = tenTargets();
    targets.put("t9", url);
    targets.put("new", first.url(""));
    write(targets);

    await().until(() -> status("new") == 200);
    assertThat(status("t9")).isEqualTo(404);
    assertThat(status("t0")).isEqualTo(200);
  }

  @Test
  void fileThatVanishesAndComesBackIsLoaded() throws IOException {
    double refused = refusals();
    Files.delete(router.targetsFile());
    await().until(() -> refusals() > refused);
    assertThat(status("t0")).isEqualTo(200);

    Map<String, String> targets = tenTargets();
    targets.put("new", first.url(""));
    write(targets);
    await().until(() -> status("new") == 200);
  }

  @Test
  void reloadUnderTrafficFailsNoExchange() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger exchanges = new AtomicInteger();
    ExecutorService senders = Executors.newFixedThreadPool(4);
    List<Future<List<Integer>>> failures = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String target = "t" + i;
      failures.add(senders.submit(() -> sendUntil(over, target, exchanges)));
    }
    for (int i = 0; i < 20; i++) {
      String name = "reload" + i;
      int before = exchanges.get();
      Map<String, String> targets = tenTargets();
      targets.put("t0", i % 2 == 0 ? second.url("") : first.url(""));
      targets.put(name, first.url(""));
      write(targets);
      await().until(() -> status(name) == 200 && exchanges.get() > before);
    }
    over.set(true);

    for (Future<List<Integer>> each : failures) {
      assertThat(each.get(30, TimeUnit.SECONDS)).isEmpty();
    }
    senders.shutdown();
    assertThat(exchanges.get()).isGreaterThan(80);
  }

  private List<Integer> sendUntil(AtomicBoolean over, String target, AtomicInteger exchanges) {
    List<Integer> failed = new ArrayList<>();
    try (RawSender sender = RawSender.to(router.port())) {
      while (!over.get()) {
        int status =
            sender.exchange(RawRequest.message("GET", "/Slot?status=free", target)).status();
        if (status != 200) {
          failed.add(status);
        }
        exchanges.incrementAndGet();
      }
    }
    return failed;
  }

  private int status(String target) {
    return RawSender.exchange(router.port(), RawRequest.message("GET", "/Slot", target)).status();
  }

  private double refusals() {
    return router
        .process()
        .node()
        .meters()
        .registry()
        .get("bars.directory.refused")
        .counter()
        .count();
  }

  private void assertRefused(String content) throws IOException {
    double refused = refusals();
    write(content);
    await().until(() -> refusals() > refused);
    for (int i = 0; i < 10; i++) {
      assertThat(status("t" + i)).isEqualTo(200);
    }
  }

  private void write(Map<String, String> targets) throws IOException {
    write(RunningRouter.targetsDocument(targets));
  }

  /** As operators are told to: written beside, then put in the file's place. */
  private void write(String content) throws IOException {
    Path beside = router.targetsFile().resolveSibling("targets.new");
    Files.writeString(beside, content);
    Files.move(
        beside,
        router.targetsFile(),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }
}
