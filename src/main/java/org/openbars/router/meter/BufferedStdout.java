package org.openbars.router.meter;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import java.io.BufferedOutputStream;

/**
 * Writes lines to stdout when whoever appends asks for it, as an asynchronous appender does after
 * each batch, rather than one by one. {@code logback.xml} names this class.
 */
public final class BufferedStdout extends OutputStreamAppender<ILoggingEvent> {
  private static final int BUFFER = 32 * 1024;

  public BufferedStdout() {
    setImmediateFlush(false);
  }

  @Override
  public void start() {
    setOutputStream(new BufferedOutputStream(ConsoleTarget.SystemOut.getStream(), BUFFER));
    super.start();
  }
}
