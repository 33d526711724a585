package org.openbars.router.route;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openbars.router.listen.ListenConfig;
import org.openbars.router.message.BarsError;
import org.openbars.router.wire.BodyShape;
import org.openbars.router.wire.HeaderRules;
import org.openbars.router.wire.RequestHeads;
import org.openbars.router.wire.RequestTarget;

/**
 * The first check of all: whether a request is one message, of a size we take, that can be read in
 * one way only.
 */
final class Framing {
  /** Two spaces and the version. */
  private static final int LINE_REST = " HTTP/1.1 ".length();

  private final ListenConfig limits;

  Framing(ListenConfig limits) {
    this.limits = limits;
  }

  /** What is wrong with a request as a message; null when nothing is. */
  @Nullable BarsError fault(
      HttpServerRequest request,
      RequestHeads heads,
      @Nullable RequestTarget target,
      @Nullable BodyShape body,
      @Nullable Set<String> nominated) {
    HttpMethod method = request.method();
    // HTTP/2 has no line, and only this limit on what would be one.
    if (method.name().length() + request.uri().length() + LINE_REST > limits.maxLine()) {
      return BarsError.LINE_TOO_LONG;
    }
    // The codec of HTTP/2 lets pass more, so that there is somebody to answer.
    if (heads.count() > limits.maxHeaderCount() || heads.bytes() > limits.maxHeaders()) {
      return BarsError.HEADERS_TOO_LARGE;
    }
    // TRACE would show a receiver's view of our headers to the sender; CONNECT is for tunnels.
    boolean odd = HttpMethod.TRACE.equals(method) || HttpMethod.CONNECT.equals(method);
    boolean unclean = heads.unclean() || heads.hostFault(request.version());
    if (target == null || body == null || odd || unclean) {
      return BarsError.REQUEST_MALFORMED;
    }
    if (nominated != null && !nominated.stream().allMatch(HeaderRules::mayBeNominated)) {
      return BarsError.REQUEST_MALFORMED;
    }
    return body.length() > limits.maxBody() ? BarsError.BODY_TOO_LARGE : null;
  }

  /** What is wrong with a request that could not even be decoded. */
  static BarsError undecodable(@Nullable Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return BarsError.LINE_TOO_LONG;
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return BarsError.HEADERS_TOO_LARGE;
    }
    return BarsError.REQUEST_MALFORMED;
  }
}
