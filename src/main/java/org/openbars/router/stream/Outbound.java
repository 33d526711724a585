package org.openbars.router.stream;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.Target;

/**
 * A message ready to go: it exists only once its target was found.
 *
 * @param uri path and raw query at the receiver
 * @param nominated hop-by-hop headers that {@code Connection} names, lower case; null for none
 * @param via the {@code Via} to add
 */
public record Outbound(
    Target target,
    Receiver receiver,
    String uri,
    RequestBody body,
    @Nullable Set<String> nominated,
    String via) {
  /** The same, of a message that was held: its sender has been sent 100 if it waited for it. */
  public Outbound after(Held held) {
    RequestBody rest = new RequestBody(body.shape(), false, body.tap(), held);
    return new Outbound(target, receiver, uri, rest, nominated, via);
  }
}
