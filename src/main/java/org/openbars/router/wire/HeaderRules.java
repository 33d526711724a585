package org.openbars.router.wire;

import io.vertx.core.MultiMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which headers cross the router. Everything else crosses as it came: name, value, order and
 * repetition (RFC 9110 section 7.6.1 for what belongs to one hop).
 */
public final class HeaderRules {
  /**
   * Headers without which a message means something else; naming one in {@code Connection} is
   * refused.
   */
  private static final Set<String> NOT_TO_BE_NOMINATED =
      Set.of(
          "host",
          "content-length",
          "content-type",
          "content-encoding",
          "x-request-id",
          "x-correlation-id",
          "use-context",
          "accept",
          "cache-control");

  private HeaderRules() {}

  /** The hop-by-hop headers that a {@code Connection} header names, lower case; null for none. */
  public static @Nullable Set<String> nominated(Iterable<String> connectionValues) {
    Set<String> names = null;
    for (String value : connectionValues) {
      if (value.equalsIgnoreCase("keep-alive") || value.equalsIgnoreCase("close")) {
        continue;
      }
      for (String option : value.split(",", -1)) {
        String name = option.trim().toLowerCase(Locale.ROOT);
        if (!name.isEmpty() && !name.equals("close") && !isHopByHop(name)) {
          names = names == null ? new HashSet<>() : names;
          names.add(name);
        }
      }
    }
    return names;
  }

  /**
   * Whether a nominated header may be dropped. {@code Connection: X-Request-Id} would strip a
   * message of what makes it traceable, so such a message is refused.
   */
  public static boolean mayBeNominated(String lowerCaseName) {
    return !NOT_TO_BE_NOMINATED.contains(lowerCaseName) && !lowerCaseName.startsWith("nhsd-");
  }

  /**
   * Copies what a receiver may see of a sender's headers; {@code Host} is set by the connection to
   * the receiver.
   */
  public static void copyToReceiver(MultiMap from, MultiMap to, @Nullable Set<String> nominated) {
    for (Iterator<Map.Entry<String, String>> entries = from.iterator(); entries.hasNext(); ) {
      Map.Entry<String, String> entry = entries.next();
      String name = entry.getKey();
      if (!isHopByHop(name) && !staysWithRouter(name) && !isNominated(name, nominated)) {
        to.add(name, entry.getValue());
      }
    }
  }

  /** Copies what a sender may see of a receiver's headers. */
  public static void copyToSender(MultiMap from, MultiMap to, @Nullable Set<String> nominated) {
    for (Iterator<Map.Entry<String, String>> entries = from.iterator(); entries.hasNext(); ) {
      Map.Entry<String, String> entry = entries.next();
      String name = entry.getKey();
      if (!isHopByHop(name) && !isNominated(name, nominated)) {
        to.add(name, entry.getValue());
      }
    }
  }

  /**
   * Whether a trailer may be relayed: none that frames, routes or authorises (RFC 9110 section
   * 6.5.1).
   */
  public static boolean isTrailer(String name) {
    return !isHopByHop(name)
        && !name.equalsIgnoreCase("content-length")
        && !name.equalsIgnoreCase("content-type")
        && !name.equalsIgnoreCase("content-encoding")
        && !name.equalsIgnoreCase("host")
        && !name.equalsIgnoreCase("set-cookie")
        && !name.equalsIgnoreCase("authorization");
  }

  private static boolean isNominated(String name, @Nullable Set<String> nominated) {
    return nominated != null && nominated.contains(name.toLowerCase(Locale.ROOT));
  }

  /**
   * Whether a header belongs to one hop, whatever {@code Connection} says. By length first: most
   * names end there.
   */
  public static boolean isHopByHop(String name) {
    return switch (name.length()) {
      case 2 -> name.equalsIgnoreCase("te");
      case 7 -> name.equalsIgnoreCase("trailer") || name.equalsIgnoreCase("upgrade");
      case 10 -> name.equalsIgnoreCase("connection") || name.equalsIgnoreCase("keep-alive");
      case 14 -> name.equalsIgnoreCase("http2-settings");
      case 16 -> name.equalsIgnoreCase("proxy-connection");
      case 17 -> name.equalsIgnoreCase("transfer-encoding");
      case 18 -> name.equalsIgnoreCase("proxy-authenticate");
      case 19 -> name.equalsIgnoreCase("proxy-authorization");
      default -> false;
    };
  }

  /**
   * The sender's token and what it, or a proxy before it, says of the network: not a receiver's to
   * know.
   */
  private static boolean staysWithRouter(String name) {
    return switch (name.charAt(0)) {
      case 'H', 'h' -> name.equalsIgnoreCase("host");
      case 'A', 'a' -> name.equalsIgnoreCase("authorization");
      case 'F', 'f' -> name.equalsIgnoreCase("forwarded");
      case 'P', 'p' -> name.regionMatches(true, 0, "proxy-", 0, 6);
      case 'X', 'x' -> name.regionMatches(true, 0, "x-forwarded-", 0, 12);
      default -> false;
    };
  }
}
