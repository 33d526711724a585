package org.openbars.router.audit;

/**
 * Who asks the audit something; kept with every look at it.
 *
 * @param node the router that was asked
 * @param who subject of the token or certificate, {@code loopback} when neither is needed, {@code
 *     os-user NAME} for a command
 * @param address IP address of the connection's other end
 * @param posted whether the question came in a body, not in a URL
 */
public record Asker(String node, String who, String address, boolean posted) {
  /** A command of this machine's user, for whom the machine vouches. */
  public static Asker atThisMachine(String node) {
    return new Asker(node, "os-user " + System.getProperty("user.name"), "local", true);
  }
}
