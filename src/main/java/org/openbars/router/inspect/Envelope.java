package org.openbars.router.inspect;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.DestinationMatch;
import org.openbars.router.message.Inspection;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.TargetIdentifier;

/**
 * Collects what a tokeniser finds on the {@link Step}s it walks. Keeps the resource being read, and
 * of those before it only what the {@link Inspection} tells.
 */
final class Envelope {
  private static final Set<String> OF_INTEREST =
      Set.of("MessageHeader", "ServiceRequest", "Appointment", "Patient");

  private final DestinationCheck check;
  private final Resource document = new Resource();
  private final Resource entry = new Resource();
  private boolean inEntry;
  private boolean inResource;
  private @Nullable String timestamp;
  private @Nullable String fullUrl;
  private @Nullable String pairSystem;
  private @Nullable String pairValue;

  private boolean headerSeen;
  private @Nullable String focus;
  private @Nullable String event;
  private @Nullable String reason;
  private @Nullable String definition;
  private @Nullable String source;
  private @Nullable String responseIdentifier;
  private List<String> destinations = List.of();
  private DestinationMatch match = DestinationMatch.UNDETERMINED;
  private boolean requestSeen;
  private boolean appointmentSeen;
  private @Nullable String useCase;
  private @Nullable String category;
  private @Nullable String requestStatus;
  private @Nullable String requestIdentifier;
  private @Nullable String appointmentStatus;
  private @Nullable String appointmentIdentifier;
  private @Nullable NhsNumber ofPatient;
  private @Nullable NhsNumber named;
  private boolean invalidNumber;

  Envelope(TargetIdentifier target) {
    this.check = new DestinationCheck(target);
  }

  /** Whether a Bundle's resource of this type tells anything that is wanted. */
  static boolean isOfInterest(String type) {
    return OF_INTEREST.contains(type);
  }

  void open(Step step) {
    switch (step.scope()) {
      case ENTRY -> {
        inEntry = true;
        fullUrl = null;
        entry.clear();
      }
      case RESOURCE -> {
        inResource = true;
        entry.clear();
      }
      case EVENT, REASON, CATEGORY, OTHER_CODING, IDENTIFIER, PATIENT_IDENTIFIER -> {
        pairSystem = null;
        pairValue = null;
      }
      case NONE, DOCUMENT -> {}
    }
  }

  void close(Step step) {
    Resource resource = inResource ? entry : document;
    switch (step.scope()) {
      // An entry's full URL may stand after its resource.
      case ENTRY -> {
        keep(entry);
        inEntry = false;
      }
      case RESOURCE -> inResource = false;
      case IDENTIFIER -> resource.identifier(pairSystem, pairValue);
      case PATIENT_IDENTIFIER -> resource.patient(pairSystem, pairValue);
      case EVENT, REASON, CATEGORY, OTHER_CODING ->
          resource.coding(step.scope(), pairSystem, pairValue);
      case NONE, DOCUMENT -> {}
    }
  }

  /** The type of the resource just opened; in XML its element's name. */
  void type(String type) {
    (inResource ? entry : document).type = cut(type);
  }

  /** A text where a step has a leaf; the destination is compared before it is cut. */
  void text(Step.Leaf leaf, String text) {
    Resource resource = inResource ? entry : document;
    switch (leaf) {
      case RESOURCE_TYPE -> type(text);
      case ID -> resource.id = first(resource.id, text);
      case TIMESTAMP -> timestamp = first(timestamp, text);
      case STATUS -> resource.status = first(resource.status, text);
      case DEFINITION -> resource.definition = first(resource.definition, text);
      case SOURCE_ENDPOINT -> resource.source = first(resource.source, text);
      case DESTINATION_ENDPOINT -> resource.destination(cut(text), check.compare(text));
      case RESPONSE_IDENTIFIER ->
          resource.responseIdentifier = first(resource.responseIdentifier, text);
      case FOCUS -> resource.focus = first(resource.focus, text);
      case FULL_URL -> fullUrl = first(fullUrl, text);
      case PAIR_SYSTEM -> pairSystem = first(pairSystem, text);
      case PAIR_VALUE -> pairValue = first(pairValue, text);
      case NONE -> {}
    }
  }

  private static String first(@Nullable String before, String text) {
    return before == null ? cut(text) : before;
  }

  /** At most {@link Inspection#MAX_TEXT} characters, never half of one. */
  static String cut(String text) {
    if (text.length() <= Inspection.MAX_TEXT) {
      return text;
    }
    boolean half = Character.isHighSurrogate(text.charAt(Inspection.MAX_TEXT - 1));
    return text.substring(0, half ? Inspection.MAX_TEXT - 1 : Inspection.MAX_TEXT);
  }

  private void keep(Resource resource) {
    if (resource.type == null) {
      return;
    }
    switch (resource.type) {
      case "MessageHeader" -> keepHeader(resource);
      case "ServiceRequest" -> keepRequest(resource);
      case "Appointment" -> keepAppointment(resource);
      case "Patient" -> {
        ofPatient = ofPatient == null ? resource.ownNumber : ofPatient;
        invalidNumber |= resource.invalidOwnNumber;
      }
      default -> {
        // Nothing of interest in any other.
      }
    }
  }

  private void keepHeader(Resource header) {
    useCase = useCase == null ? header.useCase : useCase;
    if (headerSeen) {
      return;
    }
    headerSeen = true;
    focus = header.focus;
    event = header.event;
    reason = header.reason;
    definition = header.definition;
    source = header.source;
    responseIdentifier = header.responseIdentifier;
    destinations = List.copyOf(header.destinations);
    match = header.destinationMatch();
  }

  private void keepRequest(Resource request) {
    keepNamed(request);
    if (requestSeen && !isFocus()) {
      return;
    }
    requestSeen = true;
    useCase = request.useCase == null ? useCase : request.useCase;
    category = request.category;
    requestStatus = request.status;
    requestIdentifier = request.identifier == null ? request.id : request.identifier;
  }

  private void keepAppointment(Resource appointment) {
    keepNamed(appointment);
    useCase = useCase == null ? appointment.useCase : useCase;
    if (appointmentSeen && !isFocus()) {
      return;
    }
    appointmentSeen = true;
    appointmentStatus = appointment.status;
    appointmentIdentifier =
        appointment.identifier == null ? appointment.id : appointment.identifier;
  }

  private void keepNamed(Resource resource) {
    named = named == null ? resource.namedNumber : named;
    invalidNumber |= resource.invalidNamedNumber;
  }

  private boolean isFocus() {
    return focus != null
        && fullUrl != null
        && (fullUrl.equals(focus) || fullUrl.endsWith("/" + focus));
  }

  /** Known once the entry of the MessageHeader has been read. */
  DestinationMatch destination() {
    return match;
  }

  /** What was found; a resource not read to its end counts with what it told. */
  Inspection inspection(Inspection.State state) {
    if (inEntry) {
      keep(entry);
      inEntry = false;
    }
    fullUrl = null;
    keep(document);
    String bundleId = "Bundle".equals(document.type) ? document.id : null;
    return new Inspection(
        state,
        match,
        new Inspection.Header(
            bundleId,
            timestamp,
            event,
            reason,
            definition,
            source,
            destinations,
            responseIdentifier),
        new Inspection.Subject(
            useCase,
            category,
            requestStatus,
            requestIdentifier,
            appointmentStatus,
            appointmentIdentifier),
        new Inspection.Patient(ofPatient == null ? named : ofPatient, invalidNumber));
  }
}
