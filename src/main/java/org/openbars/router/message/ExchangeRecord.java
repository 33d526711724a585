package org.openbars.router.message;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the audit keeps of one exchange. Never a body, a token or a raw query; the NHS number in its
 * own field only.
 *
 * @param id UUIDv7 of the moment the request's head had arrived
 * @param node the router that carried it
 * @param inspection what was seen of the request's body; null when it was not looked at
 */
public record ExchangeRecord(
    UUID id,
    String node,
    Asked asked,
    @Nullable Inspection inspection,
    Steps steps,
    Result result) {

  /**
   * What the sender asked for, as far as it could be read before the exchange ended.
   *
   * @param senderAddress IP address of the connection's other end
   * @param method the request method, cut to 16 characters
   * @param interaction null when method and path name none
   * @param requestId as sent, null when absent or refused
   * @param correlationId as sent, null when absent or refused
   * @param target null when absent or refused
   * @param receiver null when no target was found
   * @param apiVersion null when the sender named none
   * @param useContext the raw header
   * @param endUserOrganisation the raw Base64 header, decoded when the audit is written
   * @param requestingSoftware the raw Base64 header, decoded when the audit is written
   * @param nhsNumber from the query, when it carries one; the body's is in the inspection
   * @param application who sent it, proven by a token or by the API gateway; null where nobody
   *     proved it
   */
  public record Asked(
      String senderAddress,
      String method,
      @Nullable Interaction interaction,
      @Nullable String requestId,
      @Nullable String correlationId,
      @Nullable TargetIdentifier target,
      @Nullable ReceiverHost receiver,
      @Nullable ApiVersion apiVersion,
      @Nullable String useContext,
      @Nullable String endUserOrganisation,
      @Nullable String requestingSoftware,
      @Nullable NhsNumber nhsNumber,
      @Nullable String application) {
    /** As nobody proved the sender. */
    public Asked(
        String senderAddress,
        String method,
        @Nullable Interaction interaction,
        @Nullable String requestId,
        @Nullable String correlationId,
        @Nullable TargetIdentifier target,
        @Nullable ReceiverHost receiver,
        @Nullable ApiVersion apiVersion,
        @Nullable String useContext,
        @Nullable String endUserOrganisation,
        @Nullable String requestingSoftware,
        @Nullable NhsNumber nhsNumber) {
      this(
          senderAddress,
          method,
          interaction,
          requestId,
          correlationId,
          target,
          receiver,
          apiVersion,
          useContext,
          endUserOrganisation,
          requestingSoftware,
          nhsNumber,
          null);
    }

    /** The same, sent by this application. */
    public Asked sentBy(@Nullable String proven) {
      return new Asked(
          senderAddress,
          method,
          interaction,
          requestId,
          correlationId,
          target,
          receiver,
          apiVersion,
          useContext,
          endUserOrganisation,
          requestingSoftware,
          nhsNumber,
          proven);
    }
  }

  /**
   * When each step was reached, in microseconds since the epoch; 0 for a step that was not.
   *
   * @param received the request's head was complete
   * @param connected a connection to the receiver was there; its first byte went out after this
   * @param requestSent the request's last byte had been written towards the receiver
   * @param answerHead the head of the receiver's answer was complete
   * @param closed the answer's last byte was about to be written, or the exchange was given up
   */
  public record Steps(
      long received, long connected, long requestSent, long answerHead, long closed) {}

  /**
   * How it ended.
   *
   * @param status the status the sender was sent, 0 when none was
   * @param error null when no answer of ours was sent
   * @param bytesFromSender body bytes read from the sender
   * @param bytesToSender body bytes written to the sender
   */
  public record Result(
      Fate fate, int status, @Nullable BarsError error, long bytesFromSender, long bytesToSender) {}
}
