package org.openbars.router.meter;

import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

/** The end of logging: buffered lines are written out, for two seconds a buffer at the most. */
public final class Logs {
  private Logs() {}

  /**
   * Writes out what is buffered and stops logging. The last act of the process, on the thread that
   * ends it: no shutdown hook does it, for hooks run side by side and would cut off the log of the
   * drain.
   */
  public static void close() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.stop();
    }
  }
}
