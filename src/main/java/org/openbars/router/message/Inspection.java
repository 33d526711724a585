package org.openbars.router.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of one request's body, to the point where reading it stopped. Every text is at most
 * {@value #MAX_TEXT} characters, longer ones are cut; null where the body has none.
 *
 * @param state how far the body was read
 * @param destination the message's destinations against the target identifier
 * @param header what the MessageHeader says
 * @param subject the referral or booking it is about
 * @param patient whose it is
 */
public record Inspection(
    State state, DestinationMatch destination, Header header, Subject subject, Patient patient) {
  /** The longest text kept, in characters. */
  public static final int MAX_TEXT = 256;

  /** The most destinations kept; all are compared. */
  public static final int MAX_DESTINATIONS = 8;

  /** How far a body was read. Whatever the state, the body passed unchanged. */
  public enum State {
    /** Read to its end, and well formed as far as the tokeniser tells. */
    COMPLETE,
    /** The exchange ended before the body did. */
    PARTIAL,
    /** Not well-formed UTF-8 JSON or XML, or ended in its middle. */
    MALFORMED,
    /** Has a content encoding; not read. */
    COMPRESSED,
    /** Empty, neither JSON nor XML, or not UTF-8; not read. */
    NOT_READ,
    /** Read up to a name, number or text longer than the tokeniser may hold. */
    TOO_LARGE_VALUE,
    /** Read up to the deepest nesting followed. */
    TOO_DEEP,
    /** Read up to the most bytes, or the most different names, read of one body. */
    TOO_LONG,
    /** Read up to a document type declaration or an entity, which are never resolved. */
    DTD
  }

  /**
   * Of the Bundle and its first MessageHeader.
   *
   * @param bundleId Bundle.id
   * @param timestamp Bundle.timestamp, as written
   * @param event MessageHeader.eventCoding.code
   * @param reason MessageHeader.reason.coding.code, the first
   * @param definition MessageHeader.definition
   * @param source MessageHeader.source.endpoint
   * @param destinations MessageHeader.destination.endpoint, at most {@value #MAX_DESTINATIONS}
   * @param responseIdentifier MessageHeader.response.identifier: the Bundle.id this answers
   */
  public record Header(
      @Nullable String bundleId,
      @Nullable String timestamp,
      @Nullable String event,
      @Nullable String reason,
      @Nullable String definition,
      @Nullable String source,
      List<String> destinations,
      @Nullable String responseIdentifier) {
    public Header {
      destinations = List.copyOf(destinations);
    }
  }

  /**
   * Of the ServiceRequest and the Appointment that MessageHeader.focus names, else of the first of
   * each; a body that is one of them works as well.
   *
   * @param useCase the code whose system ends in {@code usecases-categories-bars}: of
   *     ServiceRequest.category, where Core 1.5.0 puts it, or of ServiceRequest.code,
   *     Appointment.serviceCategory, MessageHeader.reason or eventCoding, where it has been seen
   * @param category ServiceRequest.category.coding.code, the first that is not the use case
   * @param serviceRequestIdentifier {@code system|value} of the first identifier, else the id
   * @param appointmentIdentifier {@code system|value} of the first identifier, else the id
   */
  public record Subject(
      @Nullable String useCase,
      @Nullable String category,
      @Nullable String serviceRequestStatus,
      @Nullable String serviceRequestIdentifier,
      @Nullable String appointmentStatus,
      @Nullable String appointmentIdentifier) {}

  /**
   * Whose message it is.
   *
   * @param nhsNumber the first valid one of a Patient, or of the patient that a ServiceRequest or
   *     Appointment names by identifier
   * @param invalidNhsNumber whether there was one that is not ten digits with a valid check digit
   */
  public record Patient(@Nullable NhsNumber nhsNumber, boolean invalidNhsNumber) {}

  private static final Header NO_HEADER =
      new Header(null, null, null, null, null, null, List.of(), null);
  private static final Subject NO_SUBJECT = new Subject(null, null, null, null, null, null);
  private static final Patient NO_PATIENT = new Patient(null, false);

  /** A body of which nothing was seen. */
  public static Inspection nothing(State state) {
    return new Inspection(state, DestinationMatch.UNDETERMINED, NO_HEADER, NO_SUBJECT, NO_PATIENT);
  }

  /** Shows no text of the body: it may be personal. */
  @Override
  public String toString() {
    return "Inspection[" + state + ", destination " + destination + "]";
  }
}
