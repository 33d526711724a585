package org.openbars.router.meter;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of logging: buffered lines are written out, for two seconds a buffer at the most. */
public final class Logs {
  private Logs() {}

  /** From now on only warnings, and no access lines: what else is on stdout is read by people. */
  public static void quiet() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger("org.openbars.router.access").setLevel(Level.OFF);
      context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
    }
  }

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
