package org.openbars.router.route;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Everything that the router logs while it is open, access lines among it. */
final class AccessLines implements AutoCloseable {
  private final Logger log = (Logger) LoggerFactory.getLogger("org.openbars.router");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  AccessLines() {
    lines.list = new CopyOnWriteArrayList<>();
    lines.start();
    log.addAppender(lines);
    log.setLevel(Level.INFO);
  }

  /** How many exchanges have been logged. */
  long exchanges() {
    return lines.list.stream().filter(line -> line.getMessage().equals("exchange")).count();
  }

  /** All of it as one text. */
  String text() {
    StringBuilder all = new StringBuilder();
    for (ILoggingEvent event : List.copyOf(lines.list)) {
      all.append(event.getFormattedMessage()).append(' ').append(event.getKeyValuePairs());
      if (event.getThrowableProxy() != null) {
        all.append(event.getThrowableProxy().getMessage());
      }
      all.append('\n');
    }
    return all.toString();
  }

  @Override
  public void close() {
    log.detachAppender(lines);
    log.setLevel(null);
  }
}
