package org.openbars.router.meter;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import io.micrometer.core.instrument.FunctionCounter;
import java.util.concurrent.atomic.LongAdder;
import net.logstash.logback.appender.listener.AppenderListener;

/**
 * Counts log lines that did not fit their buffer. {@code logback.xml} names this class, and logback
 * makes the instances: the counts are the process's, not an instance's.
 */
public final class DroppedLines implements AppenderListener<ILoggingEvent> {
  private static final String ACCESS = "access";

  // Adders: written by every event loop at the very moment when logging is in trouble.
  private static final LongAdder ACCESS_LINES = new LongAdder();
  private static final LongAdder OTHER_LINES = new LongAdder();

  @Override
  public void eventAppendFailed(
      Appender<ILoggingEvent> appender, ILoggingEvent event, Throwable reason) {
    (appender.getName().equals(ACCESS) ? ACCESS_LINES : OTHER_LINES).increment();
  }

  /** Access lines dropped since the process started. */
  public static long access() {
    return ACCESS_LINES.sum();
  }

  /** All other lines dropped since the process started. */
  public static long others() {
    return OTHER_LINES.sum();
  }

  /** Shows both counts as {@code bars.log.dropped}, tag {@code log}: access or events. */
  public static void bindTo(Meters meters) {
    bind(meters, ACCESS, ACCESS_LINES);
    bind(meters, "events", OTHER_LINES);
  }

  private static void bind(Meters meters, String log, LongAdder lines) {
    FunctionCounter.builder("bars.log.dropped", lines, LongAdder::sum)
        .description("Log lines dropped because their buffer was full")
        .tag("log", log)
        .register(meters.registry());
  }
}
