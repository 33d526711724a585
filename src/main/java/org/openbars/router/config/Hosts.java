package org.openbars.router.config;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openbars.router.config.Kind.Refused;
import org.openbars.router.wire.Networks;

/** Host names, addresses and what contains them. Never asks the DNS. */
final class Hosts {
  private static final int MAX_NAME = 253;
  private static final Pattern LABELS =
      Pattern.compile(
          "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*");
  private static final Pattern DIGITS_LAST = Pattern.compile("(?:.*\\.)?[0-9]+");
  private static final Pattern WITH_PORT = Pattern.compile("([^:]+)(?::([1-9][0-9]{0,4}))?");
  private static final Pattern POSTGRES =
      Pattern.compile(
          "postgres(?:ql)?://(?<user>[^:@/?#\\s]+)(?<password>:[^@/?#\\s]*)?"
              + "@(?<host>\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]+)(?::(?<port>[0-9]{1,5}))?"
              + "/(?<database>[^/?#\\s]+)(?<query>\\?[^#\\s]*)?");
  private static final Pattern PASSWORD_PARAMETER =
      Pattern.compile("[?&]password=", Pattern.CASE_INSENSITIVE);
  private static final int MAX_PORT = 65535;

  private Hosts() {}

  /** A name or an address, in lower case. */
  static Kind<String> host() {
    return new Kind<>("a host name, an IPv4 or an IPv6 address", (text, folder) -> read(text));
  }

  /** A host whose port no other machine can reach. */
  static Kind<String> loopback() {
    return new Kind<>(
        "a loopback address or localhost",
        (text, folder) -> {
          String host = read(text);
          if (!isLoopback(host)) {
            throw new Refused(
                "is not a loopback address, and a token or mutual TLS to guard it"
                    + " is not built yet");
          }
          return host;
        });
  }

  /** An entry's name in {@code receivers}, in lower case. */
  static Kind<String> receiver() {
    return new Kind<>(
        "host or host:port, a host name or an IPv4 address, port 1 to " + MAX_PORT,
        (text, folder) -> {
          Matcher matcher = WITH_PORT.matcher(text);
          if (!matcher.matches()) {
            throw new Refused("is not a receiver's host");
          }
          String host = read(matcher.group(1));
          String port = matcher.group(2);
          if (port == null) {
            return host;
          }
          checkPort(port);
          return host + ":" + port;
        });
  }

  /** Hosts with ports, comma between. */
  static Kind<String> servers() {
    return new Kind<>(
        "host:port, more of them with a comma between",
        (text, folder) -> {
          List<String> servers = new ArrayList<>();
          for (String server : text.split(",", -1)) {
            Matcher matcher = WITH_PORT.matcher(server);
            if (!matcher.matches() || matcher.group(2) == null) {
              throw new Refused("is not a list of hosts with ports");
            }
            String host = read(matcher.group(1));
            checkPort(matcher.group(2));
            servers.add(host + ":" + matcher.group(2));
          }
          return String.join(",", servers);
        });
  }

  /** Ranges of addresses. */
  static Kind<Networks> networks() {
    return new Kind<>(
        "ADDRESS/BITS, more of them with a comma between",
        (text, folder) -> {
          try {
            return Networks.parse(text);
          } catch (IllegalArgumentException e) {
            throw new Refused("is not a list of address ranges");
          }
        });
  }

  static Kind<String> postgresUri() {
    return new Kind<>(
        "postgresql://USER@HOST[:PORT]/DATABASE",
        (text, folder) -> {
          Matcher matcher = POSTGRES.matcher(text);
          if (!matcher.matches()) {
            throw new Refused("is not a PostgreSQL address");
          }
          String port = matcher.group("port");
          if (port != null) {
            checkPort(port);
          }
          return text;
        });
  }

  /** Whether a value of {@link #postgresUri()} holds a password. */
  static boolean hasPassword(String postgresUri) {
    Matcher matcher = POSTGRES.matcher(postgresUri);
    return matcher.matches()
        && (matcher.group("password") != null || PASSWORD_PARAMETER.matcher(postgresUri).find());
  }

  /** Whether only this machine reaches it: the name {@code localhost} or a loopback address. */
  static boolean isLoopback(String host) {
    InetAddress address = address(host);
    return address == null ? host.equals("localhost") : address.isLoopbackAddress();
  }

  /** Whether it stands for every address of the machine. */
  static boolean isAny(String host) {
    InetAddress address = address(host);
    return address != null && address.isAnyLocalAddress();
  }

  private static String read(String text) throws Refused {
    String host = text.toLowerCase(Locale.ROOT);
    if (address(host) != null) {
      return host;
    }
    // A name whose last label is a number is a mistyped address to one reader and a host to
    // another.
    if (host.length() > MAX_NAME
        || !LABELS.matcher(host).matches()
        || DIGITS_LAST.matcher(host).matches()) {
      throw new Refused("is not a host");
    }
    return host;
  }

  private static void checkPort(String port) throws Refused {
    int number = Integer.parseInt(port);
    if (number < 1 || number > MAX_PORT) {
      throw new Refused("has a port that is out of bounds");
    }
  }

  private static @Nullable InetAddress address(String host) {
    // Brackets and zones are Netty's leniency: no socket is opened on such a text.
    boolean bare = host.indexOf('[') < 0 && host.indexOf('%') < 0;
    boolean literal =
        NetUtil.isValidIpV4Address(host) || (bare && NetUtil.isValidIpV6Address(host));
    return literal ? NetUtil.createInetAddressFromIpAddressString(host) : null;
  }
}
