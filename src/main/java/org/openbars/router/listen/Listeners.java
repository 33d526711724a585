package org.openbars.router.listen;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openbars.router.wire.Credentials;
import org.openbars.router.wire.Keyring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node's listeners: one on each event loop, all of one port. Any thread. */
public final class Listeners {
  /** Vert.x takes its event loops by turns, so a free one comes within one round; some may wait. */
  private static final int ROUNDS = 4;

  private static final AtomicInteger FREE_PORTS = new AtomicInteger();

  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  private final Duration idleTimeout;
  private final Keyring keyring;
  private final int bindPort;
  private final Set<Thread> loops = ConcurrentHashMap.newKeySet();
  private final Set<String> deployments = ConcurrentHashMap.newKeySet();
  private final Set<Listener> listening = ConcurrentHashMap.newKeySet();
  private volatile int port;
  private volatile Runnable deaf = () -> {};

  private Listeners(ListenConfig config, Duration idleTimeout, Keyring keyring) {
    this.idleTimeout = idleTimeout;
    this.keyring = keyring;
    // Of port 0 every listener would get one of its own; of one negative number, the same for all.
    this.bindPort = config.port() == 0 ? -FREE_PORTS.incrementAndGet() : config.port();
  }

  /**
   * Starts {@code listen.event-loops} listeners, one after another: left to themselves two can get
   * the same event loop and another none, which would waste a processor.
   *
   * @param idleTimeout at least {@link ListenConfig#idleTimeout}, and longer than the longest wait
   *     for a receiver
   * @param keyring opened with {@link ListenConfig.Tls#files}, if there are any
   * @param path called on each event loop that is to serve
   */
  public static Future<Listeners> start(
      Vertx vertx,
      ListenConfig config,
      Duration idleTimeout,
      Keyring keyring,
      Supplier<RequestPath> path) {
    Listeners listeners = new Listeners(config, idleTimeout, keyring);
    int tries = ROUNDS * config.eventLoops();
    return listeners
        .deploy(vertx, () -> new Listener(config, listeners, path), config.eventLoops(), tries)
        .map(
            started -> {
              listeners.follow(config.tls());
              return listeners;
            });
  }

  private void follow(ListenConfig.@Nullable Tls tls) {
    if (tls != null) {
      deaf = keyring.of(tls.files()).onChange(this::use);
    }
  }

  /** Vert.x keeps one set of credentials for a port, whichever listener is told. */
  private void use(Credentials credentials) {
    listening.stream()
        .findAny()
        .ifPresent(
            one ->
                one.use(credentials)
                    .onFailure(e -> LOG.error("the new certificate is not in use", e)));
  }

  private Future<Void> deploy(Vertx vertx, Supplier<Listener> listener, int missing, int tries) {
    if (missing == 0) {
      return Future.succeededFuture();
    }
    return vertx
        .deployVerticle(listener.get())
        .transform(
            deployed -> {
              if (deployed.succeeded()) {
                deployments.add(deployed.result());
                return deploy(vertx, listener, missing - 1, tries);
              }
              return deployed.cause() instanceof Listener.LoopTaken && tries > 0
                  ? deploy(vertx, listener, missing, tries - 1)
                  : Future.failedFuture(deployed.cause());
            });
  }

  /**
   * Closes the port, connections without an exchange at once and the others after their answers;
   * completes when none is left. What is left after {@code within} is cut off.
   */
  public Future<Void> drain(Duration within) {
    List<Future<Void>> drained = new ArrayList<>();
    listening.forEach(listener -> drained.add(listener.drain(within)));
    return Future.join(drained).mapEmpty();
  }

  /** Closes the port and every connection; exchanges in flight end as their senders leave. */
  public Future<Void> stop(Vertx vertx) {
    deaf.run();
    List<Future<Void>> stops = new ArrayList<>();
    deployments.forEach(id -> stops.add(vertx.undeploy(id)));
    return Future.join(stops).mapEmpty();
  }

  /** The port in use. */
  public int port() {
    return port;
  }

  /** Whether nobody serves this event loop's thread yet; from now on somebody does. */
  boolean claimLoop(Thread loop) {
    return loops.add(loop);
  }

  void listening(Listener listener, int actualPort) {
    listening.add(listener);
    port = actualPort;
  }

  Keyring keyring() {
    return keyring;
  }

  int bindPort() {
    return bindPort;
  }

  Duration idleTimeout() {
    return idleTimeout;
  }
}
