package org.openbars.router.outcome;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.buffer.Buffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A body with a place for its id; immutable. */
final class Template {
  private static final int ID_LENGTH = 36;

  private final byte[] before;
  private final byte[] after;
  private final boolean fixed;

  private Template(byte[] before, byte[] after, boolean fixed) {
    this.before = before;
    this.after = after;
    this.fixed = fixed;
  }

  /** With {@code fixedId} every body is the same; without, each takes the id it is given. */
  static Template of(String before, @Nullable String fixedId, String after) {
    return fixedId == null
        ? new Template(before.getBytes(UTF_8), after.getBytes(UTF_8), false)
        : new Template((before + fixedId + after).getBytes(UTF_8), new byte[0], true);
  }

  Buffer with(UUID id) {
    if (fixed) {
      return Buffer.buffer(before);
    }
    return Buffer.buffer(before.length + ID_LENGTH + after.length)
        .appendBytes(before)
        .appendString(id.toString())
        .appendBytes(after);
  }
}
