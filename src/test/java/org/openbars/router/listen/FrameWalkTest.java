package org.openbars.router.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class FrameWalkTest {
  private static final int PING = 0x6;
  private static final int SECOND = 1_000_000_000;

  private final FrameWalk walk = new FrameWalk(new ListenConfig.Http2(250, 5, 10));

  private static ByteBuf frame(int type, int flags, int length) {
    return Unpooled.buffer()
        .writeMedium(length)
        .writeByte(type)
        .writeByte(flags)
        .writeInt(1)
        .writeZero(length);
  }

  private static ByteBuf update(int stream, int increment) {
    return Unpooled.buffer()
        .writeMedium(4)
        .writeByte(0x8)
        .writeByte(0)
        .writeInt(stream)
        .writeInt(increment);
  }

  private boolean walk(int type, int flags, int length, long now) {
    return walk.walk(frame(type, flags, length), now);
  }

  @Test
  void exactlyTheLimitPassesAndOneMoreDoesNot() {
    for (int i = 0; i < 10; i++) {
      assertThat(walk(PING, 0, 8, 0)).isTrue();
    }
    assertThat(walk(PING, 0, 8, 0)).isFalse();
  }

  @Test
  void eachFrameOfAnExchangeAllowsOneMore() {
    walk(0x1, 0x4, 20, 0);
    walk(0x0, 0, 100, 0);
    for (int i = 0; i < 12; i++) {
      assertThat(walk(PING, 0, 8, 0)).isTrue();
    }
    assertThat(walk(PING, 0, 8, 0)).isFalse();
  }

  @Test
  void exactlySoManyResetsPassBeyondHalfOfWhatWasBegun() {
    for (int i = 0; i < 10; i++) {
      assertThat(walk(0x1, 0x4, 20, 0)).isTrue();
      assertThat(walk(0x3, 0, 4, 0)).isTrue();
    }
    assertThat(walk(0x3, 0, 4, 0)).isFalse();
  }

  @Test
  void whoTakesHalfOfItsExchangesBackMayGoOn() {
    for (int i = 0; i < 1000; i++) {
      assertThat(walk(0x1, 0x4, 20, 0)).isTrue();
      assertThat(walk(0x1, 0x4, 20, 0)).isTrue();
      assertThat(walk(0x3, 0, 4, 0)).isTrue();
    }
  }

  @Test
  void windowPassesAndTheCountBeginsAgain() {
    for (int i = 0; i < 10; i++) {
      walk(PING, 0, 8, 5);
    }
    assertThat(walk(PING, 0, 8, 5L + 10L * SECOND)).isFalse();
    assertThat(walk(PING, 0, 8, 6L + 10L * SECOND)).isTrue();
  }

  @Test
  void emptyDataThatEndsNothingCounts() {
    for (int i = 0; i < 10; i++) {
      assertThat(walk(0x0, 0, 0, 0)).isTrue();
    }
    assertThat(walk(0x0, 0x1, 0, 0)).isTrue();
    assertThat(walk(0x0, 0, 0, 0)).isTrue();
    assertThat(walk(0x0, 0, 0, 0)).isFalse();
  }

  @Test
  void framesAreFollowedWhereverTheyAreCut() {
    ByteBuf all = Unpooled.buffer();
    for (int i = 0; i < 11; i++) {
      all.writeBytes(frame(PING, 0, 8)).writeBytes(update(0, 256));
    }
    boolean bearable = true;
    int bytes = 0;
    while (all.isReadable() && bearable) {
      bearable = walk.walk(all.readSlice(1), 0);
      bytes++;
    }
    // The eleventh PING is told by its head.
    assertThat(bytes).isEqualTo(10 * (9 + 8 + 9 + 4) + 9);
  }

  @Test
  void windowUpdatesThatLetLittlePassCount() {
    for (int i = 0; i < 10; i++) {
      assertThat(walk.walk(update(0, 1), 0)).isTrue();
    }
    assertThat(walk.walk(update(0, 1), 0)).isFalse();
  }

  @Test
  void windowUpdatesOfAStreamAloneCount() {
    for (int i = 0; i < 10; i++) {
      assertThat(walk.walk(update(3, 60_000), 0)).isTrue();
    }
    assertThat(walk.walk(update(3, 60_000), 0)).isFalse();
  }

  /** As the smallest reads of a sender look: each twice, for the connection and for the stream. */
  @Test
  void windowUpdatesForWhatWasReadDoNotCount() {
    for (int i = 0; i < 1000; i++) {
      assertThat(walk.walk(update(0, 512), 0)).isTrue();
      assertThat(walk.walk(update(3, 512), 0)).isTrue();
    }
  }

  @Test
  void settingsMustBeKnownFirst() {
    assertThat(walk.owes()).isTrue();
    walk(0x4, 0, 6, 0);
    assertThat(walk.owes()).isTrue();
    walk(0x4, 0x1, 0, 0);
    assertThat(walk.owes()).isFalse();
  }

  @Test
  void headersAreOpenUntilTheirBlockEnds() {
    walk(0x4, 0x1, 0, 0);
    assertThat(walk.owes()).isFalse();
    walk(0x1, 0x1, 20, 0);
    assertThat(walk.owes()).isTrue();
    walk(0x9, 0, 20, 0);
    assertThat(walk.owes()).isTrue();
    walk(0x9, 0x4, 20, 0);
    assertThat(walk.owes()).isFalse();
  }

  @Test
  void dataThatComesInPartsIsNoOpenHeader() {
    walk(0x4, 0x1, 0, 0);
    ByteBuf data = frame(0x0, 0, 1000);
    walk.walk(data.readSlice(500), 0);
    assertThat(walk.owes()).isFalse();
    walk.walk(data, 0);
    walk.walk(frame(0x1, 0x4, 100).readSlice(50), 0);
    assertThat(walk.owes()).isTrue();
  }

  @Test
  void bytesAreLeftForTheCodec() {
    ByteBuf ping = frame(PING, 0, 8);
    walk.walk(ping, 0);
    assertThat(ping.readableBytes()).isEqualTo(17);
  }
}
