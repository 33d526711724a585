package org.openbars.router.sandbox.journey;

import ca.uhn.fhir.parser.DataFormatException;
import java.util.Optional;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.MessageDefinition;
import org.hl7.fhir.r4.model.MessageHeader;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.hl7.fhir.r4.model.Slot;
import org.jspecify.annotations.Nullable;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.fhir.FhirR4;
import org.openbars.router.sandbox.journey.MockSender.Answer;
import org.openbars.router.sandbox.journey.Moves.OutOfPlace;

/** Whether an answer is what the standard lets a sender expect. */
final class Verdicts {
  private static final int DUPLICATE = 409;

  private final AnswerFormat format;
  private final Moves moves;

  Verdicts(AnswerFormat format, Moves moves) {
    this.format = format;
    this.moves = moves;
  }

  /** The answer's resource; null when it is none. */
  @Nullable Resource parse(Answer answer) {
    try {
      return (Resource) FhirR4.strictParser(format).parseResource(answer.body());
    } catch (DataFormatException | ClassCastException e) {
      return null;
    }
  }

  /** What is wrong with the answer; empty when nothing is. */
  Optional<String> fault(Act act, Sent sent, Answer answer, @Nullable Resource resource)
      throws OutOfPlace {
    int expected = act == Act.RETRY ? DUPLICATE : 200;
    if (answer.status() != expected) {
      return Optional.of("status " + answer.status() + " instead of " + expected + told(resource));
    }
    if (!answer.requestId().equals(sent.requestId())
        || !answer.correlationId().equals(sent.correlationId())) {
      return Optional.of("the ids are not mirrored");
    }
    if (!answer.contentType().startsWith(format.contentType())) {
      return Optional.of("content type is " + answer.contentType());
    }
    if (resource == null) {
      return Optional.of("the body is not FHIR R4");
    }
    return expected(act, sent, resource)
        ? Optional.empty()
        : Optional.of("the body is not what was asked for");
  }

  private static String told(@Nullable Resource resource) {
    return resource instanceof OperationOutcome outcome
        ? ": " + outcome.getIssueFirstRep().getDiagnostics()
        : "";
  }

  private boolean expected(Act act, Sent sent, Resource resource) throws OutOfPlace {
    return switch (act) {
      case CAPABILITY -> resource instanceof CapabilityStatement;
      case DEFINITIONS -> holds(resource, MessageDefinition.class);
      case SLOTS -> holds(resource, Slot.class);
      case RETRY ->
          resource instanceof OperationOutcome outcome
              && outcome.getIssueFirstRep().getCode() == IssueType.DUPLICATE;
      case READ_BOOKING ->
          resource instanceof Appointment read
              && Moves.idOf(read).equals(moves.soughtId(act))
              && read.getStatus().toCode().equals(moves.soughtStatus(act));
      case READ_REFERRAL ->
          resource instanceof ServiceRequest read
              && Moves.idOf(read).equals(moves.soughtId(act))
              && read.getStatus().toCode().equals(moves.soughtStatus(act));
      case FIND_BOOKINGS, FIND_REFERRALS -> found(resource, moves.soughtId(act));
      case REFER,
          BOOK,
          UPDATE_BOOKING,
          CANCEL_BOOKING,
          UPDATE_REFERRAL,
          CANCEL_REFERRAL,
          RESPOND_INTERIM,
          RESPOND_FULL,
          RESPOND_ACCEPTED,
          RESPOND_COMPLETED,
          RESPOND_REJECTED,
          DID_NOT_ATTEND ->
          answers(resource, sent);
    };
  }

  private static boolean holds(Resource resource, Class<? extends Resource> type) {
    return resource instanceof Bundle bundle && Moves.first(bundle, type) != null;
  }

  private static boolean found(Resource resource, String id) {
    return resource instanceof Bundle bundle
        && bundle.getEntry().stream().anyMatch(entry -> id.equals(Moves.idOf(entry.getResource())));
  }

  /** An answer to a message names it. */
  private boolean answers(Resource resource, Sent sent) {
    String id = FhirR4.strictParser(format).parseResource(Bundle.class, sent.body()).getIdPart();
    return resource instanceof Bundle bundle
        && bundle.getEntryFirstRep().getResource() instanceof MessageHeader header
        && id.equals(header.getResponse().getIdentifier());
  }
}
