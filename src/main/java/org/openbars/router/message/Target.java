package org.openbars.router.message;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where a message is received: a base URL from the target directory, taken apart once. Values made
 * by {@link #parse} have no user info, query, fragment or dot segment, so that what is appended
 * cannot leave the base path.
 *
 * @param receiver host and port, the port explicit
 * @param secure whether the receiver is reached over https
 * @param basePath the path without its last {@code /}, as written; empty for none
 */
public record Target(ReceiverHost receiver, boolean secure, String basePath) {
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;

  /**
   * Reads a base URL as the live targets file writes it. One trailing {@code /} is cut (live proxy,
   * SetTargetUrl).
   *
   * @throws IllegalArgumentException naming what is wrong with it; the message holds no part of the
   *     URL
   */
  public static Target parse(String baseUrl) {
    URI uri;
    try {
      uri = new URI(baseUrl);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not a URL", e);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !scheme.equals("http")) {
      throw new IllegalArgumentException("scheme must be https or http");
    }
    if (uri.getHost() == null || uri.getHost().isEmpty()) {
      throw new IllegalArgumentException("no host");
    }
    if (uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException("user info is not allowed");
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new IllegalArgumentException("query and fragment are not allowed");
    }
    boolean secure = scheme.equals("https");
    int port = uri.getPort() >= 0 ? uri.getPort() : secure ? HTTPS_PORT : HTTP_PORT;
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    for (String segment : path.split("/", -1)) {
      String plain = segment.toLowerCase(Locale.ROOT).replace("%2e", ".");
      if (plain.equals(".") || plain.equals("..")) {
        throw new IllegalArgumentException("dot segments are not allowed");
      }
    }
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) > 0x7e) {
        throw new IllegalArgumentException("the path must be ASCII");
      }
    }
    String base = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return new Target(new ReceiverHost(uri.getHost(), port), secure, base);
  }
}
