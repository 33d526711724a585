package org.openbars.router.meter;

import net.logstash.logback.encoder.LogstashEncoder;
import net.logstash.logback.fieldnames.LogstashFieldNames;
import net.logstash.logback.stacktrace.ShortenedThrowableConverter;

/**
 * How a log line is written: one JSON object, times in UTC, an exception as a field of at most 8192
 * characters with its root cause first. {@code logback.xml} names this class.
 */
public final class JsonLines extends LogstashEncoder {
  private static final String NOT_WRITTEN = "[ignore]";
  private static final int MAX_FRAMES = 40;
  private static final int MAX_STACK = 8192;

  public JsonLines() {
    LogstashFieldNames names = new LogstashFieldNames();
    names.setTimestamp("timestamp");
    names.setLogger("logger");
    names.setThread("thread");
    names.setStackTrace("stack");
    names.setVersion(NOT_WRITTEN);
    names.setLevelValue(NOT_WRITTEN);
    setFieldNames(names);
    setTimeZone("UTC");
    setIncludeMdc(false);
    setIncludeTags(false);

    ShortenedThrowableConverter stack = new ShortenedThrowableConverter();
    stack.setMaxDepthPerThrowable(MAX_FRAMES);
    stack.setMaxLength(MAX_STACK);
    stack.setRootCauseFirst(true);
    setThrowableConverter(stack);
  }
}
