package org.openbars.router.wire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A request's target, taken apart: what is forwarded stays raw, what is matched is percent-decoded
 * once.
 *
 * @param rawPath the path as sent, from its first {@code /}
 * @param path the path percent-decoded once; holds no dot segment, backslash, NUL or encoded slash
 * @param rawQuery what follows the first {@code ?}, as sent; null when there is none
 */
public record RequestTarget(String rawPath, String path, @Nullable String rawQuery) {

  /**
   * Reads origin-form ({@code /path?query}) and absolute-form ({@code http://host/path}) targets.
   * The query may hold any printable ASCII, as real senders leave {@code |} unencoded.
   *
   * @return null for anything that could be read as another path by someone further on: encoded
   *     {@code /}, {@code \}, NUL, dot segments in any spelling (once or twice encoded), a
   *     fragment, control bytes, non-ASCII bytes, broken percent-encoding
   */
  public static @Nullable RequestTarget parse(String uri) {
    String target = withoutAuthority(uri);
    if (target == null || target.isEmpty() || target.charAt(0) != '/') {
      return null;
    }
    boolean plain = true;
    int question = -1;
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c <= 0x20 || c >= 0x7f || c == '#') {
        return null;
      }
      if (question < 0) {
        if (c == '?') {
          question = i;
        } else if (c == '\\') {
          return null;
        } else if (c == '%') {
          plain = false;
        }
      }
    }
    String rawPath = question < 0 ? target : target.substring(0, question);
    String rawQuery = question < 0 ? null : target.substring(question + 1);
    String path = plain ? rawPath : decode(rawPath);
    if (path == null || hasDotSegment(path)) {
      return null;
    }
    return new RequestTarget(rawPath, path, rawQuery);
  }

  /**
   * The path below {@code basePath} as sent, starting with {@code /}; null exactly when {@link
   * #below} is. A sender may have encoded letters of the base path, so it is cut off by what its
   * bytes mean and not by their number.
   *
   * @param basePath ASCII
   */
  public @Nullable String rawBelow(String basePath) {
    if (rawPath.startsWith(basePath)) {
      return below(rawPath, basePath);
    }
    if (below(basePath) == null) {
      return null;
    }
    int at = 0;
    for (int i = 0; i < basePath.length(); i++) {
      at += rawPath.charAt(at) == '%' ? 3 : 1;
    }
    return rawPath.substring(at);
  }

  /**
   * The decoded path below {@code basePath}, starting with {@code /}; null when the path is not
   * below it.
   */
  public @Nullable String below(String basePath) {
    return below(path, basePath);
  }

  private static @Nullable String below(String path, String basePath) {
    if (!path.startsWith(basePath)
        || path.length() == basePath.length()
        || path.charAt(basePath.length()) != '/') {
      return null;
    }
    return path.substring(basePath.length());
  }

  private static @Nullable String withoutAuthority(String uri) {
    if (uri.isEmpty() || uri.charAt(0) == '/') {
      return uri;
    }
    boolean absolute =
        uri.regionMatches(true, 0, "http://", 0, 7) || uri.regionMatches(true, 0, "https://", 0, 8);
    if (!absolute) {
      return null;
    }
    int start = uri.indexOf("://") + 3;
    int end = start;
    while (end < uri.length() && isHostOrPort(uri.charAt(end))) {
      end++;
    }
    return end == start || end == uri.length() || uri.charAt(end) != '/'
        ? null
        : uri.substring(end);
  }

  /** Neither user info nor anything that could end the authority where others do not end it. */
  private static boolean isHostOrPort(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-._~:[]".indexOf(c) >= 0;
  }

  /** Null when the encoding is broken or hides a character that changes the path's shape. */
  private static @Nullable String decode(String rawPath) {
    byte[] bytes = new byte[rawPath.length()];
    int length = 0;
    for (int i = 0; i < rawPath.length(); i++) {
      char c = rawPath.charAt(i);
      if (c != '%') {
        bytes[length++] = (byte) c;
        continue;
      }
      int value = i + 2 < rawPath.length() ? hex(rawPath, i + 1) : -1;
      // Control bytes are refused with NUL: no id needs one, and a log or a header would have to
      // carry it.
      if (value < 0x20 || value == '/' || value == '\\' || value == 0x7f) {
        return null;
      }
      bytes[length++] = (byte) value;
      i += 2;
    }
    String decoded = new String(bytes, 0, length, StandardCharsets.UTF_8);
    return decoded.indexOf('%') >= 0 && hidesMore(decoded) ? null : decoded;
  }

  /**
   * Whether a second decode, by a careless receiver, would bring forth a dot, slash, backslash or
   * control byte.
   */
  private static boolean hidesMore(String decoded) {
    for (int i = decoded.indexOf('%'); i >= 0; i = decoded.indexOf('%', i + 1)) {
      if (i + 2 < decoded.length()) {
        int value = hex(decoded, i + 1);
        if (value >= 0
            && (value < 0x20 || value == '/' || value == '\\' || value == '.' || value == '%')) {
          return true;
        }
      }
    }
    return false;
  }

  private static int hex(String text, int at) {
    int high = text.charAt(at) < 0x80 ? Character.digit(text.charAt(at), 16) : -1;
    int low = text.charAt(at + 1) < 0x80 ? Character.digit(text.charAt(at + 1), 16) : -1;
    return high < 0 || low < 0 ? -1 : high * 16 + low;
  }

  private static boolean hasDotSegment(String path) {
    int start = 0;
    while (start < path.length()) {
      int end = path.indexOf('/', start + 1);
      end = end < 0 ? path.length() : end;
      int from = start + 1;
      // A path parameter does not make a dot segment harmless: some servers cut it before they
      // resolve.
      int semicolon = path.indexOf(';', from);
      int to = semicolon >= 0 && semicolon < end ? semicolon : end;
      boolean one = to - from == 1 && path.charAt(from) == '.';
      boolean two = to - from == 2 && path.charAt(from) == '.' && path.charAt(from + 1) == '.';
      if (one || two) {
        return true;
      }
      start = end;
    }
    return false;
  }
}
