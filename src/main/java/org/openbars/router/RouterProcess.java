package org.openbars.router;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.dns.AddressResolverOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openbars.router.admin.AdminConfig;
import org.openbars.router.admin.AdminServer;
import org.openbars.router.admin.AuditQuestions;
import org.openbars.router.admin.Operations;
import org.openbars.router.admin.Page;
import org.openbars.router.admin.Readiness;
import org.openbars.router.admit.Gate;
import org.openbars.router.admit.NodeCapacity;
import org.openbars.router.audit.Asker;
import org.openbars.router.audit.AuditTrail;
import org.openbars.router.config.ConfigReload;
import org.openbars.router.config.RouterConfig;
import org.openbars.router.directory.FileDirectory;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.fhir.Capability;
import org.openbars.router.fhir.CapabilityAnswer;
import org.openbars.router.fhir.Installation;
import org.openbars.router.listen.Doorkeeper;
import org.openbars.router.listen.Listeners;
import org.openbars.router.listen.OpenFiles;
import org.openbars.router.listen.Transports;
import org.openbars.router.meter.DroppedLines;
import org.openbars.router.meter.Meters;
import org.openbars.router.route.BuildInfo;
import org.openbars.router.route.Node;
import org.openbars.router.route.Router;
import org.openbars.router.stream.HeldBytes;
import org.openbars.router.stream.Receivers;
import org.openbars.router.wire.AddressGuard;
import org.openbars.router.wire.Keyring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running router: the parts, wired. Made and stopped by the commands and by tests; any thread.
 */
public final class RouterProcess {
  private static final Logger LOG = LoggerFactory.getLogger(RouterProcess.class);
  private static final Duration IDLE_MARGIN = Duration.ofSeconds(10);
  private static final Duration FORGET_RECEIVERS_EVERY = Duration.ofMinutes(1);

  private final Vertx vertx;
  private final Node node;
  private final AdminServer admin;
  private final Vertx adminVertx;
  private final LimitsReload reload;
  private volatile @Nullable Listeners listeners;
  private @Nullable Future<Void> ended;

  private RouterProcess(
      Vertx vertx,
      Node node,
      AdminConfig config,
      Map<String, Page> pages,
      @Nullable ConfigReload source) {
    this.vertx = vertx;
    this.node = node;
    this.reload = new LimitsReload(source, node);
    // An event loop of its own: a health check must be answered when exchanges keep all others
    // busy.
    this.adminVertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(2));
    this.admin =
        new AdminServer(
            adminVertx,
            config,
            node.meters(),
            readiness(node),
            questions(node),
            new Operations(node.directory(), diary(node), reload::run),
            pages);
  }

  private static Operations.Diary diary(Node node) {
    return (kind, what, caller) ->
        node.audit()
            .search()
            .note(
                kind,
                what,
                new Asker(node.name(), caller.who(), caller.address(), caller.posted()));
  }

  private static AuditQuestions questions(Node node) {
    return (question, caller) ->
        node.audit()
            .search()
            .ask(question, new Asker(node.name(), caller.who(), caller.address(), caller.posted()));
  }

  private static Readiness readiness(Node node) {
    return new Readiness(
        List.of(
            new Readiness.Check("directory", Readiness.Need.TRUE, node.directory()::loaded),
            new Readiness.Check("journal", Readiness.Need.TRUE, node.audit()::accepts),
            new Readiness.Check("draining", Readiness.Need.FALSE, node.capacity()::goingAway)));
  }

  /**
   * Starts a router; completes when it listens. Reads key files, so not on an event loop.
   *
   * @throws IOException when {@code status.api-key-file} or a certificate cannot be read or the
   *     audit's journal cannot be opened
   */
  public static Future<RouterProcess> start(RouterConfig config) throws IOException {
    return start(config, Map.of(), null);
  }

  /**
   * As {@link #start(RouterConfig)}.
   *
   * @param pages for the admin port to serve
   * @param source of the configuration, to be read again; null for none
   */
  public static Future<RouterProcess> start(
      RouterConfig config, Map<String, Page> pages, @Nullable ConfigReload source)
      throws IOException {
    Libraries.check();
    checkOpenFiles(config);
    String statusKey = secret(config.statusKeyFile());
    Meters meters = new Meters();
    Keyring keyring = Certificates.open(config, meters);
    // First, because it may find the journal in another router's hands.
    AuditTrail audit = audit(config, meters, keyring);
    VertxOptions options =
        new VertxOptions()
            .setEventLoopPoolSize(config.listen().eventLoops())
            .setAddressResolverOptions(resolver(config));
    Doorkeeper doorkeeper = new Doorkeeper(config.listen(), meters);
    Vertx vertx =
        Transports.vertx(
            options,
            config.transport().name(),
            doorkeeper,
            new AddressGuard(config.stream().insideNetworks()));
    FileDirectory directory =
        new FileDirectory(vertx, config.directory(), config.stream()::insecure, meters);
    Gate gate = Gate.start(vertx, config.admit(), meters);
    Future<CapabilityAnswer> statement = statement(vertx, config);
    Node node =
        new Node(
            config.node(),
            config.dialect(),
            config.listen(),
            config.admit(),
            config.stream(),
            config.inspect(),
            new NodeCapacity(config.admit(), meters),
            gate,
            directory,
            new Receivers(config.stream(), meters, keyring),
            new HeldBytes(config.inspect().maxHeld(), meters),
            audit,
            meters,
            BuildInfo.read(),
            statusKey,
            format -> inFormat(statement, format));
    DroppedLines.bindTo(meters);
    RouterProcess process = new RouterProcess(vertx, node, config.admin(), pages, source);
    vertx.setPeriodic(
        FORGET_RECEIVERS_EVERY.toMillis(),
        id -> node.receivers().retain(directory.table().receivers()));
    // Of no event loop, as in end: a start that fails ends the loops it would be told on.
    Promise<RouterProcess> started = Promise.promise();
    directory
        .start()
        .compose(loaded -> process.listen(config))
        // Last: whoever is told that the node is ready may send at once.
        .compose(listening -> process.admin.start())
        .onSuccess(bound -> started.complete(process))
        .onFailure(
            failure ->
                process.stop(Duration.ZERO).onComplete((done, fault) -> started.fail(failure)));
    return started.future();
  }

  private static AuditTrail audit(RouterConfig config, Meters meters, Keyring keyring)
      throws IOException {
    try {
      return AuditTrail.start(config.audit(), meters);
    } catch (IOException | RuntimeException e) {
      keyring.close();
      throw e;
    }
  }

  private static void checkOpenFiles(RouterConfig config) throws IOException {
    OptionalLong allowed = OpenFiles.allowedHere();
    if (allowed.isEmpty()) {
      return;
    }
    OpenFiles files =
        new OpenFiles(
            allowed.getAsLong(), config.listen().maxConnections(), config.admit().maxInFlight());
    if (!files.bearable()) {
      throw new IOException(files.advice() + "; at least " + OpenFiles.LEAST);
    }
    if (!files.enough()) {
      LOG.warn("{}", files.advice());
    }
  }

  /** A name must resolve, or be known not to, well within the time for a connection. */
  private static AddressResolverOptions resolver(RouterConfig config) {
    long query = Math.max(50, config.stream().connectTimeout().toMillis() / 3);
    return new AddressResolverOptions()
        .setQueryTimeout(query)
        .setMaxQueries(4)
        .setCacheNegativeTimeToLive(1);
  }

  private static Future<CapabilityAnswer> statement(Vertx vertx, RouterConfig config) {
    Path file = config.metadataFile();
    BuildInfo build = BuildInfo.read();
    return file == null
        ? Capability.ours(vertx, new Installation(config.metadataUrl(), build.version()))
        : Capability.ofFile(vertx, file);
  }

  private static Future<Buffer> inFormat(Future<CapabilityAnswer> statement, AnswerFormat format) {
    return statement.map(answer -> answer.body(format));
  }

  private Future<Void> listen(RouterConfig config) {
    return Listeners.start(
            vertx,
            config.listen(),
            idleTimeout(config),
            node.receivers().keyring(),
            () -> new Router(vertx, node))
        .onSuccess(started -> listeners = started)
        .mapEmpty();
  }

  /** A sender that waits for a slow receiver must not be cut off as idle. */
  private static Duration idleTimeout(RouterConfig config) {
    Duration longest = config.stream().longestDeadline();
    Duration least = longest.plus(IDLE_MARGIN);
    Duration asked = config.listen().idleTimeout();
    return asked.compareTo(least) > 0 ? asked : least;
  }

  private static @Nullable String secret(@Nullable Path file) throws IOException {
    return file == null ? null : Files.readString(file).strip();
  }

  /** Reads the configuration again; never fails, the log says what came of it. */
  public Future<Void> reload() {
    return adminVertx.executeBlocking(reload::run, false).otherwiseEmpty().mapEmpty();
  }

  /** The port that senders use. */
  public int port() {
    return Objects.requireNonNull(listeners).port();
  }

  /** The port that operators use. */
  public int adminPort() {
    return admin.port();
  }

  /** The parts that all event loops share. */
  public Node node() {
    return node;
  }

  public Vertx vertx() {
    return vertx;
  }

  /**
   * Ends without failing an exchange: first says that it is not ready and asks senders to go
   * elsewhere, while a balancer takes notice; then closes the port and waits for what is in flight;
   * then has the audit store what waits. Whatever is over its time is cut off and recorded.
   */
  public Future<Void> drain(RouterConfig.Drain drain) {
    node.capacity().goAway();
    LOG.info(
        "draining: not ready; the port closes in {} ms, {} exchanges are in flight",
        drain.delay().toMillis(),
        node.capacity().inFlight());
    Listeners open = listeners;
    // Of no event loop, as in end.
    Promise<Void> drained = Promise.promise();
    pause(drain.delay())
        .compose(v -> open == null ? Future.succeededFuture() : open.drain(drain.timeout()))
        .onComplete(
            closed -> {
              left(drain.timeout());
              stop(Duration.ZERO, drain.ship()).onComplete(drained);
            });
    return drained.future();
  }

  private Future<Void> pause(Duration delay) {
    return delay.isZero()
        ? Future.succeededFuture()
        : vertx.timer(delay.toMillis(), TimeUnit.MILLISECONDS).mapEmpty();
  }

  private void left(Duration timeout) {
    int left = node.capacity().inFlight();
    if (left == 0) {
      LOG.info("drained: no exchange is in flight");
    } else {
      LOG.warn(
          "{} exchanges did not end within node.drain.timeout ({} ms) and are cut off",
          left,
          timeout.toMillis());
    }
  }

  /**
   * Takes no new exchange, waits up to {@code within} for those in flight and for the audit, then
   * ends.
   */
  public Future<Void> stop(Duration within) {
    return stop(within, within);
  }

  /** Once: whoever stops it again waits for the same end. */
  private synchronized Future<Void> stop(Duration within, Duration ship) {
    Future<Void> stopping = ended;
    if (stopping == null) {
      stopping = end(within, ship);
      ended = stopping;
    }
    return stopping;
  }

  private Future<Void> end(Duration within, Duration ship) {
    node.capacity().drain();
    node.directory().stop();
    long deadline = System.nanoTime() + within.toNanos();
    long shipped = System.nanoTime() + ship.toNanos();
    // Of no event loop: the one that told of an end would be gone by then, and the end with it.
    Promise<Void> stopped = Promise.promise();
    Listeners open = listeners;
    idle(deadline)
        // Those still in flight end here, and leave their records, before the audit stops.
        .compose(v -> open == null ? Future.succeededFuture() : open.stop(vertx))
        .otherwiseEmpty()
        .compose(v -> node.audit().stop(Duration.ofNanos(Math.max(0, shipped - System.nanoTime()))))
        .eventually(
            () -> {
              node.receivers().keyring().close();
              return adminVertx.close();
            })
        .onComplete(
            (done, failure) ->
                vertx.close().onComplete((closed, fault) -> stopped.complete(null, failure)));
    return stopped.future();
  }

  private Future<Void> idle(long deadline) {
    if (node.capacity().inFlight() == 0 || System.nanoTime() > deadline) {
      return Future.succeededFuture();
    }
    return vertx.timer(20, TimeUnit.MILLISECONDS).compose(v -> idle(deadline));
  }
}
