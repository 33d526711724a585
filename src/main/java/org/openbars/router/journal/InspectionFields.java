package org.openbars.router.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.DestinationMatch;
import org.openbars.router.message.Inspection;

/** The part of an entry that tells what was seen of a body, after a byte that says if anything. */
final class InspectionFields {
  private InspectionFields() {}

  static void write(@Nullable Inspection inspection, ByteBuffer to) {
    if (inspection == null) {
      to.put((byte) 0);
      return;
    }
    to.put((byte) 1);
    Fields.name(inspection.state(), to);
    Fields.name(inspection.destination(), to);
    Inspection.Header header = inspection.header();
    Fields.text(header.bundleId(), to);
    Fields.text(header.timestamp(), to);
    Fields.text(header.event(), to);
    Fields.text(header.reason(), to);
    Fields.text(header.definition(), to);
    Fields.text(header.source(), to);
    int destinations = Math.min(header.destinations().size(), Inspection.MAX_DESTINATIONS);
    to.put((byte) destinations);
    for (int i = 0; i < destinations; i++) {
      Fields.text(header.destinations().get(i), to);
    }
    Fields.text(header.responseIdentifier(), to);
    Inspection.Subject subject = inspection.subject();
    Fields.text(subject.useCase(), to);
    Fields.text(subject.category(), to);
    Fields.text(subject.serviceRequestStatus(), to);
    Fields.text(subject.serviceRequestIdentifier(), to);
    Fields.text(subject.appointmentStatus(), to);
    Fields.text(subject.appointmentIdentifier(), to);
    Inspection.Patient patient = inspection.patient();
    Fields.text(patient.nhsNumber() == null ? null : patient.nhsNumber().digits(), to);
    to.put((byte) (patient.invalidNhsNumber() ? 1 : 0));
  }

  static @Nullable Inspection read(Fields from) {
    if (from.octet() == 0) {
      return null;
    }
    Inspection.State state = from.constant(Inspection.State.class);
    DestinationMatch match = from.constant(DestinationMatch.class);
    Inspection.Header header = readHeader(from);
    Inspection.Subject subject =
        new Inspection.Subject(
            from.text(), from.text(), from.text(), from.text(), from.text(), from.text());
    Inspection.Patient patient =
        new Inspection.Patient(Entry.nhsNumber(from.text()), from.octet() != 0);
    // A state not known here is one of a body that was not read to its end.
    return new Inspection(
        state == null ? Inspection.State.PARTIAL : state,
        match == null ? DestinationMatch.UNDETERMINED : match,
        header,
        subject,
        patient);
  }

  private static Inspection.Header readHeader(Fields from) {
    String bundleId = from.text();
    String timestamp = from.text();
    String event = from.text();
    String reason = from.text();
    String definition = from.text();
    String source = from.text();
    List<String> destinations = new ArrayList<>();
    int count = from.octet() & 0xFF;
    for (int i = 0; i < count; i++) {
      String destination = from.text();
      if (destination != null) {
        destinations.add(destination);
      }
    }
    return new Inspection.Header(
        bundleId, timestamp, event, reason, definition, source, destinations, from.text());
  }
}
