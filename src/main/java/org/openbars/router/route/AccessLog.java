package org.openbars.router.route;

import org.jspecify.annotations.Nullable;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Inspection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line an exchange, handed to an asynchronous appender that drops lines rather than wait. Never
 * a body, a token, a path with an id in it, a query or an NHS number.
 */
final class AccessLog {
  private static final Logger LOG = LoggerFactory.getLogger("org.openbars.router.access");

  private static final int MAX_EVENT = 40;

  private AccessLog() {}

  static void write(ExchangeRecord record) {
    if (!LOG.isInfoEnabled()) {
      return;
    }
    ExchangeRecord.Asked asked = record.asked();
    ExchangeRecord.Steps steps = record.steps();
    ExchangeRecord.Result result = record.result();
    LoggingEventBuilder line =
        LOG.atInfo()
            .addKeyValue("id", record.id())
            .addKeyValue("fate", result.fate())
            .addKeyValue("status", result.status())
            .addKeyValue("durationMicros", steps.closed() - steps.received())
            .addKeyValue("sender", asked.senderAddress())
            .addKeyValue("bytesIn", result.bytesFromSender())
            .addKeyValue("bytesOut", result.bytesToSender());
    line =
        asked.interaction() == null ? line : line.addKeyValue("interaction", asked.interaction());
    line = asked.requestId() == null ? line : line.addKeyValue("requestId", asked.requestId());
    line =
        asked.correlationId() == null
            ? line
            : line.addKeyValue("correlationId", asked.correlationId());
    if (asked.target() != null) {
      line =
          line.addKeyValue("targetSystem", asked.target().system())
              .addKeyValue("targetValue", asked.target().value());
    }
    line =
        asked.receiver() == null ? line : line.addKeyValue("receiver", asked.receiver().toString());
    line =
        asked.application() == null ? line : line.addKeyValue("application", asked.application());
    line = result.error() == null ? line : line.addKeyValue("error", result.error());
    if (steps.answerHead() != 0 && steps.requestSent() != 0) {
      line = line.addKeyValue("receiverMicros", steps.answerHead() - steps.requestSent());
    }
    inspected(line, record.inspection()).log("exchange");
  }

  private static LoggingEventBuilder inspected(
      LoggingEventBuilder line, @Nullable Inspection inspection) {
    if (inspection == null) {
      return line;
    }
    LoggingEventBuilder more = line.addKeyValue("inspection", inspection.state());
    String event = inspection.header().event();
    if (event == null) {
      return more;
    }
    return more.addKeyValue("messageEvent", isCode(event) ? event : "other");
  }

  /** As the codes in use are written; whatever else a body may hold there is not for a log. */
  private static boolean isCode(String event) {
    for (int i = 0; i < event.length(); i++) {
      char c = event.charAt(i);
      if ((c < 'a' || c > 'z') && c != '-') {
        return false;
      }
    }
    return event.length() <= MAX_EVENT;
  }
}
