package org.openbars.router.wire;

import io.vertx.core.buffer.Buffer;

/**
 * Looks at a request's body as it passes. It is shown each chunk before the chunk is written on,
 * and must neither change nor keep it. On the exchange's event loop.
 */
public interface BodyTap {
  /** What the tap thinks of the message by now; asked only while the message is held. */
  enum Opinion {
    /** Not known yet: show it more. */
    WAIT,
    /** Nothing speaks against it, or nothing more will be known. */
    PASS,
    /** It must not reach the receiver. */
    REFUSE
  }

  /** The body's next bytes. */
  void chunk(Buffer chunk);

  /** The body is whole. */
  void ended();

  Opinion opinion();
}
