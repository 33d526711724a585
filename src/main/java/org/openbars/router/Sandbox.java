package org.openbars.router;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.openbars.router.RunUntilStopped.StartFailed;
import org.openbars.router.admin.Page;
import org.openbars.router.config.ConfigLoader;
import org.openbars.router.config.Fault;
import org.openbars.router.config.Loaded;
import org.openbars.router.config.RouterConfig;
import org.openbars.router.ledger.SealKeys;
import org.openbars.router.sandbox.EmbeddedDatabase;
import org.openbars.router.sandbox.SandboxBanner;
import org.openbars.router.sandbox.SandboxPages;
import org.openbars.router.sandbox.SandboxReceivers;
import org.openbars.router.sandbox.SandboxTargets;
import org.openbars.router.sandbox.care.Correspondence;
import org.openbars.router.sandbox.journey.Journey;
import org.openbars.router.sandbox.synthetic.CareSetting;

/** The running sandbox: what it started, and in which order that ends. Blocking. */
final class Sandbox {
  private static final String TARGETS = "targets.json";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration STOP_WITHIN = Duration.ofSeconds(5);
  private static final Duration FIRST_WITHIN = Duration.ofSeconds(15);
  private static final String SEALS = "seals";
  private static final String SEAL_KEY = "seal.pem";

  private final Vertx vertx;
  private final EmbeddedDatabase database;
  private final RouterProcess router;
  private final Path run;
  private final SandboxBanner banner;
  private final Correspondence correspondence;
  private final boolean audits;

  private Sandbox(
      Vertx vertx,
      EmbeddedDatabase database,
      RouterProcess router,
      Path run,
      SandboxBanner banner,
      Correspondence correspondence,
      boolean audits) {
    this.vertx = vertx;
    this.database = database;
    this.router = router;
    this.run = run;
    this.banner = banner;
    this.correspondence = correspondence;
    this.audits = audits;
  }

  /**
   * What to start with.
   *
   * @param folder keeps PostgreSQL's unpacked binaries
   * @param sets keys of the router's configuration
   * @param others base URLs of receivers that stand in for mock ones
   * @param journeys whose use cases the mock receivers hold
   */
  record Setup(
      Path folder, List<String> sets, Map<CareSetting, String> others, List<Journey> journeys) {}

  /** The configuration is not one to run with. */
  static final class Misconfigured extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Fault> faults;

    Misconfigured(List<Fault> faults) {
      super("misconfigured", null, false, false);
      this.faults = faults;
    }

    List<Fault> faults() {
      return faults;
    }
  }

  /** Starts everything; what had started is ended again when something fails. */
  static Sandbox start(Setup setup) throws IOException, StartFailed, Misconfigured {
    // Faults of the configuration first: they cost nothing to find.
    configured(setup, Path.of(""), "postgresql://postgres@127.0.0.1:1/postgres", List.of());
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    // Side by side: each takes seconds, most of it waiting or warming up.
    Future<EmbeddedDatabase> database =
        vertx.executeBlocking(() -> EmbeddedDatabase.start(setup.folder, 0, false), false);
    Future<SandboxReceivers> receivers =
        SandboxReceivers.start(vertx, 0, setup.journeys.stream().map(Journey::useCase).toList());
    Future<SandboxPages> pages =
        vertx.executeBlocking(() -> SandboxPages.render(Instant.now()), false);
    try {
      RunUntilStopped.await(Future.join(database, receivers, pages), PATIENCE);
      return with(vertx, setup, database.result(), receivers.result(), pages.result());
    } catch (ExecutionException e) {
      end(vertx, database);
      throw new StartFailed(
          String.valueOf((e.getCause() == null ? e : e.getCause()).getMessage()), e);
    } catch (TimeoutException | IOException | StartFailed e) {
      end(vertx, database);
      throw e instanceof StartFailed failed
          ? failed
          : new StartFailed(String.valueOf(e.getMessage()), e);
    }
  }

  private static Sandbox with(
      Vertx vertx,
      Setup setup,
      EmbeddedDatabase database,
      SandboxReceivers receivers,
      SandboxPages pages)
      throws IOException, StartFailed, Misconfigured {
    Path run = Files.createTempDirectory(setup.folder, "router-");
    SandboxTargets targets = receivers.targets().with(setup.others);
    Files.writeString(run.resolve(TARGETS), targets.json());
    Files.createDirectory(run.resolve(SEALS));
    SealKeys.make(run.resolve(SEAL_KEY));
    RouterConfig config = configured(setup, run, database.uri(), sealed(run));
    RouterProcess router;
    try {
      router = RunUntilStopped.start(config, pages(pages), null);
    } catch (StartFailed e) {
      remove(run);
      throw e;
    }
    tryOut(vertx, router, config);
    String base =
        "http://" + config.listen().host() + ":" + router.port() + config.listen().basePath();
    String admin = "http://" + config.admin().host() + ":" + router.adminPort();
    SandboxBanner banner = new SandboxBanner(base, admin, database.uri(), targets, setup.folder);
    return new Sandbox(
        vertx, database, router, run, banner, receivers.correspondence(), config.audit().on());
  }

  /** So that the banner's last line finds what its first one did. */
  private static void tryOut(Vertx vertx, RouterProcess router, RouterConfig config)
      throws StartFailed {
    try {
      RunUntilStopped.await(new FirstExchange(vertx, router, config).run(), FIRST_WITHIN);
    } catch (ExecutionException | TimeoutException e) {
      // Whatever was set may be meant so; what is wrong, the log says.
      System.err.println("bars-router: the sandbox's own first exchange was not recorded: " + e);
    }
  }

  private static List<String> sealed(Path run) {
    return List.of(
        "audit.seal.path=" + run.resolve(SEALS).toAbsolutePath(),
        "audit.seal.key-file=" + run.resolve(SEAL_KEY).toAbsolutePath());
  }

  private static RouterConfig configured(Setup setup, Path run, String database, List<String> seals)
      throws Misconfigured {
    List<String> all = new ArrayList<>(seals);
    all.add("directory.file=" + run.resolve(TARGETS).toAbsolutePath());
    all.add("audit.journal.path=" + run.resolve("audit-journal").toAbsolutePath());
    all.add("receivers.127.0.0.1.insecure=true");
    // All mock receivers are one host: those that fail on purpose must not close the others.
    all.add("receivers.127.0.0.1.breaker=off");
    for (String other : setup.others.values()) {
      URI uri = URI.create(other);
      if ("http".equals(uri.getScheme())) {
        all.add("receivers." + uri.getHost() + ".insecure=true");
      }
    }
    all.add("audit.postgres.uri=" + database);
    all.addAll(setup.sets);
    Loaded loaded = ConfigLoader.load(null, all, Map.of());
    if (loaded instanceof Loaded.Faulty faulty) {
      throw new Misconfigured(faulty.faults());
    }
    return ((Loaded.Ok) loaded).config();
  }

  private static Map<String, Page> pages(SandboxPages pages) {
    Map<String, Page> byPath = new HashMap<>();
    pages
        .byName()
        .forEach(
            (name, page) ->
                byPath.put(
                    SandboxPages.PATH + name,
                    new Page(Buffer.buffer(page.bytes()), page.contentType())));
    return byPath;
  }

  private static void end(Vertx vertx, Future<EmbeddedDatabase> database) {
    if (database.succeeded()) {
      database.result().stop();
    }
    vertx.close();
  }

  /** What runs where. */
  SandboxBanner banner() {
    return banner;
  }

  /** Whether exchanges are recorded. */
  boolean audits() {
    return audits;
  }

  /** What the mock receivers know of one another's messages. */
  Correspondence correspondence() {
    return correspondence;
  }

  // Two levels: the run's folder, and the journal's and the seals' in it.
  private static void remove(Path folder) throws IOException {
    try (Stream<Path> inside = Files.walk(folder, 2)) {
      for (Path each : inside.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  /** Ends everything that was started, the router first; leaves the folder's unpacked binaries. */
  boolean stop() throws Exception {
    try {
      RunUntilStopped.await(router.stop(STOP_WITHIN), PATIENCE);
      RunUntilStopped.await(vertx.close(), PATIENCE);
    } finally {
      database.stop();
      remove(run);
    }
    return true;
  }
}
