package org.openbars.router.stream;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.PacedBytes;
import org.openbars.router.fixture.RawRequest;

/**
 * Pairs of senders of long bodies, or slow readers of long answers: one on an HTTP/1.1 connection
 * of its own, one on an HTTP/2 connection that all share. They hold next to nothing themselves.
 */
final class SlowSenders implements AutoCloseable {
  private static final int SMALL = 64 * 1024;
  private static final int PIECE = 8 * 1024;

  /** Room for what every stream may hold back, as a gateway has it. */
  private static final int WINDOW = 64 * SMALL;

  private static final int TICK_MS = 20;

  private final int port;
  private final String target;
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final HttpClient shared =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setHttp2ClearTextUpgrade(false)
              .setHttp2ConnectionWindowSize(WINDOW),
          new PoolOptions().setHttp2MaxSize(1));
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger reading = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicLong read = new AtomicLong();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private volatile boolean closing;

  SlowSenders(int port, String target) {
    this.port = port;
    this.target = target;
  }

  /** Two more uploads, as fast as they are taken. */
  void upload(long size) {
    RawRequest request =
        RawRequest.message("POST", "/$process-message", target)
            .with("Content-Length", Long.toString(size));
    plain(
        socket -> {
          socket.getOutputStream().write(request.bytes());
          PacedBytes.write(socket.getOutputStream(), size, new AtomicLong());
          answered(socket.getInputStream());
        });
    multiplexed(request, sent -> pour(sent, size));
  }

  /** Two more downloads, each read at so many bytes a second. */
  void download(long size, int perSecond) {
    RawRequest request = RawRequest.message("GET", "/Slot?bytes=" + size, target);
    plain(
        socket -> {
          socket.getOutputStream().write(request.bytes());
          InputStream in = new BufferedInputStream(socket.getInputStream(), 1024);
          answered(in);
          reading.incrementAndGet();
          PacedBytes.read(in, size, perSecond, read);
        });
    multiplexed(
        request,
        sent -> sent.send().compose(answer -> slowly(answer, size, perSecond).map(answer)));
  }

  private interface Steps {
    void on(Socket socket) throws IOException;
  }

  private void plain(Steps steps) {
    Socket socket = new Socket();
    sockets.add(socket);
    Thread thread =
        new Thread(
            () -> {
              try (socket) {
                socket.setReceiveBufferSize(SMALL);
                socket.setSendBufferSize(SMALL);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                steps.on(socket);
                ended.incrementAndGet();
              } catch (IOException e) {
                failed("HTTP/1.1", e);
              }
            },
            "slow-sender");
    thread.setDaemon(true);
    thread.start();
  }

  /** Reads the head, byte by byte: what follows is the body's. */
  private static void answered(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("no answer");
      }
      head.append((char) b);
    }
    if (!head.toString().startsWith("HTTP/1.1 200 ")) {
      throw new IOException(head.toString());
    }
  }

  private interface Http2Steps {
    Future<HttpClientResponse> on(HttpClientRequest request);
  }

  private void multiplexed(RawRequest request, Http2Steps steps) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.valueOf(request.method()))
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI(request.target());
    for (Map.Entry<String, String> header : request.without("Host").headers()) {
      options.addHeader(header.getKey(), header.getValue());
    }
    vertx.runOnContext(
        start ->
            shared
                .request(options)
                .compose(steps::on)
                .onSuccess(answer -> status(answer.statusCode()))
                .onFailure(e -> failed("HTTP/2", e)));
  }

  private void status(int status) {
    if (status == 200) {
      ended.incrementAndGet();
    } else {
      failed("HTTP/2", new IOException("status " + status));
    }
  }

  /** One piece after the other, each taken before the next is made. */
  private Future<HttpClientResponse> pour(HttpClientRequest to, long size) {
    Promise<HttpClientResponse> promise = Promise.promise();
    to.response().onComplete(promise);
    to.exceptionHandler(promise::tryFail);
    next(to, 0, size);
    return promise.future();
  }

  private void next(HttpClientRequest to, long position, long size) {
    if (position == size) {
      to.end().onFailure(e -> failed("HTTP/2", e));
      return;
    }
    byte[] piece = PacedBytes.at(position, (int) Math.min(PIECE, size - position));
    // Each on a fresh stack: a write that is done at once would call deeper and deeper.
    to.write(Buffer.buffer(piece))
        .onSuccess(v -> vertx.runOnContext(w -> next(to, position + piece.length, size)))
        .onFailure(e -> failed("HTTP/2", e));
  }

  private Future<Void> slowly(HttpClientResponse answer, long size, int perSecond) {
    reading.incrementAndGet();
    answer.pause();
    long[] position = {0};
    long began = System.nanoTime();
    answer.handler(
        chunk -> {
          if (!PacedBytes.isAt(position[0], chunk.getBytes(), chunk.length())) {
            failed("HTTP/2", new IOException("other bytes than were sent, at " + position[0]));
          }
          position[0] += chunk.length();
          read.addAndGet(chunk.length());
        });
    long timer =
        vertx.setPeriodic(
            TICK_MS,
            tick -> {
              double seconds = (System.nanoTime() - began) / 1e9;
              if (position[0] < seconds * perSecond) {
                answer.fetch(1);
              }
            });
    return answer
        .end()
        .eventually(
            () -> {
              vertx.cancelTimer(timer);
              return Future.succeededFuture();
            })
        .compose(
            whole ->
                position[0] == size
                    ? Future.succeededFuture()
                    : Future.failedFuture("ended after " + position[0]));
  }

  private void failed(String version, Throwable failure) {
    if (!closing) {
      failures.add(version + ": " + failure);
    }
  }

  /** Senders whose answer has begun. */
  int reading() {
    return reading.get();
  }

  /** Senders whose exchange went through whole. */
  int ended() {
    return ended.get();
  }

  long read() {
    return read.get();
  }

  List<String> failures() {
    return failures;
  }

  @Override
  public void close() {
    closing = true;
    for (Socket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    Exchanges.await(vertx.close());
  }
}
