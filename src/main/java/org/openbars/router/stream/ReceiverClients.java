package org.openbars.router.stream;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.message.Target;
import org.openbars.router.wire.Connections;
import org.openbars.router.wire.Credentials;
import org.openbars.router.wire.Keyring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop's connections to receivers: a pool per receiver host, never shared with another
 * loop, so that a message stays on one thread from sender to receiver. Plain receivers get
 * HTTP/1.1; https ones HTTP/2 where they offer it (ALPN) and it is allowed. Certificates and host
 * names are always checked.
 */
public final class ReceiverClients {
  private static final Logger LOG = LoggerFactory.getLogger(ReceiverClients.class);

  private static final int HTTP2_CONNECTIONS = 4;
  private static final int HTTP2_STREAMS = 100;
  private static final int STREAM_WINDOW = 64 * 1024;
  private static final int CONNECTION_WINDOW = 2 * HTTP2_STREAMS * STREAM_WINDOW;

  /** Vert.x keeps up to 16 chunks of an answer that was paused, so they must not be large. */
  private static final int MAX_CHUNK = 4 * 1024;

  private static final int MAX_LINE = 16 * 1024;
  private static final int MAX_HEADERS = 32 * 1024;
  private static final int SWEEP_MS = 100;
  private static final int IDLE_MARGIN_SECONDS = 2;

  private final Vertx vertx;
  private final StreamConfig config;
  private final Keyring keyring;
  private final HttpClient plain;
  private final Map<StreamConfig.Tls, HttpClient> byTls = new HashMap<>();

  /** What ends being told of new credentials. */
  private final List<Runnable> deaf = new ArrayList<>();

  /** Every open connection; bounded by the pools. */
  private final IdentityHashMap<HttpConnection, Kept> kept = new IdentityHashMap<>();

  private final Map<ReceiverHost, Lane> lanes = new HashMap<>();
  private final long sweeping;

  /** To be made on the event loop that will use it. */
  public ReceiverClients(Vertx vertx, StreamConfig config, Keyring keyring) {
    this.vertx = vertx;
    this.config = config;
    this.keyring = keyring;
    this.plain = client(options());
    this.sweeping = vertx.setPeriodic(SWEEP_MS, id -> sweep());
    // Made now and not with the first message: reading key files must not happen on its way.
    byTls.put(config.tls(), secure(config.tls()));
    for (StreamConfig.Receiver receiver : config.receivers().values()) {
      if (receiver.tls() != null) {
        byTls.computeIfAbsent(receiver.tls(), this::secure);
      }
    }
  }

  private HttpClientAgent client(HttpClientOptions options) {
    return vertx
        .httpClientBuilder()
        .with(options)
        .with(pool())
        .withConnectHandler(connection -> keep(connection))
        .build();
  }

  private Kept keep(HttpConnection connection) {
    Kept made = new Kept(connection, System.nanoTime());
    kept.put(connection, made);
    Connections.flushTogether(connection);
    // Its message hears of it; without this Vert.x logs each, as an error.
    connection.exceptionHandler(e -> {});
    connection.closeHandler(
        v -> {
          kept.remove(connection);
          made.ended(System.nanoTime());
        });
    return made;
  }

  /** What is known of a connection. */
  Kept kept(HttpConnection connection) {
    Kept known = kept.get(connection);
    return known == null ? keep(connection) : known;
  }

  /** This event loop's connections to a receiver. */
  Lane lane(Receiver receiver) {
    Lane lane = lanes.get(receiver.host());
    if (lane == null || lane.receiver() != receiver) {
      // Receivers that left the directory leave no lane behind.
      lanes.values().removeIf(Lane::isEmpty);
      lane = new Lane(receiver);
      lanes.put(receiver.host(), lane);
    }
    return lane;
  }

  private void sweep() {
    long now = System.nanoTime();
    lanes.values().forEach(lane -> lane.sweep(now));
  }

  /**
   * A connection to {@code outbound}'s target, new or used before.
   *
   * @param within milliseconds
   */
  Future<HttpClientRequest> connect(Outbound outbound, HttpMethod method, long within) {
    Target target = outbound.target();
    RequestOptions options =
        new RequestOptions()
            .setMethod(method)
            .setHost(target.receiver().host())
            .setPort(target.receiver().port())
            .setSsl(target.secure())
            .setURI(outbound.uri())
            .setFollowRedirects(false)
            .setConnectTimeout(within);
    HttpClient client =
        target.secure() ? Objects.requireNonNull(byTls.get(outbound.receiver().tls())) : plain;
    return client.request(options);
  }

  /** Runs on this event loop, after what is happening on it now. */
  void later(Runnable step) {
    vertx.runOnContext(v -> step.run());
  }

  private HttpClient secure(StreamConfig.Tls tls) {
    HttpClientOptions options = options().setSsl(true).setVerifyHost(true);
    if (config.http2()) {
      options
          .setProtocolVersion(HttpVersion.HTTP_2)
          .setUseAlpn(true)
          .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1));
    }
    options.setSslEngineOptions(keyring.engine().engineOptions());
    ClientSSLOptions common = options.getSslOptions();
    keyring.engine().into(common);
    Keyring.Held held = keyring.of(tls.files());
    held.now().into(common);
    HttpClientAgent client = client(options);
    Context loop = vertx.getOrCreateContext();
    deaf.add(held.onChange(fresh -> loop.runOnContext(v -> use(client, common.copy(), fresh))));
    return client;
  }

  /**
   * The next connections are made with these. Those that are open end with what they carry: their
   * pool is asked no more.
   */
  private static void use(HttpClientAgent client, ClientSSLOptions common, Credentials fresh) {
    fresh.into(common);
    client
        .updateSSLOptions(common, true)
        .onFailure(e -> LOG.error("the new client certificate is not in use", e));
  }

  private HttpClientOptions options() {
    long longest = config.connectTimeout().toMillis();
    for (StreamConfig.Receiver receiver : config.receivers().values()) {
      if (receiver.connectTimeout() != null) {
        longest = Math.max(longest, receiver.connectTimeout().toMillis());
      }
    }
    // The lanes close idle connections, at their time; this is for what they might miss.
    int idleSeconds = (int) Math.max(1, config.idleTimeout().toSeconds()) + IDLE_MARGIN_SECONDS;
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_1_1)
            .setConnectTimeout((int) longest)
            .setKeepAliveTimeout(idleSeconds)
            .setHttp2KeepAliveTimeout(idleSeconds)
            .setHttp2MultiplexingLimit(HTTP2_STREAMS)
            .setHttp2ConnectionWindowSize(CONNECTION_WINDOW)
            .setMaxInitialLineLength(MAX_LINE)
            .setMaxHeaderSize(MAX_HEADERS)
            .setDecompressionSupported(false)
            .setTcpNoDelay(true)
            .setMaxChunkSize(MAX_CHUNK)
            .setShared(false);
    options.setSslHandshakeTimeout(longest).setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    return options;
  }

  private PoolOptions pool() {
    return new PoolOptions()
        .setHttp1MaxSize(config.maxConnections())
        .setHttp2MaxSize(HTTP2_CONNECTIONS)
        // Each waiter has a permit of its receiver's, and waits no longer than for a connection.
        .setMaxWaitQueueSize(config.mostInFlight())
        .setCleanerPeriod(500);
  }

  /** Closes every connection. */
  public Future<Void> close() {
    vertx.cancelTimer(sweeping);
    deaf.forEach(Runnable::run);
    List<Future<Void>> all = new ArrayList<>();
    all.add(plain.close());
    byTls.values().forEach(client -> all.add(client.close()));
    return Future.join(all).mapEmpty();
  }
}
