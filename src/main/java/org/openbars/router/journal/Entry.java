package org.openbars.router.journal;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.ApiVersion;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.Fate;
import org.openbars.router.message.Inspection;
import org.openbars.router.message.Interaction;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.message.TargetIdentifier;

/**
 * An exchange's record as the journal's bytes: a version, the id, then fields in a fixed order.
 * Fields are only ever added at the end. What a later router added is passed over, and what an
 * earlier one did not write is null or 0, so that each reads what the other wrote. A name that is
 * not known here is null; an unknown {@link Fate} is {@link Fate#OUTCOME_UNKNOWN}.
 */
final class Entry {
  private static final byte VERSION = 1;

  private Entry() {}

  /**
   * Appends {@code exchange} at the buffer's position. Allocates nothing.
   *
   * @throws java.nio.BufferOverflowException when it is larger than an entry may be
   */
  static void write(ExchangeRecord exchange, ByteBuffer to) {
    to.put(VERSION);
    to.putLong(exchange.id().getMostSignificantBits());
    to.putLong(exchange.id().getLeastSignificantBits());
    Fields.text(exchange.node(), to);
    asked(exchange.asked(), to);
    ExchangeRecord.Steps steps = exchange.steps();
    to.putLong(steps.received());
    to.putLong(steps.connected());
    to.putLong(steps.requestSent());
    to.putLong(steps.answerHead());
    to.putLong(steps.closed());
    ExchangeRecord.Result result = exchange.result();
    Fields.name(result.fate(), to);
    to.putInt(result.status());
    Fields.name(result.error(), to);
    to.putLong(result.bytesFromSender());
    to.putLong(result.bytesToSender());
    InspectionFields.write(exchange.inspection(), to);
    Fields.text(exchange.asked().application(), to);
  }

  private static void asked(ExchangeRecord.Asked asked, ByteBuffer to) {
    Fields.text(asked.senderAddress(), to);
    Fields.text(asked.method(), to);
    Fields.name(asked.interaction(), to);
    Fields.text(asked.requestId(), to);
    Fields.text(asked.correlationId(), to);
    TargetIdentifier target = asked.target();
    Fields.text(target == null ? null : target.system(), to);
    Fields.text(target == null ? null : target.value(), to);
    ReceiverHost receiver = asked.receiver();
    Fields.text(receiver == null ? null : receiver.host(), to);
    to.putInt(receiver == null ? 0 : receiver.port());
    ApiVersion version = asked.apiVersion();
    to.putInt(version == null ? -1 : version.major());
    to.putInt(version == null ? -1 : version.minor());
    to.putInt(version == null ? -1 : version.patch());
    Fields.text(asked.useContext(), to);
    Fields.text(asked.endUserOrganisation(), to);
    Fields.text(asked.requestingSoftware(), to);
    Fields.text(asked.nhsNumber() == null ? null : asked.nhsNumber().digits(), to);
  }

  /** The exchange's id, from an entry's bytes; null when there are too few. */
  static @Nullable UUID id(ByteBuffer entry) {
    int start = entry.position() + 1;
    return entry.limit() < start + 2 * Long.BYTES
        ? null
        : new UUID(entry.getLong(start), entry.getLong(start + Long.BYTES));
  }

  /** What {@link #write} wrote; null when it is of a layout that this router does not know. */
  static @Nullable ExchangeRecord read(ByteBuffer entry) {
    UUID id = id(entry);
    if (id == null || entry.get(entry.position()) != VERSION) {
      return null;
    }
    Fields from = new Fields(entry.duplicate().position(entry.position() + 1 + 2 * Long.BYTES));
    String node = from.texts();
    ExchangeRecord.Asked asked = readAsked(from);
    ExchangeRecord.Steps steps =
        new ExchangeRecord.Steps(
            from.number(), from.number(), from.number(), from.number(), from.number());
    Fate fate = from.constant(Fate.class);
    int status = from.integer(0);
    BarsError error = from.constant(BarsError.class);
    ExchangeRecord.Result result =
        new ExchangeRecord.Result(
            fate == null ? Fate.OUTCOME_UNKNOWN : fate,
            status,
            error,
            from.number(),
            from.number());
    Inspection inspection = InspectionFields.read(from);
    String application = from.text();
    return new ExchangeRecord(
        id,
        node,
        application == null ? asked : asked.sentBy(application),
        inspection,
        steps,
        result);
  }

  private static ExchangeRecord.Asked readAsked(Fields from) {
    String sender = from.texts();
    String method = from.texts();
    Interaction interaction = from.constant(Interaction.class);
    String requestId = from.text();
    String correlationId = from.text();
    TargetIdentifier target = target(from.text(), from.text());
    ReceiverHost receiver = receiver(from.text(), from.integer(0));
    ApiVersion version = version(from.integer(-1), from.integer(-1), from.integer(-1));
    String useContext = from.text();
    String organisation = from.text();
    String software = from.text();
    return new ExchangeRecord.Asked(
        sender,
        method,
        interaction,
        requestId,
        correlationId,
        target,
        receiver,
        version,
        useContext,
        organisation,
        software,
        nhsNumber(from.text()));
  }

  // A value that a type would refuse is left out rather than the whole record.
  private static @Nullable TargetIdentifier target(
      @Nullable String system, @Nullable String value) {
    return system == null || value == null || system.isEmpty() || value.isEmpty()
        ? null
        : new TargetIdentifier(system, value);
  }

  private static @Nullable ReceiverHost receiver(@Nullable String host, int port) {
    return host == null || host.isEmpty() || port < 1 || port > 65_535
        ? null
        : new ReceiverHost(host, port);
  }

  private static @Nullable ApiVersion version(int major, int minor, int patch) {
    try {
      return major < 0 ? null : new ApiVersion(major, minor, patch);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  static @Nullable NhsNumber nhsNumber(@Nullable String digits) {
    return digits == null ? null : NhsNumber.parse(digits).orElse(null);
  }
}
