package org.openbars.router.stream;

import org.jspecify.annotations.Nullable;
import org.openbars.router.wire.BodyShape;
import org.openbars.router.wire.BodyTap;

/**
 * A request's body on its way.
 *
 * @param awaitsContinue whether the sender waits for the receiver's 100 before it sends the body
 * @param tap sees the body as it passes; null for none
 * @param held what was read of it already
 */
public record RequestBody(
    BodyShape shape, boolean awaitsContinue, @Nullable BodyTap tap, Held held) {}
