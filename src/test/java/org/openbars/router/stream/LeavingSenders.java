package org.openbars.router.stream;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;

/**
 * Senders of one request each that will leave: two thirds on HTTP/1.1 connections of their own, by
 * turns with an orderly end and a reset; a third on two HTTP/2 connections, of which one has its
 * streams reset and the other is closed.
 */
final class LeavingSenders implements AutoCloseable {
  private static final long CANCEL = 0x8;
  private static final int WINDOW = 64 << 20;

  private final List<RawSender> plain = new ArrayList<>();

  /** Those on the connection that stays. */
  private final List<HttpClientRequest> toReset = new CopyOnWriteArrayList<>();

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final HttpClient reset = client();
  private final HttpClient closed = client();
  private final AtomicInteger answered = new AtomicInteger();
  private final int multiplexed;
  private final boolean whole;
  private int begun;

  private LeavingSenders(int multiplexed, boolean whole) {
    this.multiplexed = multiplexed;
    this.whole = whole;
  }

  /** Senders of half a head each, HTTP/1.1 all of them. */
  static LeavingSenders ofHalfAHead(int port, int count, byte[] head) {
    LeavingSenders senders = new LeavingSenders(0, false);
    for (int i = 0; i < count; i++) {
      RawSender sender = RawSender.to(port);
      senders.plain.add(sender.send(Arrays.copyOf(head, head.length / 2)));
    }
    return senders;
  }

  /** Senders of this request; where it is chunked, it must not be whole. */
  static LeavingSenders of(int port, int count, RawRequest request) {
    LeavingSenders senders = new LeavingSenders(count / 3, true);
    for (int i = 0; i < count - senders.multiplexed; i++) {
      senders.plain.add(RawSender.to(port).send(request));
    }
    senders.vertx.runOnContext(
        start -> {
          for (int i = 0; i < senders.multiplexed; i++) {
            senders.stream(i % 2 == 0 ? senders.reset : senders.closed, port, request);
          }
        });
    return senders;
  }

  private HttpClient client() {
    return vertx.createHttpClient(
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            // Room for what every stream holds back, as a gateway has it.
            .setHttp2ConnectionWindowSize(WINDOW),
        new PoolOptions().setHttp2MaxSize(1));
  }

  private void stream(HttpClient client, int port, RawRequest request) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.valueOf(request.method()))
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI(request.target());
    boolean half = !request.values("Transfer-Encoding").isEmpty();
    for (Map.Entry<String, String> header :
        request.without("Host").without("Transfer-Encoding").headers()) {
      options.addHeader(header.getKey(), header.getValue());
    }
    client
        .request(options)
        .onSuccess(
            sent -> {
              if (client == reset) {
                toReset.add(sent);
              }
              send(sent, half ? unframed(request.body()) : request.body(), half);
            });
  }

  /** What follows the first chunk's length: HTTP/2 has no chunks. */
  private static Buffer unframed(Buffer chunks) {
    return chunks.slice(chunks.toString().indexOf("\r\n") + 2, chunks.length());
  }

  private void send(HttpClientRequest sent, Buffer body, boolean half) {
    sent.exceptionHandler(e -> {});
    sent.response()
        .onSuccess(
            answer -> {
              answer.exceptionHandler(e -> {});
              // Nothing more is read of it.
              answer.pause();
              answered.incrementAndGet();
            });
    sent.setChunked(true);
    // What becomes of it is told by the router's and the receiver's counts.
    Future<Void> written = half ? sent.write(body) : sent.end(body);
    written.otherwiseEmpty();
  }

  int count() {
    return plain.size() + multiplexed;
  }

  /** How many of them count as exchanges in flight. */
  int inFlight() {
    return whole ? count() : 0;
  }

  int connections() {
    return plain.size() + (multiplexed > 0 ? 2 : 0);
  }

  /** How many have the beginning of a good answer by now. */
  int answering() {
    for (; begun < plain.size(); begun++) {
      String came = plain.get(begun).arrived();
      if (came.isEmpty()) {
        break;
      }
      if (!came.startsWith("HTTP/1.1 200") && !"HTTP/1.1 200".startsWith(came)) {
        throw new AssertionError(came);
      }
    }
    return begun + answered.get();
  }

  @Override
  public String toString() {
    return begun + " of HTTP/1.1 and " + answered + " of HTTP/2 have an answer";
  }

  void leave() {
    for (int i = 0; i < plain.size(); i++) {
      if (i % 2 == 0) {
        plain.get(i).close();
      } else {
        plain.get(i).reset();
      }
    }
    vertx.runOnContext(now -> toReset.forEach(stream -> stream.reset(CANCEL).otherwiseEmpty()));
    Exchanges.await(closed.close());
  }

  @Override
  public void close() {
    Exchanges.await(vertx.close());
  }
}
