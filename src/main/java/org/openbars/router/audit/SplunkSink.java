package org.openbars.router.audit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.ExchangeRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends records to a Splunk HTTP Event Collector over one connection. A batch is stored when
 * indexers have acknowledged all of it, or with the answer 200 where the token has acknowledgement
 * off. Splunk keeps a batch that came twice twice: such events have the same {@code id}. For the
 * audit's context only.
 */
final class SplunkSink implements AuditSink {
  static final String NAME = "splunk";

  private static final Logger LOG = LoggerFactory.getLogger(SplunkSink.class);
  private static final String EVENTS = "/services/collector/event";
  private static final String ACKS = "/services/collector/ack?channel=";
  private static final int MAX_TOKEN = 512;
  private static final int WAITING = 1;

  /**
   * The bounds of each wait that has no key.
   *
   * @param connect for a connection, TLS included
   * @param answer for the whole of one request and its answer
   * @param firstPoll between the answer and the first question for acknowledgement
   * @param lastPoll between questions, at the most; each wait is twice the one before
   */
  record Waits(Duration connect, Duration answer, Duration firstPoll, Duration lastPoll) {
    static final Waits USUAL =
        new Waits(
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofMillis(100),
            Duration.ofSeconds(2));
  }

  private record Prepared(String token, List<Buffer> bodies) {}

  private final Vertx vertx;
  private final SplunkConfig config;
  private final Waits waits;
  private final SplunkEvents events;
  private final HttpClient client;
  private final URI url;
  private UUID channel = UUID.randomUUID();
  private @Nullable String token;
  private boolean toldOfNoAck;

  SplunkSink(Vertx vertx, SplunkConfig config) {
    this(vertx, config, Waits.USUAL);
  }

  SplunkSink(Vertx vertx, SplunkConfig config, Waits waits) {
    this.vertx = vertx;
    this.config = config;
    this.waits = waits;
    this.events = new SplunkEvents(config);
    this.url = URI.create(config.url());
    this.client =
        vertx
            .httpClientBuilder()
            .with(options())
            .with(pool())
            // What breaks a connection fails its request; Vert.x would log an idle one's end.
            .withConnectHandler(connection -> connection.exceptionHandler(e -> {}))
            .build();
  }

  private HttpClientOptions options() {
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_1_1)
            .setConnectTimeout((int) waits.connect().toMillis())
            .setDecompressionSupported(false)
            .setSsl(url.getScheme().equals("https"))
            .setVerifyHost(true);
    options
        .setSslHandshakeTimeout(waits.connect().toMillis())
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    if (config.caFile() != null) {
      options.setTrustOptions(new PemTrustOptions().addCertPath(config.caFile().toString()));
    }
    return options;
  }

  private static PoolOptions pool() {
    return new PoolOptions().setHttp1MaxSize(1).setMaxWaitQueueSize(WAITING);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Future<Void> store(List<ExchangeRecord> batch) {
    return vertx
        .executeBlocking(() -> new Prepared(token(), events.bodies(batch)), false)
        .compose(this::send)
        .compose(this::awaitAcks)
        .recover(this::failed);
  }

  @Override
  public Future<Void> close() {
    return AuditTrail.onCallersContext(client.close());
  }

  // On a worker, while no batch but this one is under way.
  private String token() throws StoreFailure {
    String known = token;
    if (known != null) {
      return known;
    }
    String read;
    try {
      read = Files.readString(config.tokenFile()).strip();
    } catch (IOException e) {
      throw new StoreFailure(
          "audit.splunk.token-file cannot be read: " + e.getClass().getSimpleName());
    }
    boolean plain = read.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    if (read.isEmpty() || read.length() > MAX_TOKEN || !plain) {
      throw new StoreFailure("audit.splunk.token-file does not hold a token and nothing else");
    }
    return read;
  }

  // The token may have been changed meanwhile. On a new channel no acknowledgement of the lost try
  // is taken for one of the next.
  private Future<Void> failed(Throwable e) {
    if (e instanceof RefusedBatch) {
      return Future.failedFuture(e);
    }
    token = null;
    channel = UUID.randomUUID();
    return Future.failedFuture(
        e instanceof StoreFailure
            ? e
            : new StoreFailure("Splunk at " + url.getAuthority() + " did not answer: " + what(e)));
  }

  private static String what(Throwable e) {
    String message = e.getMessage();
    return e.getClass().getSimpleName() + (message == null ? "" : " " + message);
  }

  // One body after the other, so that the order is kept.
  private Future<Set<Long>> send(Prepared prepared) {
    token = prepared.token();
    Set<Long> ackIds = new TreeSet<>();
    Future<Void> sent = Future.succeededFuture();
    for (Buffer body : prepared.bodies()) {
      sent = sent.compose(v -> post(EVENTS, body, config.gzip())).compose(a -> taken(a, ackIds));
    }
    return sent.map(ackIds);
  }

  private Future<Void> taken(SplunkAnswer answer, Set<Long> ackIds) {
    if (!answer.taken()) {
      return Future.failedFuture(answer.failure());
    }
    if (answer.ackId().isPresent() && config.ack()) {
      ackIds.add(answer.ackId().getAsLong());
    } else if (config.ack() && !toldOfNoAck) {
      toldOfNoAck = true;
      LOG.warn(
          "Splunk acknowledges nothing with this token: its answer 200 counts as stored;"
              + " switch on indexer acknowledgement, or set audit.splunk.ack: off");
    }
    return Future.succeededFuture();
  }

  private Future<Void> awaitAcks(Set<Long> ackIds) {
    if (ackIds.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> all = Promise.promise();
    long deadline = System.nanoTime() + config.ackTimeout().toNanos();
    pollLater(ackIds, waits.firstPoll().toMillis(), deadline, all);
    return all.future();
  }

  private void pollLater(Set<Long> ackIds, long delay, long deadline, Promise<Void> all) {
    vertx.setTimer(
        Math.max(1, delay),
        timer ->
            post(ACKS + channel, question(ackIds), false)
                .onComplete(
                    (answer, e) -> {
                      if (e == null && !answer.tellsAcks() && !answer.passes()) {
                        all.fail(answer.failure());
                        return;
                      }
                      if (e == null && answer.tellsAcks()) {
                        ackIds.removeAll(answer.acknowledged(ackIds));
                      }
                      pollAgain(ackIds, delay, deadline, all);
                    }));
  }

  // A question that failed says nothing of the events: sending them again would double them.
  private void pollAgain(Set<Long> ackIds, long delay, long deadline, Promise<Void> all) {
    if (ackIds.isEmpty()) {
      all.complete();
    } else if (System.nanoTime() - deadline >= 0) {
      all.fail(
          new StoreFailure(
              "Splunk has not acknowledged within audit.splunk.ack-timeout ("
                  + config.ackTimeout().toMillis()
                  + " ms)"));
    } else {
      pollLater(ackIds, Math.min(2 * delay, waits.lastPoll().toMillis()), deadline, all);
    }
  }

  private static Buffer question(Set<Long> ackIds) {
    return new JsonObject().put("acks", new JsonArray(new ArrayList<>(ackIds))).toBuffer();
  }

  private Future<SplunkAnswer> post(String path, Buffer body, boolean gzip) {
    boolean secure = url.getScheme().equals("https");
    int standardPort = secure ? 443 : 80;
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(url.getHost())
            .setPort(url.getPort() < 0 ? standardPort : url.getPort())
            .setURI(url.getRawPath() + path)
            .setFollowRedirects(false)
            .setConnectTimeout(waits.connect().toMillis())
            .putHeader("Authorization", "Splunk " + token)
            .putHeader("Content-Type", "application/json");
    if (config.ack()) {
      options.putHeader("X-Splunk-Request-Channel", channel.toString());
    }
    if (gzip) {
      options.putHeader("Content-Encoding", "gzip");
    }
    return client.request(options).compose(request -> answered(request, body));
  }

  // A request given up takes its connection with it: else it would hold the only one.
  private Future<SplunkAnswer> answered(HttpClientRequest request, Buffer body) {
    return request
        .send(body)
        .compose(SplunkSink::read)
        .timeout(waits.answer().toMillis(), TimeUnit.MILLISECONDS)
        .recover(e -> request.reset().transform(reset -> Future.failedFuture(e)));
  }

  private static Future<SplunkAnswer> read(HttpClientResponse response) {
    Promise<SplunkAnswer> answer = Promise.promise();
    Buffer body = Buffer.buffer();
    response.handler(
        bytes -> {
          if (body.length() + bytes.length() > SplunkAnswer.MAX_BODY) {
            answer.tryFail(new StoreFailure("Splunk's answer is longer than any of a collector's"));
          } else {
            body.appendBuffer(bytes);
          }
        });
    response.exceptionHandler(answer::tryFail);
    response.endHandler(v -> answer.tryComplete(SplunkAnswer.read(response.statusCode(), body)));
    return answer.future();
  }
}
