package org.openbars.router.admin;

import io.vertx.core.json.JsonObject;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventAction;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventAgentNetworkType;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventOutcome;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.StringType;

/** One look at the audit as an AuditEvent. */
final class LookEvent {
  private LookEvent() {}

  static AuditEvent of(JsonObject look) {
    boolean change =
        look.getString("kind").startsWith("restriction")
            || look.getString("kind").startsWith("suspension");
    AuditEvent event = new AuditEvent();
    event
        .setType(
            new Coding("http://dicom.nema.org/resources/ontology/DCM", "110101", "Audit Log Used"))
        .addSubtype(new Coding().setCode(look.getString("kind")))
        .setAction(change ? AuditEventAction.U : AuditEventAction.R)
        .setRecordedElement(new InstantType(look.getString("at")))
        .setOutcome(AuditEventOutcome._0);
    event
        .addAgent()
        .setName(look.getString("who"))
        .setRequestor(true)
        .getNetwork()
        .setAddress(look.getString("address"))
        .setType(AuditEventAgentNetworkType._2);
    event.getSource().getObserver().setDisplay(look.getString("node"));
    event
        .addEntity()
        .setName("question")
        .setDescription(look.getJsonObject("question").encode())
        .addDetail()
        .setType("records")
        .setValue(new StringType(String.valueOf(look.getLong("records"))));
    return event;
  }
}
