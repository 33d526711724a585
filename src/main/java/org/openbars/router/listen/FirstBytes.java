package org.openbars.router.listen;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads along in clear, in front of every codec. The first bytes tell HTTP/2 from HTTP/1.1; from
 * then on it sees when headers begin ({@link HeaderClock}), and over HTTP/2 what kinds of frame
 * come ({@link FrameWalk}). Changes nothing. On the connection's event loop.
 */
final class FirstBytes extends ChannelInboundHandlerAdapter {
  /** Of RFC 9113, 3.4. */
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** Vert.x's names for what it puts into the pipeline of HTTP/1.1. */
  private static final String DECODER = "httpDecoder";

  private static final String ENCODER = "httpEncoder";

  private static final long FAREWELL_MS = 500;

  private enum Mode {
    UNKNOWN,
    HTTP1,
    HTTP2,
    FLOODED
  }

  private final HeaderClock clock;
  private final Doorkeeper doorkeeper;
  private Mode mode = Mode.UNKNOWN;
  private int prefaceRead;
  private @Nullable Http1Heads heads;
  private @Nullable FrameWalk walk;

  FirstBytes(HeaderClock clock, Doorkeeper doorkeeper) {
    this.clock = clock;
    this.doorkeeper = doorkeeper;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (mode == Mode.FLOODED || !(message instanceof ByteBuf bytes)) {
      ReferenceCountUtil.release(message);
      return;
    }
    ByteBuf rest = mode == Mode.UNKNOWN ? first(ctx, bytes) : bytes;
    if (rest == null) {
      return;
    }
    if (mode == Mode.HTTP1) {
      http1(ctx, rest);
    } else if (mode == Mode.HTTP2) {
      http2(ctx, rest);
    } else {
      ctx.fireChannelRead(rest);
    }
  }

  /** Passes on what tells the two apart; gives what is left, null when nothing is. */
  private @Nullable ByteBuf first(ChannelHandlerContext ctx, ByteBuf bytes) {
    int start = bytes.readerIndex();
    int length = Math.min(bytes.readableBytes(), PREFACE.length - prefaceRead);
    int same = 0;
    while (same < length && bytes.getByte(start + same) == PREFACE[prefaceRead + same]) {
      same++;
    }
    if (same < length) {
      return firstOfHttp1(ctx, bytes, same + 1);
    }
    prefaceRead += same;
    if (prefaceRead < PREFACE.length) {
      ctx.fireChannelRead(bytes);
      return null;
    }
    mode = Mode.HTTP2;
    walk = new FrameWalk(doorkeeper.http2());
    if (bytes.readableBytes() == same) {
      ctx.fireChannelRead(bytes);
      return null;
    }
    ctx.fireChannelRead(bytes.readRetainedSlice(same));
    return bytes;
  }

  /**
   * Those bytes make Vert.x put up its codec, and {@link Http1Heads} must be in it before a head.
   */
  private @Nullable ByteBuf firstOfHttp1(ChannelHandlerContext ctx, ByteBuf bytes, int telling) {
    mode = Mode.HTTP1;
    ChannelPipeline pipeline = ctx.pipeline();
    ByteBuf rest = bytes;
    if (pipeline.get(DECODER) == null) {
      if (bytes.readableBytes() == telling) {
        rest = null;
        ctx.fireChannelRead(bytes);
      } else {
        ctx.fireChannelRead(bytes.readRetainedSlice(telling));
      }
    }
    if (pipeline.get(DECODER) != null) {
      Http1Heads added = new Http1Heads(clock);
      heads = added;
      pipeline.addAfter(ENCODER, null, added);
    }
    return rest;
  }

  private void http1(ChannelHandlerContext ctx, ByteBuf bytes) {
    Http1Heads seen = heads;
    if (seen != null && !seen.withinMessage() && !clock.waiting() && begins(bytes)) {
      clock.begin();
    }
    ctx.fireChannelRead(bytes);
  }

  /** Line ends after a body are no request's begin: some senders write one too many. */
  private static boolean begins(ByteBuf bytes) {
    for (int i = bytes.readerIndex(); i < bytes.writerIndex(); i++) {
      byte b = bytes.getByte(i);
      if (b != '\r' && b != '\n') {
        return true;
      }
    }
    return false;
  }

  private void http2(ChannelHandlerContext ctx, ByteBuf bytes) {
    FrameWalk seen = walk;
    if (seen == null) {
      ctx.fireChannelRead(bytes);
      return;
    }
    boolean bearable = seen.walk(bytes, System.nanoTime());
    if (!bearable) {
      flooded(ctx, bytes);
      return;
    }
    if (seen.owes()) {
      clock.begin();
    } else {
      clock.complete();
    }
    ctx.fireChannelRead(bytes);
  }

  private void flooded(ChannelHandlerContext ctx, ByteBuf bytes) {
    mode = Mode.FLOODED;
    bytes.release();
    doorkeeper.flood();
    ChannelHandlerContext codec = ctx.pipeline().context(Http2ConnectionHandler.class);
    if (codec == null) {
      ctx.channel().close().addListener(closed -> {});
      return;
    }
    // As Netty answers a flood of resets: GOAWAY, then the end.
    ((Http2ConnectionHandler) codec.handler())
        .onError(
            codec,
            false,
            Http2Exception.connectionError(
                Http2Error.ENHANCE_YOUR_CALM, "too many frames for nothing"));
    // The codec closes when GOAWAY is sent, which a sender that reads nothing would prevent.
    ctx.executor()
        .schedule(() -> end(ctx), FAREWELL_MS, TimeUnit.MILLISECONDS)
        .addListener(done -> {});
  }

  private static void end(ChannelHandlerContext ctx) {
    if (ctx.channel().isOpen()) {
      ctx.pipeline().firstContext().close().addListener(closed -> {});
    }
  }
}
