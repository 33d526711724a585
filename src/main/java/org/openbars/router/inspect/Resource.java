package org.openbars.router.inspect;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.DestinationMatch;
import org.openbars.router.message.Inspection;
import org.openbars.router.message.NhsNumber;

/**
 * What the resource being read holds of interest, whatever its type turns out to be. The first of
 * each counts. Used again for the next resource.
 */
final class Resource {
  static final String USE_CASES = "usecases-categories-bars";

  @Nullable String type;
  @Nullable String id;
  @Nullable String status;
  @Nullable String identifier;
  @Nullable String definition;
  @Nullable String source;
  @Nullable String responseIdentifier;
  @Nullable String focus;
  @Nullable String event;
  @Nullable String reason;
  @Nullable String category;
  @Nullable String useCase;
  @Nullable NhsNumber ownNumber;
  @Nullable NhsNumber namedNumber;
  boolean invalidOwnNumber;
  boolean invalidNamedNumber;
  final List<String> destinations = new ArrayList<>(1);
  private boolean matches;
  private boolean undetermined;

  void clear() {
    type = null;
    id = null;
    status = null;
    identifier = null;
    definition = null;
    source = null;
    responseIdentifier = null;
    focus = null;
    event = null;
    reason = null;
    category = null;
    useCase = null;
    ownNumber = null;
    namedNumber = null;
    invalidOwnNumber = false;
    invalidNamedNumber = false;
    destinations.clear();
    matches = false;
    undetermined = false;
  }

  void destination(String endpoint, DestinationMatch match) {
    matches |= match == DestinationMatch.MATCHES;
    undetermined |= match == DestinationMatch.UNDETERMINED;
    if (destinations.size() < Inspection.MAX_DESTINATIONS) {
      destinations.add(endpoint);
    }
  }

  DestinationMatch destinationMatch() {
    if (matches) {
      return DestinationMatch.MATCHES;
    }
    return destinations.isEmpty() || undetermined
        ? DestinationMatch.UNDETERMINED
        : DestinationMatch.DIFFERS;
  }

  /** An identifier that the resource itself has. */
  void identifier(@Nullable String system, @Nullable String value) {
    if (value == null) {
      return;
    }
    if (identifier == null) {
      identifier = Envelope.cut(system == null ? value : system + "|" + value);
    }
    if (NhsNumber.SYSTEM.equals(system)) {
      if (!NhsNumber.isValid(value)) {
        invalidOwnNumber = true;
      } else if (ownNumber == null) {
        ownNumber = new NhsNumber(value);
      }
    }
  }

  /** An identifier by which the resource names its patient. */
  void patient(@Nullable String system, @Nullable String value) {
    if (value != null && NhsNumber.SYSTEM.equals(system)) {
      if (!NhsNumber.isValid(value)) {
        invalidNamedNumber = true;
      } else if (namedNumber == null) {
        namedNumber = new NhsNumber(value);
      }
    }
  }

  void coding(Step.Scope where, @Nullable String system, @Nullable String code) {
    if (code == null) {
      return;
    }
    if (system != null && system.endsWith(USE_CASES)) {
      useCase = useCase == null ? code : useCase;
      return;
    }
    switch (where) {
      case EVENT -> event = event == null ? code : event;
      case REASON -> reason = reason == null ? code : reason;
      case CATEGORY -> category = category == null ? code : category;
      default -> {
        // Of other codings only the use case is wanted.
      }
    }
  }
}
