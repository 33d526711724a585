package org.openbars.router.stream;

import java.util.function.Consumer;

/**
 * What must be done when a connection is there, before the first byte goes over it. Calls back
 * once, at once or later on the same event loop; false keeps the message here.
 */
@FunctionalInterface
public interface BeforeFirstByte {
  void run(Consumer<Boolean> then);
}
