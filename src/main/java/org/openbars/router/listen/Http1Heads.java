package org.openbars.router.listen;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Sees on a connection of HTTP/1.1 where requests and answers begin and end, behind the codec. Also
 * takes an {@code Upgrade: h2c} out of the first request: RFC 9113 gave that way into HTTP/2 up, a
 * server may ignore it, and Vert.x would lose the body of the request that asked. On the
 * connection's event loop.
 */
final class Http1Heads extends ChannelDuplexHandler {
  private static final String HTTP2_SETTINGS = "HTTP2-Settings";

  private final HeaderClock clock;
  private boolean first = true;
  private boolean withinMessage;

  Http1Heads(HeaderClock clock) {
    this.clock = clock;
  }

  /** Whether a request's headers are complete and its body is not. */
  boolean withinMessage() {
    return withinMessage;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message == LastHttpContent.EMPTY_LAST_CONTENT) {
      withinMessage = false;
    } else if (message instanceof DefaultHttpRequest request) {
      withinMessage = true;
      clock.complete();
      clock.asked();
      if (first) {
        first = false;
        withoutUpgrade(request);
      }
    } else if (message instanceof LastHttpContent) {
      withinMessage = false;
    }
    ctx.fireChannelRead(message);
  }

  private static void withoutUpgrade(HttpRequest request) {
    if (request.headers().containsValue(HttpHeaderNames.UPGRADE, "h2c", true)) {
      request.headers().remove(HttpHeaderNames.UPGRADE).remove(HTTP2_SETTINGS);
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise)
      throws Exception {
    if (message instanceof LastHttpContent && !isInformational(message)) {
      clock.answered();
    }
    super.write(ctx, message, promise);
  }

  private static boolean isInformational(Object message) {
    return message instanceof HttpResponse response
        && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
  }
}
