package org.openbars.router.wire;

import org.jspecify.annotations.Nullable;

/**
 * How a request says where its body ends.
 *
 * @param length bytes, -1 when not told
 */
public record BodyShape(Kind kind, long length) {
  /** The ways a request's body is framed. */
  public enum Kind {
    /** No body. */
    NONE,
    /** {@code Content-Length}; 0 is a body of none. */
    LENGTH,
    /** {@code Transfer-Encoding: chunked}. */
    CHUNKED,
    /** HTTP/2 without a length: the stream's end tells. */
    STREAM
  }

  private static final BodyShape NONE = new BodyShape(Kind.NONE, 0);
  private static final BodyShape CHUNKED = new BodyShape(Kind.CHUNKED, -1);
  private static final BodyShape STREAM = new BodyShape(Kind.STREAM, -1);
  private static final int MAX_DIGITS = 18;

  /**
   * Reads the framing headers.
   *
   * @return null when they do not frame a body in one way only, or ask for a transfer coding other
   *     than chunked: passing such a body on would alter it
   */
  public static @Nullable BodyShape of(RequestHeads heads, boolean http2) {
    String coding = heads.transferEncoding();
    String length = heads.contentLength();
    if (coding != null) {
      return !http2 && length == null && coding.trim().equalsIgnoreCase("chunked") ? CHUNKED : null;
    }
    if (length == null) {
      return http2 ? STREAM : NONE;
    }
    if (length.isEmpty()
        || length.length() > MAX_DIGITS
        || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return null;
    }
    return new BodyShape(Kind.LENGTH, Long.parseLong(length));
  }

  /** Whether there is nothing to read. */
  public boolean isEmpty() {
    return kind == Kind.NONE || (kind == Kind.LENGTH && length == 0);
  }
}
