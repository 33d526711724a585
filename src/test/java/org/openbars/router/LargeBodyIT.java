package org.openbars.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.Exchanges.Answered;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.sandbox.GeneratedBody;

/**
 * The packaged router, its heap and its direct memory 64 MB each, carries bodies of 200 MB: no body
 * is ever held.
 */
final class LargeBodyIT {
  private static final long SIZE = 200L << 20;
  private static final int HEAP_MB = 64;
  private static final Vertx VERTX = Vertx.vertx();
  private final RunningReceivers receivers = RunningReceivers.start();
  private Process router;
  private int port;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    port = freePort();
    Files.writeString(
        folder.resolve("targets.json"),
        RunningRouter.targetsDocument(
            Map.of(
                "echo", receivers.url("echo"),
                "sink", receivers.url("body=none"),
                "source", receivers.url("body=random,size=200MiB,seed=3"))));
    Files.writeString(
        folder.resolve("router.yaml"),
        """
        directory: {file: targets.json}
        audit: {mode: off}
        receivers: {"127.0.0.1": {insecure: true}}
        admin: {port: 0}
        """);
    router =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx" + HEAP_MB + "m",
                    "-XX:MaxDirectMemorySize=" + HEAP_MB + "m",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-jar",
                    "target/bars-router.jar",
                    "serve",
                    "--config",
                    folder.resolve("router.yaml").toString(),
                    "--set",
                    "listen.port=" + port,
                    "--set",
                    "node.drain.delay=0s"))
            .redirectErrorStream(true)
            .redirectOutput(new File("target/large-body-router.log"))
            .start();
    Awaitility.await().atMost(30, TimeUnit.SECONDS).until(this::listens);
  }

  @AfterEach
  void stop() throws Exception {
    router.destroy();
    assertThat(router.waitFor(60, TimeUnit.SECONDS)).isTrue();
    receivers.close();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      assertThat(router.isAlive()).isTrue();
      return false;
    }
  }

  private RequestOptions to(String target, HttpMethod method, String path) {
    return Exchanges.to(method, "http://127.0.0.1:" + port + RunningRouter.BASE_PATH + path)
        .putHeader("NHSD-Target-Identifier", RunningRouter.header(target));
  }

  @Test
  void twoHundredMegabytesPassEachWayUnchanged() {
    Exchanges sender = new Exchanges(VERTX, HttpVersion.HTTP_1_1);
    String expected = GeneratedBody.random(3, SIZE).sha256();

    Answered down =
        Exchanges.await(sender.exchange(to("source", HttpMethod.GET, "/Slot"), Buffer.buffer()));
    assertThat(down.length()).isEqualTo(SIZE);
    assertThat(down.sha256()).isEqualTo(expected);

    Answered up =
        Exchanges.await(
            sender.with(
                to("sink", HttpMethod.POST, "/$process-message")
                    .putHeader("Content-Length", "" + SIZE),
                request -> {
                  pour(request, GeneratedBody.random(3, SIZE));
                  return request.response().compose(response -> Exchanges.read(response, 1 << 20));
                }));
    assertThat(up.status()).isEqualTo(200);
    assertThat(receivers.mock().arrivals())
        .anySatisfy(
            arrival -> {
              assertThat(arrival.bodyLength()).isEqualTo(SIZE);
              assertThat(arrival.sha256()).isEqualTo(expected);
            });
    assertThat(router.isAlive()).isTrue();
  }

  @Test
  void twoHundredMegabytesPassBothWaysAtOnce() {
    Exchanges sender = new Exchanges(VERTX, HttpVersion.HTTP_2);
    Future<Answered> both =
        sender.with(
            to("echo", HttpMethod.POST, "/$process-message"),
            request -> {
              request.setChunked(true);
              pour(request, GeneratedBody.random(3, SIZE));
              return request.response().compose(response -> Exchanges.read(response, 1 << 20));
            });
    Answered answered = Exchanges.await(both);
    assertThat(answered.failure()).isEmpty();
    assertThat(answered.sha256()).isEqualTo(GeneratedBody.random(3, SIZE).sha256());
  }

  private static void pour(HttpClientRequest request, GeneratedBody body) {
    Runnable[] more = new Runnable[1];
    more[0] =
        () -> {
          while (!request.writeQueueFull()) {
            byte[] next = body.next(64 * 1024);
            if (next.length == 0) {
              request.drainHandler(null);
              request.end();
              return;
            }
            request.write(Buffer.buffer(next));
          }
        };
    request.drainHandler(v -> more[0].run());
    more[0].run();
  }
}
