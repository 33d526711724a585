package org.openbars.router.sandbox.synthetic;

import java.time.Duration;
import java.time.Instant;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.MessageHeader;
import org.hl7.fhir.r4.model.Resource;

/** What a receiver answers a message with at once: the message as it now holds it. */
public final class SynchronousAnswer {
  private SynchronousAnswer() {}

  /**
   * The request with its header turned round.
   *
   * @param held takes the place of the entry with its id; a new id is added
   */
  public static Bundle to(Bundle request, Instant now, Resource... held) {
    Bundle answer = request.copy();
    MessageDraft draft = new MessageDraft(request.getIdPart().hashCode(), "answer", now);
    answer.setId(draft.uuid());
    answer.setTimestampElement(draft.instant(Duration.ZERO));
    answer.getMeta().setLastUpdatedElement(draft.instant(Duration.ZERO));
    turn((MessageHeader) answer.getEntryFirstRep().getResource(), request.getIdPart());
    for (Resource resource : held) {
      entry(answer, resource).setResource(resource.copy());
    }
    return answer;
  }

  private static BundleEntryComponent entry(Bundle answer, Resource resource) {
    String id = Ids.of(resource);
    for (BundleEntryComponent entry : answer.getEntry()) {
      if (id.equals(Ids.find(entry.getResource()))) {
        return entry;
      }
    }
    return answer.addEntry().setFullUrl("urn:uuid:" + id);
  }

  private static void turn(MessageHeader header, String request) {
    String asked = header.getSource().getEndpoint();
    String sender = header.getSender().getReference();
    MessageHeader.MessageDestinationComponent destination = header.getDestinationFirstRep();
    String receiver = destination.getReceiver().getReference();
    header.getSource().setEndpoint(destination.getEndpoint()).setName("Sandbox receiver");
    destination.setEndpoint(asked);
    destination.getReceiver().setReference(sender);
    header.getSender().setReference(receiver);
    String event = header.getEventCoding().getCode();
    header.getEventCoding().setCode(event.replaceFirst("-request$", "-response"));
    header.setDefinition(null);
    header.getResponse().setIdentifier(request).setCode(MessageHeader.ResponseType.OK);
  }
}
