package org.openbars.router.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.fixture.NoCertificates;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.meter.Meters;
import org.openbars.router.wire.AddressGuard;
import org.openbars.router.wire.Networks;

class ListenersTest {
  private static final int CONNECTIONS_A_LOOP = 6;

  /** Answers with nothing and remembers on which thread. */
  private record Remembering(Map<String, AtomicInteger> threads) implements RequestPath {
    @Override
    public void handle(HttpServerRequest request) {
      threads
          .computeIfAbsent(Thread.currentThread().getName(), name -> new AtomicInteger())
          .incrementAndGet();
      request.response().end().onFailure(gone -> request.connection().close());
    }

    @Override
    public void handleUndecodable(HttpServerRequest request) {
      handle(request);
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }

  private static ListenConfig config(int eventLoops, int maxConnections) {
    return new ListenConfig(
        "127.0.0.1",
        0,
        "/base",
        null,
        eventLoops,
        maxConnections,
        8192,
        16384,
        100,
        1024,
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        new ListenConfig.Http2(250, 100, 500));
  }

  private static Listeners start(Vertx vertx, ListenConfig config, Supplier<RequestPath> path)
      throws Exception {
    return Listeners.start(vertx, config, Duration.ofMinutes(1), NoCertificates.keyring(), path)
        .toCompletionStage()
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }

  private static Vertx vertx(int loops, Doorkeeper doorkeeper) {
    VertxOptions options = new VertxOptions().setEventLoopPoolSize(loops);
    return Transports.vertx(options, "auto", doorkeeper, new AddressGuard(Networks.NONE));
  }

  private static double closedForTheLimit(Meters meters) {
    return meters
        .registry()
        .get("bars.connections.closed")
        .tag("reason", "limit")
        .counter()
        .count();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 6})
  void everyEventLoopServesAnEqualShare(int loops) throws Exception {
    ListenConfig config = config(loops, 1000);
    Doorkeeper doorkeeper = new Doorkeeper(config, new Meters());
    Vertx vertx = vertx(loops, doorkeeper);
    Map<String, AtomicInteger> threads = new ConcurrentHashMap<>();
    List<RawSender> senders = new ArrayList<>();
    try {
      Listeners listeners =
          start(
              vertx,
              config,
              () -> {
                // What a router does as well: each client takes event loops by turns.
                vertx.createHttpClient();
                return new Remembering(threads);
              });
      for (int i = 0; i < loops * CONNECTIONS_A_LOOP; i++) {
        RawSender sender = RawSender.to(listeners.port());
        senders.add(sender);
        assertThat(sender.exchange(RawRequest.bare("GET", "/")).status()).isEqualTo(200);
      }

      assertThat(doorkeeper.connections()).isEqualTo(loops * CONNECTIONS_A_LOOP);
      assertThat(threads).hasSize(loops);
      assertThat(threads.values())
          .allSatisfy(share -> assertThat(share).hasValue(CONNECTIONS_A_LOOP));
      senders.forEach(RawSender::close);
      await().until(() -> doorkeeper.connections() == 0);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  @Test
  void connectionBeyondTheLimitIsClosed() throws Exception {
    ListenConfig config = config(2, 2);
    Meters meters = new Meters();
    Doorkeeper doorkeeper = new Doorkeeper(config, meters);
    Vertx vertx = vertx(2, doorkeeper);
    try {
      Listeners listeners = start(vertx, config, () -> new Remembering(new ConcurrentHashMap<>()));
      try (RawSender first = RawSender.to(listeners.port());
          RawSender second = RawSender.to(listeners.port())) {
        assertThat(first.exchange(RawRequest.bare("GET", "/")).status()).isEqualTo(200);
        assertThat(second.exchange(RawRequest.bare("GET", "/")).status()).isEqualTo(200);
        try (RawSender third = RawSender.to(listeners.port())) {
          // Not a byte of it was sent.
          assertThat(third.isClosedByPeer()).isTrue();
        }
        assertThat(closedForTheLimit(meters)).isEqualTo(1);
        await().until(() -> doorkeeper.connections() == 2);
        assertThat(first.exchange(RawRequest.bare("GET", "/")).status()).isEqualTo(200);
      }
      await().until(() -> doorkeeper.connections() == 0);
      try (RawSender again = RawSender.to(listeners.port())) {
        assertThat(again.exchange(RawRequest.bare("GET", "/")).status()).isEqualTo(200);
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }
}
