package org.openbars.router.listen;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openbars.router.wire.Credentials;

/**
 * One event loop's share of the listening socket: HTTP/1.1 and HTTP/2, plain (prior knowledge or
 * upgrade) or TLS (ALPN). Deployed once for each event loop; the operating system's accepted
 * connections go round among them.
 */
final class Listener extends VerticleBase {
  private static final int STREAM_WINDOW = 64 * 1024;

  private static final int BACKLOG = 4096;

  /**
   * What the kernel may hold of an answer. Left to itself it takes megabytes, and then a sender
   * that reads slowly looks for minutes like one that does not read at all.
   */
  private static final int SEND_BUFFER = 256 * 1024;

  /** Another listener serves this event loop already. */
  static final class LoopTaken extends Exception {
    private static final long serialVersionUID = 1L;

    LoopTaken() {
      super("event loop taken", null, false, false);
    }
  }

  private final ListenConfig config;
  private final Listeners all;
  private final Supplier<RequestPath> path;
  private @Nullable RequestPath serving;

  // Written on the event loop, read by whoever drains.
  private volatile @Nullable HttpServer open;

  /**
   * Made for one event loop.
   *
   * @param path called on the event loop that is to serve
   */
  Listener(ListenConfig config, Listeners all, Supplier<RequestPath> path) {
    this.config = config;
    this.all = all;
    this.path = path;
  }

  @Override
  public Future<?> start() {
    if (!all.claimLoop(Thread.currentThread())) {
      return Future.failedFuture(new LoopTaken());
    }
    RequestPath own = path.get();
    serving = own;
    HttpServer server =
        vertx
            .createHttpServer(options())
            .requestHandler(own::handle)
            .invalidRequestHandler(own::handleUndecodable);
    open = server;
    return server.listen().onSuccess(bound -> all.listening(this, bound.actualPort()));
  }

  /** Closes the port; each connection after the answers that are under way. Any thread. */
  Future<Void> drain(Duration within) {
    HttpServer server = open;
    return server == null
        ? Future.succeededFuture()
        : server.shutdown(within.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public Future<?> stop() {
    return serving == null ? Future.succeededFuture() : serving.close();
  }

  private HttpServerOptions options() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(config.host())
            .setPort(all.bindPort())
            .setAcceptBacklog(BACKLOG)
            .setTcpNoDelay(true)
            .setSendBufferSize(SEND_BUFFER)
            .setHandle100ContinueAutomatically(false)
            .setCompressionSupported(false)
            .setDecompressionSupported(false)
            // No WebSocket is served: a handler less on every message's way.
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false)
            .setMaxInitialLineLength(config.maxLine())
            .setMaxHeaderSize(config.maxHeaders())
            .setIdleTimeout((int) all.idleTimeout().toMillis())
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
    http2(options);
    ListenConfig.Tls tls = config.tls();
    if (tls != null) {
      // Never SNI: Vert.x would keep a TLS context for each name asked for (CVE-2026-6860).
      options
          .setSsl(true)
          .setUseAlpn(true)
          .setSslEngineOptions(all.keyring().engine().engineOptions())
          .setSslHandshakeTimeout(config.headerTimeout().toMillis())
          .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
          .setClientAuth(clientAuth(tls));
      all.keyring().engine().into(options.getSslOptions());
      all.keyring().of(tls.files()).now().into(options.getSslOptions());
    }
    return options;
  }

  private static ClientAuth clientAuth(ListenConfig.Tls tls) {
    if (tls.clientTrust() == null) {
      return ClientAuth.NONE;
    }
    return switch (tls.client()) {
      case REQUIRED -> ClientAuth.REQUIRED;
      case OPTIONAL -> ClientAuth.REQUEST;
    };
  }

  /**
   * New connections are met with these; those that are open keep theirs. One listener's are the
   * whole port's. Any thread.
   */
  Future<Boolean> use(Credentials credentials) {
    HttpServer server = open;
    if (server == null) {
      return Future.succeededFuture(false);
    }
    ServerSSLOptions tls = options().getSslOptions();
    credentials.into(tls);
    return server.updateSSLOptions(tls, true);
  }

  private void http2(HttpServerOptions options) {
    ListenConfig.Http2 http2 = config.http2();
    options
        // The connection's window must exceed what all its streams may hold back, or one paused
        // upload would stall every other sender that the API gateway multiplexes on it.
        .setHttp2ConnectionWindowSize(2 * http2.maxStreams() * STREAM_WINDOW)
        .setInitialSettings(
            new Http2Settings()
                .setMaxConcurrentStreams(http2.maxStreams())
                .setInitialWindowSize(STREAM_WINDOW)
                // What is beyond this is answered by the codec, with a status alone; what is beyond
                // the limit itself, with an OperationOutcome.
                .setMaxHeaderListSize(2L * config.maxHeaders()))
        // A sender can make us reset streams as well (MadeYouReset). Above what a gateway's
        // connection sees when a receiver dies in the middle of all its answers, since every sender
        // behind it would lose its own. What senders reset themselves is counted in FrameWalk.
        .setHttp2RstFloodMaxRstFramePerWindow(2 * http2.maxStreams())
        .setHttp2RstFloodWindowDuration(ListenConfig.Http2.WINDOW_SECONDS)
        .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS);
  }
}
