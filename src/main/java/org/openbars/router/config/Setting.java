package org.openbars.router.config;

import org.jspecify.annotations.Nullable;

/**
 * One setting as someone wrote it, not yet read.
 *
 * @param receiver the host whose entry it belongs to, null for none
 * @param key as in {@link Keys#ALL}, or in {@link Keys#RECEIVER} when there is a receiver
 * @param text empty for none
 */
record Setting(@Nullable String receiver, String key, String text, Place place) {
  /** The dotted name an operator reads in a fault. */
  String name() {
    return receiver == null ? key : Names.RECEIVERS + "." + receiver + "." + key;
  }

  Fault fault(String problem, String allowed) {
    return new Fault(place, name(), problem, allowed);
  }
}
