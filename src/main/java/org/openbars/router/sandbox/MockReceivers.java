package org.openbars.router.sandbox;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.sandbox.care.CareReceiver;
import org.openbars.router.sandbox.synthetic.CareSetting;
import org.openbars.router.sandbox.synthetic.SyntheticMessages;

/**
 * Receivers that answer any base path as a BaRS receiver would, and a base path {@code
 * /behave/<directives>} as badly as it says (see {@link Behaviour}). The same ones serve unit
 * tests, load and suppliers. HTTP/1.1 and HTTP/2, plain (h2c) or TLS; no body is ever held. Own
 * event loops; what this class returns is safe on any thread.
 */
public final class MockReceivers {
  private static final String BEHAVE = "/behave/";
  private static final String ORDINARY_PATH = "/FHIR/R4";
  private static final int HEADER_LIMIT = 128 * 1024;
  private static final int STREAMS = 10_000;

  /** Listeners of one negative port share one free port; each start needs a number of its own. */
  private static final AtomicInteger SHARED_PORTS = new AtomicInteger();

  private final Vertx vertx;
  private final Options options;
  private final ArrivalLog log;
  private final Semaphore caring = new Semaphore(CaredExchange.AT_ONCE);
  private final int bindPort;
  private volatile int port;
  private volatile @Nullable String deployment;

  /**
   * Where and how they listen.
   *
   * @param port 0 to 65535, 0 takes a free one
   * @param eventLoops 1 to 64
   * @param arrivals how many of the latest arrivals are kept, 0 to 100,000; 0 also saves hashing
   * @param idleTimeout a connection with nothing read or written for this long is closed; zero for
   *     never
   * @param tls null for plain http
   * @param service the target identifier that the canned messages come from
   * @param care what ordinary requests are answered by; null for canned answers, which know of no
   *     request before
   */
  public record Options(
      String host,
      int port,
      int eventLoops,
      int arrivals,
      Duration idleTimeout,
      @Nullable Tls tls,
      TargetIdentifier service,
      @Nullable CareReceiver care) {
    private static final int MAX_PORT = 65535;
    private static final int MAX_EVENT_LOOPS = 64;
    private static final int MAX_ARRIVALS = 100_000;

    public Options {
      check("port", port, 0, MAX_PORT);
      check("eventLoops", eventLoops, 1, MAX_EVENT_LOOPS);
      check("arrivals", arrivals, 0, MAX_ARRIVALS);
    }

    private static void check(String name, int value, int min, int max) {
      if (value < min || value > max) {
        throw new IllegalArgumentException(
            name + " must be " + min + " to " + max + ", is " + value);
      }
    }

    /** 127.0.0.1, a free port, one event loop, the last 1000 arrivals, plain http. */
    public static Options loopback() {
      return new Options(
          "127.0.0.1",
          0,
          1,
          1000,
          Duration.ZERO,
          null,
          CareSetting.EMERGENCY_DEPARTMENT.target(),
          null);
    }

    public Options withHost(String newHost) {
      return new Options(newHost, port, eventLoops, arrivals, idleTimeout, tls, service, care);
    }

    public Options withPort(int newPort) {
      return new Options(host, newPort, eventLoops, arrivals, idleTimeout, tls, service, care);
    }

    public Options withEventLoops(int loops) {
      return new Options(host, port, loops, arrivals, idleTimeout, tls, service, care);
    }

    public Options withArrivals(int limit) {
      return new Options(host, port, eventLoops, limit, idleTimeout, tls, service, care);
    }

    public Options withIdleTimeout(Duration timeout) {
      return new Options(host, port, eventLoops, arrivals, timeout, tls, service, care);
    }

    public Options withTls(Tls newTls) {
      return new Options(host, port, eventLoops, arrivals, idleTimeout, newTls, service, care);
    }

    /** Cares for what it receives; one event loop is enough then. */
    public Options withCare(CareReceiver newCare) {
      return new Options(host, port, eventLoops, arrivals, idleTimeout, tls, service, newCare);
    }

    public Options withService(TargetIdentifier newService) {
      return new Options(host, port, eventLoops, arrivals, idleTimeout, tls, newService, care);
    }
  }

  /**
   * PEM files; HTTP/2 by ALPN.
   *
   * @param clientTrust certificates that a client's must be signed by; null asks for none
   */
  public record Tls(Path certificate, Path key, @Nullable Path clientTrust) {}

  /**
   * Monotonic counts since the start.
   *
   * @param started request heads that came
   * @param received requests read whole
   * @param completed answers whose last byte was written
   * @param aborted exchanges the sender left before that
   * @param brokenOff exchanges a behaviour reset or closed
   */
  public record Counts(long started, long received, long completed, long aborted, long brokenOff) {
    /** Exchanges that have not ended in any way. */
    public long open() {
      return started - completed - aborted - brokenOff;
    }
  }

  private MockReceivers(Vertx vertx, Options options) {
    this.vertx = vertx;
    this.options = options;
    this.log = new ArrivalLog(options.arrivals());
    this.bindPort = options.port() > 0 ? options.port() : -SHARED_PORTS.incrementAndGet();
  }

  /** Encodes the canned answers on a worker, then listens; the first start takes some seconds. */
  public static Future<MockReceivers> start(Vertx vertx, Options options) {
    MockReceivers receivers = new MockReceivers(vertx, options);
    return vertx
        .executeBlocking(
            () ->
                options.care() == null
                    ? CannedAnswers.render(SyntheticMessages.from(options.service()))
                    : CannedAnswers.errorsOnly(),
            false)
        .compose(receivers::listen)
        .map(receivers);
  }

  private Future<Void> listen(CannedAnswers answers) {
    return vertx
        .deployVerticle(
            () -> new Listener(answers), new DeploymentOptions().setInstances(options.eventLoops()))
        .onSuccess(id -> deployment = id)
        .mapEmpty();
  }

  public int port() {
    return port;
  }

  /** The base URL of an ordinary receiver. */
  public String baseUrl() {
    return origin() + ORDINARY_PATH;
  }

  /**
   * The base URL of a receiver that behaves as {@code directives} say.
   *
   * @throws IllegalArgumentException when they are not known
   */
  public String baseUrl(String directives) {
    Objects.requireNonNull(Behaviour.parse(directives));
    return directives.isEmpty() ? baseUrl() : origin() + BEHAVE + directives;
  }

  /** Scheme, host and port. */
  public String origin() {
    return (options.tls() == null ? "http://" : "https://") + options.host() + ":" + port;
  }

  public Counts counts() {
    return new Counts(
        log.started.sum(),
        log.received.sum(),
        log.completed.sum(),
        log.aborted.sum(),
        log.brokenOff.sum());
  }

  /** The latest arrivals, oldest first. */
  public List<Arrival> arrivals() {
    return log.latest();
  }

  /** Forgets the arrivals; the counts stay. */
  public void clearArrivals() {
    log.clear();
  }

  /** Closes the port and every connection, hanging ones included. */
  public Future<Void> stop() {
    String id = deployment;
    return id == null ? Future.succeededFuture() : vertx.undeploy(id);
  }

  private HttpServerOptions serverOptions() {
    HttpServerOptions server =
        new HttpServerOptions()
            .setHost(options.host())
            .setPort(bindPort)
            .setMaxHeaderSize(HEADER_LIMIT)
            .setMaxInitialLineLength(HEADER_LIMIT)
            .setAcceptBacklog(4096)
            .setHttp2ClearTextEnabled(true)
            // A router that drops many exchanges in a test is not an attack.
            .setHttp2RstFloodMaxRstFramePerWindow(1_000_000);
    server.getInitialSettings().setMaxConcurrentStreams(STREAMS).setMaxHeaderListSize(HEADER_LIMIT);
    if (!options.idleTimeout().isZero()) {
      server.setIdleTimeout((int) options.idleTimeout().toMillis());
      server.setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
    }
    Tls tls = options.tls();
    if (tls != null) {
      server.setSsl(true).setUseAlpn(true);
      server.setKeyCertOptions(
          new PemKeyCertOptions()
              .setCertPath(tls.certificate().toString())
              .setKeyPath(tls.key().toString()));
      if (tls.clientTrust() != null) {
        server.setClientAuth(ClientAuth.REQUIRED);
        server.setTrustOptions(new PemTrustOptions().addCertPath(tls.clientTrust().toString()));
      }
    }
    return server;
  }

  /** One event loop's share of the port. */
  private final class Listener extends VerticleBase {
    private final CannedAnswers answers;

    Listener(CannedAnswers answers) {
      this.answers = answers;
    }

    @Override
    public Future<?> start() {
      HttpServer server = vertx.createHttpServer(serverOptions());
      return server
          .requestHandler(this::receive)
          .listen()
          .onSuccess(listening -> port = listening.actualPort());
    }

    private void receive(HttpServerRequest request) {
      String path = request.path();
      if (!path.startsWith(BEHAVE)) {
        serve(request, Behaviour.ORDINARY, path);
        return;
      }
      int slash = path.indexOf('/', BEHAVE.length());
      int end = slash < 0 ? path.length() : slash;
      Behaviour behaviour;
      try {
        behaviour = Behaviour.parse(path.substring(BEHAVE.length(), end));
      } catch (IllegalArgumentException e) {
        Answer.refuse(request, e).onFailure(gone -> request.connection().close());
        return;
      }
      serve(request, behaviour, path.substring(end));
    }

    private void serve(HttpServerRequest request, Behaviour behaviour, String path) {
      Answer answer = new Answer(request, behaviour, answers, path);
      CareReceiver care = options.care();
      CaredExchange cared =
          care == null || !behaviour.answersOrdinarily()
              ? null
              : new CaredExchange(vertx, care, caring, request, path);
      new ReceivedExchange(vertx, log, request, behaviour, answer, cared).serve();
    }
  }
}
