package org.openbars.router.admit;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Addresses that share their first bits, IPv4 or IPv6. Immutable; any thread. */
public final class Network {
  private final String text;
  private final IpSubnetFilterRule rule;

  private Network(String text, IpSubnetFilterRule rule) {
    this.text = text;
    this.rule = rule;
  }

  /**
   * Reads {@code address/bits}, or an address alone.
   *
   * @throws IllegalArgumentException when it is neither
   */
  public static Network parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    boolean ipv4 = NetUtil.isValidIpV4Address(address);
    boolean ipv6 = !ipv4 && address.indexOf('%') < 0 && NetUtil.isValidIpV6Address(address);
    if (!ipv4 && !ipv6) {
      throw new IllegalArgumentException("\"" + address + "\" is not an address");
    }
    int most = ipv4 ? 32 : 128;
    int bits = slash < 0 ? most : bits(text.substring(slash + 1), most);
    return new Network(text, new IpSubnetFilterRule(address, bits, IpFilterRuleType.ACCEPT));
  }

  private static int bits(String text, int most) {
    if (!text.matches("[0-9]{1,3}") || Integer.parseInt(text) > most) {
      throw new IllegalArgumentException("\"" + text + "\" is not 0 to " + most + " bits");
    }
    return Integer.parseInt(text);
  }

  boolean holds(InetAddress address) {
    return rule.matches(new InetSocketAddress(address, 0));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Network network && network.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
