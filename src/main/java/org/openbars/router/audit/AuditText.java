package org.openbars.router.audit;

import org.jspecify.annotations.Nullable;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.message.Uuids;

/**
 * What text may enter the audit. PostgreSQL's text holds no NUL and no lone surrogate, an index
 * entry at most 2,704 bytes, and only one column may hold an NHS number. Lengths are in UTF-16
 * units.
 */
final class AuditText {
  /** Ids are UUIDs; the live dialect lets longer ones through. */
  static final int MAX_ID = 128;

  static final int MAX_TARGET = 256;
  static final int MAX_NAME = 128;
  static final int MAX_CODE = 64;

  /** A raw header longer than this is taken as malformed, so that a held record stays small. */
  static final int MAX_HEADER = 2048;

  private static final char REPLACEMENT = '\uFFFD';

  private AuditText() {}

  /**
   * The same record, no text of it longer than needed. Runs on the event loop: looks, rarely
   * copies.
   */
  static ExchangeRecord bounded(ExchangeRecord exchange) {
    ExchangeRecord.Asked asked = exchange.asked();
    TargetIdentifier target = asked.target();
    boolean small =
        fits(asked.requestId(), MAX_ID)
            && fits(asked.correlationId(), MAX_ID)
            && fits(asked.useContext(), MAX_HEADER)
            && fits(asked.endUserOrganisation(), MAX_HEADER)
            && fits(asked.requestingSoftware(), MAX_HEADER)
            && (target == null
                || (fits(target.system(), MAX_TARGET) && fits(target.value(), MAX_TARGET)));
    return small ? exchange : cut(exchange, asked, target);
  }

  private static ExchangeRecord cut(
      ExchangeRecord exchange, ExchangeRecord.Asked asked, @Nullable TargetIdentifier target) {
    return new ExchangeRecord(
        exchange.id(),
        exchange.node(),
        new ExchangeRecord.Asked(
            asked.senderAddress(),
            asked.method(),
            asked.interaction(),
            start(asked.requestId(), MAX_ID),
            start(asked.correlationId(), MAX_ID),
            target == null
                ? null
                : new TargetIdentifier(
                    first(target.system(), MAX_TARGET), first(target.value(), MAX_TARGET)),
            asked.receiver(),
            asked.apiVersion(),
            start(asked.useContext(), MAX_HEADER),
            // One unit more than allowed: still seen as too long when it is decoded.
            start(asked.endUserOrganisation(), MAX_HEADER + 1),
            start(asked.requestingSoftware(), MAX_HEADER + 1),
            asked.nhsNumber(),
            asked.application()),
        exchange.inspection(),
        exchange.steps(),
        exchange.result());
  }

  private static boolean fits(@Nullable String text, int most) {
    return text == null || text.length() <= most;
  }

  private static @Nullable String start(@Nullable String text, int most) {
    return text == null ? null : first(text, most);
  }

  private static String first(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most);
  }

  /** {@code text} cut to {@code most}, without NUL, lone surrogates replaced. */
  static @Nullable String storable(@Nullable String text, int most) {
    return text == null ? null : stored(text, most);
  }

  /** As {@link #storable}, for text that is never missing. */
  static String stored(String text, int most) {
    String cut = first(text, most);
    for (int i = 0; i < cut.length(); i++) {
      char c = cut.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return cleaned(cut);
      }
    }
    return cut;
  }

  private static String cleaned(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .filter(point -> point != 0)
        .map(
            point ->
                point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE
                    ? REPLACEMENT
                    : point)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }

  /** As {@link #storable}, and nothing at all when an NHS number stands in it. */
  static @Nullable String withoutNhsNumber(@Nullable String text, int most) {
    return text == null || NhsNumber.standsIn(text) ? null : stored(text, most);
  }

  /** An id as {@link #withoutNhsNumber}; a UUID is never taken for one. */
  static @Nullable String id(@Nullable String text) {
    return text != null && Uuids.isUuid(text) ? text : withoutNhsNumber(text, MAX_ID);
  }
}
