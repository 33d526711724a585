package org.openbars.router.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openbars.router.RouterProcess;
import org.openbars.router.fixture.Endurance;
import org.openbars.router.fixture.RawHttp2;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RunningReceivers;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.fixture.SteadyLoad;

/**
 * Many senders of each slow kind at once: all are ended in time, what they held is given back, and
 * nobody else notices. Slow are those below the lowest rate, over ten seconds.
 */
class SlowPeersTest {
  private static final int EACH = Endurance.of(100, 1000);

  /** Ten seconds is the router's own window; at the default rate a reader has sixty. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static final Duration READER_LIMIT =
      Endurance.of(Duration.ofSeconds(10), Duration.ofSeconds(60));
  private static final String RATE = Endurance.of(1 << 20, 1 << 10) + "B/s";
  private static final Duration MARGIN = Duration.ofSeconds(Endurance.of(90, 10));

  /** One sender that sends a byte now and then, and reads nothing before it is asked to. */
  private static final class Peer implements AutoCloseable {
    private final SocketChannel channel;
    private final boolean trickles;
    private final long since;
    private long endedAfter;

    Peer(int port, byte[] first, boolean trickles) throws IOException {
      this.trickles = trickles;
      this.channel = SocketChannel.open();
      channel.setOption(StandardSocketOptions.SO_RCVBUF, 8 * 1024);
      channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.write(ByteBuffer.wrap(first));
      channel.configureBlocking(false);
      this.since = System.nanoTime();
    }

    boolean ended() {
      return endedAfter > 0;
    }

    /** Sends its byte, and sees whether the connection still stands. */
    void poke() {
      try {
        if (trickles) {
          channel.write(ByteBuffer.wrap(new byte[] {'x'}));
        }
        if (channel.read(ByteBuffer.allocate(1)) < 0) {
          endedAfter = System.nanoTime() - since;
        }
      } catch (IOException e) {
        // Reset counts as ended.
        endedAfter = System.nanoTime() - since;
      }
    }

    /** Reads what is there; whether it ends. */
    boolean drains() {
      ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
      try {
        int read = channel.read(buffer);
        while (read > 0) {
          buffer.clear();
          read = channel.read(buffer);
        }
        return read < 0;
      } catch (IOException e) {
        return true;
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void slowSendersOfEveryKindAreEndedInTimeAndOthersDoNotNotice() throws Exception {
    RunningReceivers receivers = RunningReceivers.start();
    RunningRouter router =
        RunningRouter.setup()
            .set("stream.min-rate", RATE)
            // A busy machine's own delays are not what is tried here.
            .set("stream.connect-timeout", "20s")
            .target("echo", receivers.url("echo"))
            .target("large", receivers.url("body=random,size=2MiB"))
            .target("quick", receivers.url(""))
            .start();
    try (SteadyLoad others = new SteadyLoad(router.port(), "quick", 100)) {
      upTo(others, 100);
      int mark = others.mark();
      upTo(others, mark + 200);
      long before = others.quantile(0.99, mark, others.mark());

      int from = endInTime(router, others);

      others.stop();
      assertThat(others.broken()).isZero();
      assertThat(others.answered().values().stream().filter(status -> status != 200)).isEmpty();
      assertThat(others.quantile(0.99, from, others.mark()))
          .as("microseconds, against %d before", before)
          .isLessThan(2 * before + Endurance.of(10_000_000, 5_000));
    } finally {
      router.close();
      receivers.close();
    }
  }

  private static void upTo(SteadyLoad load, int answers) {
    await().atMost(Duration.ofSeconds(60)).until(() -> load.mark() >= answers);
  }

  /** Gives where the others stood when all slow ones had come. */
  private static int endInTime(RunningRouter router, SteadyLoad others) throws Exception {
    List<Peer> headers = new ArrayList<>();
    List<Peer> bodies = new ArrayList<>();
    List<Peer> readers = new ArrayList<>();
    List<RawHttp2> closedWindows = new ArrayList<>();
    byte[] head = "GET / HTTP/1.1\r\nX-Slow: ".getBytes(StandardCharsets.US_ASCII);
    byte[] upload =
        RawRequest.message("POST", "/$process-message", "echo")
            .with("Content-Length", "1000000")
            .bytes();
    byte[] download = RawRequest.message("GET", "/Slot", "large").bytes();
    RawRequest ping = RawRequest.bare("GET", RunningRouter.BASE_PATH + "/_ping");
    try {
      for (int i = 0; i < EACH; i++) {
        headers.add(new Peer(router.port(), head, true));
        bodies.add(new Peer(router.port(), upload, true));
        readers.add(new Peer(router.port(), download, false));
        RawHttp2 closed = RawHttp2.to(router.port(), RawHttp2.INITIAL_WINDOW_SIZE, 0);
        closed.send(RawHttp2.request(1, ping));
        closedWindows.add(closed);
      }
      await().until(() -> inFlightOfSlow(router.process()) >= 2 * EACH);
      int from = others.mark();
      List<Peer> trickling = new ArrayList<>(headers);
      trickling.addAll(bodies);
      await()
          .atMost(LIMIT.plus(MARGIN))
          .pollInterval(Duration.ofMillis(250))
          .until(
              () -> {
                trickling.stream().filter(peer -> !peer.ended()).forEach(Peer::poke);
                return trickling.stream().allMatch(Peer::ended);
              });
      assertThat(trickling).allMatch(peer -> peer.endedAfter >= LIMIT.toNanos());

      for (RawHttp2 closed : closedWindows) {
        assertThat(closed.next(frame -> frame.type() == RawHttp2.RST_STREAM)).isPresent();
      }
      await().atMost(READER_LIMIT.plus(MARGIN)).until(() -> inFlightOfSlow(router.process()) == 0);
      await()
          .atMost(MARGIN)
          .until(
              () -> {
                readers.removeIf(
                    reader -> {
                      boolean ended = reader.drains();
                      if (ended) {
                        reader.close();
                      }
                      return ended;
                    });
                return readers.isEmpty();
              });
      return from;
    } finally {
      headers.forEach(Peer::close);
      bodies.forEach(Peer::close);
      readers.forEach(Peer::close);
      closedWindows.forEach(RawHttp2::close);
    }
  }

  /** The others have one or two in flight at any time. */
  private static int inFlightOfSlow(RouterProcess process) {
    int inFlight = process.node().capacity().inFlight();
    return inFlight < 10 ? 0 : inFlight;
  }
}
