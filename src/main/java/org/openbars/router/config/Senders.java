package org.openbars.router.config;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openbars.router.admit.Network;
import org.openbars.router.admit.QuotaConfig.Quota;
import org.openbars.router.config.Kind.Refused;

/** The kinds of value that are about who sends. */
final class Senders {
  private static final Pattern CLAIM = Pattern.compile("[\\x21-\\x7e]{1,500}");
  private static final Pattern CERTIFICATE =
      Pattern.compile("sha256:[0-9a-f]{64}|[a-z0-9_-]{1,63}(?:\\.[a-z0-9_-]{1,63})*");
  private static final Pattern QUOTA =
      Pattern.compile(
          "(?<id>[\\x21-\\x7e&&[^,=]]{1,128})=(?<second>[0-9]{1,7})/(?<minute>[0-9]{1,8})");
  private static final String COMMA = "\\s*,\\s*";

  private Senders() {}

  static Kind<String> claim() {
    return new Kind<>(
        "1 to 500 visible characters, no blank",
        (text, folder) -> {
          if (!CLAIM.matcher(text).matches()) {
            throw new Refused("is not such a text");
          }
          return text;
        });
  }

  static Kind<List<String>> certificates() {
    return new Kind<>(
        "DNS names, or sha256: and 64 hexadecimal digits, with a comma between",
        (text, folder) -> {
          List<String> listed = List.of(text.toLowerCase(Locale.ROOT).split(COMMA, -1));
          if (!listed.stream().allMatch(each -> CERTIFICATE.matcher(each).matches())) {
            throw new Refused("is not a list of names and fingerprints");
          }
          return listed;
        });
  }

  static Kind<List<Network>> networks() {
    return new Kind<>(
        "addresses such as 10.1.0.0/16 or fd00::/8, with a comma between",
        (text, folder) -> {
          List<Network> networks = new ArrayList<>();
          for (String each : text.split(COMMA, -1)) {
            networks.add(network(each));
          }
          return networks;
        });
  }

  private static Network network(String text) throws Refused {
    try {
      return Network.parse(text);
    } catch (IllegalArgumentException e) {
      throw new Refused("is not a list of networks");
    }
  }

  /** Who changes keys on their way decides who may send: plain http is for this machine alone. */
  static Kind<URI> keyServer() {
    return new Kind<>(
        "an https URL, or http at a loopback address",
        (text, folder) -> {
          URI uri;
          try {
            uri = URI.create(text);
          } catch (IllegalArgumentException e) {
            throw new Refused("is not a URL");
          }
          String host = uri.getHost();
          if (host == null || uri.getUserInfo() != null || uri.getFragment() != null) {
            throw new Refused("is not such a URL");
          }
          boolean here = "http".equals(uri.getScheme()) && Hosts.isLoopback(bare(host));
          if (!here && !"https".equals(uri.getScheme())) {
            throw new Refused("is not https");
          }
          return uri;
        });
  }

  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  static Kind<Map<String, Quota>> quotas() {
    return new Kind<>(
        "APPLICATION=SECOND/MINUTE, such as app-1=100/1000, with a comma between",
        (text, folder) -> {
          Map<String, Quota> quotas = new HashMap<>();
          for (String each : text.split(COMMA, -1)) {
            Matcher matcher = QUOTA.matcher(each);
            if (!matcher.matches()) {
              throw new Refused("is not a list of quotas");
            }
            int second = Integer.parseInt(matcher.group("second"));
            int minute = Integer.parseInt(matcher.group("minute"));
            if (second < 1 || minute < 1) {
              throw new Refused("has a quota of 0");
            }
            if (quotas.put(matcher.group("id"), new Quota(second, minute)) != null) {
              throw new Refused("names an application twice");
            }
          }
          return quotas;
        });
  }
}
