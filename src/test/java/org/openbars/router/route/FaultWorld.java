package org.openbars.router.route;

import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.openbars.router.audit.AuditTrail;
import org.openbars.router.fixture.Http2Sender;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.TcpGate;
import org.openbars.router.fixture.TestCertificate;
import org.openbars.router.fixture.TokenServer;
import org.openbars.router.listen.Listeners;
import org.openbars.router.message.Dialect;
import org.openbars.router.sandbox.Arrival;
import org.openbars.router.sandbox.MockReceivers;

/** Routers in every state, in both dialects, and receivers of every kind. */
final class FaultWorld implements AutoCloseable {
  static final int MAX_BODY = 200_000;

  private final MockReceivers.Options options =
      MockReceivers.Options.loopback().withArrivals(10_000);
  private final RunningReceivers receivers = RunningReceivers.start(options);
  private final RunningReceivers slow = RunningReceivers.start(options);
  private final RunningReceivers crowded = RunningReceivers.start(options);
  private final RunningReceivers selfSigned;
  private final TokenServer issuer = TokenServer.start();
  private final JWK key = TokenServer.ec("ec-1");
  private final TcpGate noDatabase = TcpGate.shut(1);
  private final Path folder;
  private final int refused;
  private final Set<String> behaviours = new TreeSet<>();
  private final Map<Dialect, Map<FaultRow.Where, Integer>> ports = new EnumMap<>(Dialect.class);
  private final List<RunningRouter> routers = new ArrayList<>();
  private final List<RawSender> hanging = new ArrayList<>();
  final Http2Sender http2 = new Http2Sender();

  FaultWorld(List<FaultRow> rows) throws Exception {
    rows.forEach(
        row -> {
          if (row.behaviour() != null) {
            behaviours.add(row.behaviour());
          }
        });
    folder = Files.createTempDirectory("bars-router-faults");
    Files.writeString(folder.resolve("status.key"), "right\n");
    Files.writeString(
        folder.resolve("suspensions.json"),
        """
        {"suspensions": [
          {"target": "tests|suspended", "reason": "a test"},
          {"application": "https://software|suspended", "reason": "a test"}]}
        """);
    TestCertificate certificate = TestCertificate.in(folder);
    selfSigned =
        RunningReceivers.start(
            options.withTls(
                new MockReceivers.Tls(certificate.certificate(), certificate.key(), null)));
    try (ServerSocket free = new ServerSocket(0)) {
      refused = free.getLocalPort();
    }
    issuer.publish(key);
    for (Dialect dialect : Dialect.values()) {
      ports.put(dialect, new EnumMap<>(FaultRow.Where.class));
      normal(dialect);
      overloaded(dialect);
      draining(dialect);
      withoutDirectory(dialect);
      auditFull(dialect);
      refusing(dialect);
      guarded(dialect);
    }
  }

  private RunningRouter.Setup setup(Dialect dialect) {
    return RunningRouter.setup()
        .set("errors.dialect", dialect.name().toLowerCase(Locale.ROOT))
        .set("status.api-key-file", folder.resolve("status.key"))
        .set("directory.suspensions", folder.resolve("suspensions.json"))
        .set("listen.max-body", MAX_BODY + "B")
        .set("stream.deadline", "10m")
        .patience(Duration.ZERO)
        .receiver(
            "  \"127.0.0.1:" + slow.port() + "\":", "    insecure: true", "    deadline: 200ms")
        .receiver(
            "  \"127.0.0.1:" + crowded.port() + "\":",
            "    insecure: true",
            "    max-in-flight: 1");
  }

  private RunningRouter.Setup withTargets(RunningRouter.Setup setup) {
    behaviours.forEach(behaviour -> setup.target(behaviour, receivers.url(behaviour)));
    return setup
        .target("good", receivers.url(""))
        .target("suspended", receivers.url(""))
        .target("hanging", receivers.url("hang=before-read"))
        .target("slow", slow.url("hang=before-read"))
        .target("crowded", crowded.url("hang=before-read"))
        .target("refused", "http://127.0.0.1:" + refused)
        .target("unresolved", "https://no-such-host.invalid/FHIR/R4")
        .target("tls-to-plain", "https://127.0.0.1:" + receivers.port() + "/FHIR/R4")
        .target("self-signed", selfSigned.url(""));
  }

  private void normal(Dialect dialect) throws Exception {
    RunningRouter router = start(dialect, FaultRow.Where.NORMAL, withTargets(setup(dialect)));
    hold(router, RawRequest.message("GET", "/Slot", "crowded"));
    ports.get(dialect).put(FaultRow.Where.FAILING, failing(router));
  }

  private void overloaded(Dialect dialect) {
    RunningRouter router =
        start(
            dialect,
            FaultRow.Where.OVERLOADED,
            withTargets(setup(dialect)).set("admit.max-in-flight", 1));
    hold(router, NodeFaults.filling());
  }

  private void draining(Dialect dialect) {
    start(dialect, FaultRow.Where.DRAINING, withTargets(setup(dialect)))
        .process()
        .node()
        .capacity()
        .drain();
  }

  private void withoutDirectory(Dialect dialect) {
    start(dialect, FaultRow.Where.WITHOUT_DIRECTORY, setup(dialect));
  }

  private void refusing(Dialect dialect) {
    start(
        dialect,
        FaultRow.Where.REFUSING,
        withTargets(setup(dialect)).set("inspect.on-mismatch", "refuse"));
  }

  /** PostgreSQL is away for good, and records of others fill the journal. */
  private void auditFull(Dialect dialect) {
    RunningRouter router =
        start(
            dialect,
            FaultRow.Where.AUDIT_FULL,
            withTargets(setup(dialect))
                .set("audit.journal.max-size", "16MiB")
                .set("listen.event-loops", 1)
                .set(
                    "audit.postgres.uri",
                    "postgresql://nobody@127.0.0.1:" + noDatabase.port() + "/nowhere"));
    AuditTrail audit = router.process().node().audit();
    // On the event loop itself: each has a lane of its own, and the lane of the one that answers
    // must be full.
    CountDownLatch full = new CountDownLatch(1);
    router
        .process()
        .vertx()
        .runOnContext(
            v -> {
              while (audit.accepts()) {
                audit.reserve().record(NodeFaults.recorded(), () -> {});
              }
              full.countDown();
            });
    await().until(() -> full.getCount() == 0);
  }

  private void guarded(Dialect dialect) {
    start(dialect, FaultRow.Where.TOKEN, issuer.guarding(withTargets(setup(dialect))));
    start(
        dialect,
        FaultRow.Where.KEYLESS,
        issuer
            .guarding(withTargets(setup(dialect)))
            .set("admit.token.keys.url", "http://127.0.0.1:" + refused + "/keys"));
    start(
        dialect,
        FaultRow.Where.GATEWAY,
        withTargets(setup(dialect))
            .set("admit.mode", "gateway")
            .set("admit.gateway.networks", "127.0.0.1")
            .set("admit.quota.applications", "spent=1/1"));
    start(
        dialect,
        FaultRow.Where.STRANGER,
        withTargets(setup(dialect))
            .set("admit.mode", "gateway")
            .set("admit.gateway.networks", "192.0.2.0/24"));
  }

  /** Uses up the minute's quota of the application {@code spent}. */
  void spend() {
    for (Dialect dialect : Dialect.values()) {
      RawSender.exchange(
          port(dialect, FaultRow.Where.GATEWAY),
          RawRequest.message("GET", "/Slot", "good").with("NHSD-Application-Id", "spent"));
    }
  }

  /** A token whose claims are changed so. */
  String token(UnaryOperator<JWTClaimsSet.Builder> changed) {
    return "Bearer " + TokenServer.token(key, "app-1", changed);
  }

  private RunningRouter start(Dialect dialect, FaultRow.Where where, RunningRouter.Setup setup) {
    RunningRouter router = setup.start();
    routers.add(router);
    ports.get(dialect).put(where, router.port());
    return router;
  }

  /** Sends a message that is never answered, and waits until it is with the receiver. */
  private void hold(RunningRouter router, RawRequest request) {
    long before = arrived();
    hanging.add(RawSender.to(router.port()).send(request));
    await().until(() -> arrived() > before);
  }

  /** One more listener of the same node, whose own CapabilityStatement could not be made. */
  private static int failing(RunningRouter router) throws Exception {
    Node node = router.process().node();
    Node broken =
        new Node(
            node.name(),
            node.dialect(),
            node.listen(),
            node.admit(),
            node.stream(),
            node.inspect(),
            node.capacity(),
            node.gate(),
            node.directory(),
            node.receivers(),
            node.heldBytes(),
            node.audit(),
            node.meters(),
            node.build(),
            node.statusKey(),
            format -> Future.failedFuture(new IllegalStateException("no statement")));
    Vertx vertx = router.process().vertx();
    return Listeners.start(
            vertx,
            node.listen(),
            Duration.ofMinutes(1),
            node.receivers().keyring(),
            () -> new Router(vertx, broken))
        .toCompletionStage()
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS)
        .port();
  }

  int port(Dialect dialect, FaultRow.Where where) {
    return ports.get(dialect).get(where);
  }

  /** Requests that have come to any receiver so far. */
  long arrived() {
    return mocks().mapToLong(RunningReceivers::arrived).sum();
  }

  /** Every request that came to any receiver and has ended. */
  List<Arrival> arrivals() {
    return mocks().flatMap(each -> each.mock().arrivals().stream()).toList();
  }

  private Stream<RunningReceivers> mocks() {
    return Stream.of(receivers, slow, crowded, selfSigned);
  }

  @Override
  public void close() throws IOException {
    hanging.forEach(RawSender::close);
    routers.forEach(RunningRouter::close);
    http2.close();
    mocks().forEach(RunningReceivers::close);
    noDatabase.close();
    issuer.close();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
