package org.openbars.router.route;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import org.openbars.router.inspect.Inspector;
import org.openbars.router.message.Inspection;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.wire.BodyTap;

/** One request's body, read by an {@link Inspector} as it passes. On the exchange's event loop. */
final class BodyLook implements BodyTap {
  private final Inspector inspector;

  private BodyLook(Inspector inspector) {
    this.inspector = inspector;
  }

  static BodyLook at(HttpServerRequest request, TargetIdentifier target) {
    return new BodyLook(
        Inspector.of(
            request.headers().get(HttpHeaders.CONTENT_TYPE),
            request.headers().get(HttpHeaders.CONTENT_ENCODING),
            target));
  }

  @Override
  public void chunk(Buffer chunk) {
    if (inspector.isReading()) {
      inspector.feed(chunk);
    }
  }

  @Override
  public void ended() {
    inspector.finish();
  }

  @Override
  public Opinion opinion() {
    return switch (inspector.destination()) {
      case MATCHES -> Opinion.PASS;
      case DIFFERS -> Opinion.REFUSE;
      case UNDETERMINED -> inspector.isReading() ? Opinion.WAIT : Opinion.PASS;
    };
  }

  /** What was seen; ends the look. */
  Inspection inspection() {
    return inspector.abandon();
  }
}
