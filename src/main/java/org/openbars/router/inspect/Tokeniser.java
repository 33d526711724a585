package org.openbars.router.inspect;

import org.jspecify.annotations.Nullable;
import org.openbars.router.message.Inspection;

/** Reads bytes as they come and tells an {@link Envelope} what they hold. Never throws. */
interface Tokeniser {
  /** The deepest nesting followed: of FHIR's own resources none comes near. */
  int MAX_DEPTH = 64;

  /** The longest text, number or name held, in bytes; what bounds the memory of an inspection. */
  int MAX_TOKEN = 64 * 1024;

  /**
   * The most different names kept while one body is read, looked at after each call: FHIR R4 has
   * fewer in all its resources together, and names of earlier bodies count.
   */
  int MAX_NAMES = 8 * 1024;

  /**
   * Reads all of {@code bytes} from 0 to {@code length}, and keeps no reference to it that is read
   * again.
   *
   * @return null to go on, else why reading stopped
   */
  Inspection.@Nullable State read(byte[] bytes, int length);

  /** The body has ended. */
  Inspection.State end();

  /** Gives back its buffers; nothing may be called after it. */
  void close();
}
