package org.openbars.router.stream;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.Target;
import org.openbars.router.wire.BodyShape;

/**
 * A message ready to go: it exists only once its target was found.
 *
 * @param uri path and raw query at the receiver
 * @param nominated hop-by-hop headers that {@code Connection} names, lower case; null for none
 * @param via the {@code Via} to add
 * @param awaitsContinue whether the sender waits for 100 before it sends the body
 */
public record Outbound(
    Target target,
    Receiver receiver,
    String uri,
    BodyShape body,
    @Nullable Set<String> nominated,
    String via,
    boolean awaitsContinue) {}
