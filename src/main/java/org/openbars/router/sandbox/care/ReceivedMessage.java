package org.openbars.router.sandbox.care;

import java.util.Optional;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.MessageHeader;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.jspecify.annotations.Nullable;
import org.openbars.router.sandbox.synthetic.Ids;

/** A message Bundle with its header, and how to find things in it. */
record ReceivedMessage(Bundle bundle, MessageHeader header) {
  static ReceivedMessage of(Bundle bundle) throws Refusal {
    if (bundle.getType() != Bundle.BundleType.MESSAGE) {
      throw Refusal.invariant("Bundle.type must be message.");
    }
    if (!bundle.hasEntry()
        || !(bundle.getEntryFirstRep().getResource() instanceof MessageHeader header)) {
      throw Refusal.invariant("The first entry must be a MessageHeader.");
    }
    if (Ids.find(bundle) == null) {
      throw Refusal.invariant("Bundle.id is missing.");
    }
    return new ReceivedMessage(bundle, header);
  }

  String id() {
    return Ids.of(bundle);
  }

  String event() {
    return text(header.getEventCoding().getCode());
  }

  String reason() {
    return text(header.getReason().getCodingFirstRep().getCode());
  }

  private static String text(@Nullable String code) {
    return code == null ? "" : code;
  }

  /** The first entry of this type. */
  <T extends Resource> Optional<T> first(Class<T> type) {
    return bundle.getEntry().stream()
        .map(BundleEntryComponent::getResource)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst();
  }

  <T extends Resource> T only(Class<T> type) throws Refusal {
    Optional<T> first = first(type);
    if (first.isEmpty()) {
      throw Refusal.invariant("The message has no " + type.getSimpleName() + ".");
    }
    return first.get();
  }

  /** What the message is about. */
  Resource focus() throws Refusal {
    Optional<Resource> focus = entry(header.getFocusFirstRep());
    if (focus.isEmpty()) {
      throw Refusal.invariant("MessageHeader.focus must lead to an entry.");
    }
    return focus.get();
  }

  /** The entry that a reference leads to. */
  Optional<Resource> entry(Reference reference) {
    String target = reference.getReference();
    return bundle.getEntry().stream()
        .filter(entry -> entry.hasFullUrl() && entry.getFullUrl().equals(target))
        .map(BundleEntryComponent::getResource)
        .findFirst();
  }

  /** The patient that the message carries. */
  @Nullable Patient patient() {
    return first(Patient.class).orElse(null);
  }

  /** The id of a resource, whether it has one of its own or that of its full URL. */
  static String idOf(Resource resource) throws Refusal {
    String id = Ids.find(resource);
    if (id == null) {
      throw Refusal.invariant(resource.fhirType() + ".id is missing.");
    }
    return id;
  }

  /** The id that a reference to a slot ends with. */
  static String idOf(Reference reference) {
    String target = text(reference.getReference());
    int end = Math.max(target.lastIndexOf('/'), target.lastIndexOf(':'));
    return target.substring(end + 1);
  }

  /** The code of this system among the codings. */
  static Optional<String> code(Iterable<Coding> codings, String system) {
    for (Coding coding : codings) {
      if (system.equals(coding.getSystem()) && coding.getCode() != null) {
        return Optional.of(coding.getCode());
      }
    }
    return Optional.empty();
  }
}
