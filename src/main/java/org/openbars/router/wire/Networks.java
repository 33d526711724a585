package org.openbars.router.wire;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Ranges of addresses. Two are equal when they were written the same.
 *
 * @param ranges each {@code ADDRESS/BITS}, IPv4 or IPv6
 */
public record Networks(List<String> ranges) {
  public static final Networks NONE = new Networks(List.of());

  /**
   * Where no receiver of the public network can be: this machine, its link (with the metadata
   * services of clouds), private and shared ranges, multicast, what is reserved, and the IPv6
   * ranges that stand for IPv4 addresses. Source: IANA's special-purpose registries.
   */
  public static final Networks INSIDE =
      parse(
          "0.0.0.0/8,10.0.0.0/8,100.64.0.0/10,127.0.0.0/8,169.254.0.0/16,172.16.0.0/12,"
              + "192.0.0.0/24,192.168.0.0/16,198.18.0.0/15,224.0.0.0/4,240.0.0.0/4,"
              + "::/96,64:ff9b::/96,64:ff9b:1::/48,2002::/16,fc00::/7,fe80::/10,fec0::/10,ff00::/8");

  public Networks {
    ranges = List.copyOf(ranges);
    ranges.forEach(Networks::rule);
  }

  /**
   * Reads ranges with commas between.
   *
   * @throws IllegalArgumentException when one is none
   */
  public static Networks parse(String text) {
    List<String> ranges = new ArrayList<>();
    for (String range : text.split(",", -1)) {
      ranges.add(range.strip());
    }
    return new Networks(ranges);
  }

  private static IpSubnetFilterRule rule(String range) {
    int slash = range.indexOf('/');
    String address = slash < 0 ? "" : range.substring(0, slash);
    boolean four = NetUtil.isValidIpV4Address(address);
    boolean six = address.indexOf('%') < 0 && NetUtil.isValidIpV6Address(address);
    String bits = range.substring(slash + 1);
    if (!(four || six) || !bits.matches("[0-9]{1,3}")) {
      throw new IllegalArgumentException("\"" + range + "\" is not ADDRESS/BITS");
    }
    int prefix = Integer.parseInt(bits);
    if (prefix > (four ? 32 : 128)) {
      throw new IllegalArgumentException("\"" + range + "\" has too many bits");
    }
    return new IpSubnetFilterRule(
        NetUtil.createInetAddressFromIpAddressString(address), prefix, IpFilterRuleType.ACCEPT);
  }

  /** Gives a test that is cheap to repeat. */
  Matcher matcher() {
    return new Matcher(ranges.stream().map(Networks::rule).toList());
  }

  /** Whether an address is in one of them. */
  static final class Matcher {
    private final List<IpSubnetFilterRule> rules;

    private Matcher(List<IpSubnetFilterRule> rules) {
      this.rules = rules;
    }

    boolean contains(InetAddress address) {
      InetSocketAddress socket = new InetSocketAddress(address, 0);
      return rules.stream().anyMatch(rule -> rule.matches(socket));
    }
  }
}
