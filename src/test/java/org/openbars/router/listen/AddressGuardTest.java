package org.openbars.router.listen;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.dns.AddressResolverOptions;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.meter.Meters;
import org.openbars.router.wire.AddressGuard;
import org.openbars.router.wire.InsideAddressException;
import org.openbars.router.wire.Networks;

/** Names that lead inside lead nowhere. */
class AddressGuardTest {
  private Vertx vertx;

  private void start(String address, Networks allowed) {
    ListenConfig config =
        new ListenConfig(
            "127.0.0.1",
            0,
            "/x",
            null,
            1,
            10,
            1024,
            1024,
            10,
            10,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            new ListenConfig.Http2(1, 1, 10));
    vertx =
        Transports.vertx(
            new VertxOptions()
                .setAddressResolverOptions(
                    new AddressResolverOptions()
                        .setHostsValue(Buffer.buffer(address + " receiver.example\n"))),
            "auto",
            new Doorkeeper(config, new Meters()),
            new AddressGuard(allowed));
  }

  private void connect(String host, int port) throws Exception {
    vertx
        .createNetClient()
        .connect(port, host)
        .toCompletionStage()
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "100.100.100.200",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::1",
        "::7f00:1",
        "ff02::1"
      })
  void nameThatLeadsInsideIsRefused(String address) {
    start(address, Networks.NONE);
    assertThatThrownBy(() -> connect("receiver.example", 80))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InsideAddressException.class);
  }

  @Test
  void whatIsAllowedIsConnectedTo() throws Exception {
    start("127.0.0.1", Networks.parse("127.0.0.0/8"));
    try (ServerSocket socket = new ServerSocket(0)) {
      connect("receiver.example", socket.getLocalPort());
    }
  }

  @Test
  void allowingOneRangeAllowsNoOther() {
    start("169.254.169.254", Networks.parse("127.0.0.0/8,10.0.0.0/8"));
    assertThatThrownBy(() -> connect("receiver.example", 80))
        .hasCauseInstanceOf(InsideAddressException.class);
  }

  @Test
  void addressThatIsWrittenOutIsItsWritersDecision() throws Exception {
    start("127.0.0.1", Networks.NONE);
    try (ServerSocket socket = new ServerSocket(0)) {
      connect("127.0.0.1", socket.getLocalPort());
    }
  }
}
