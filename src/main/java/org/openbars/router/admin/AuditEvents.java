package org.openbars.router.admin;

import io.vertx.core.json.JsonObject;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.SearchEntryMode;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.openbars.router.audit.AuditSearch;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.fhir.FhirR4;
import org.openbars.router.message.NhsNumber;

/**
 * Audit records as FHIR R4 says them: a searchset of AuditEvent, or one AuditEvent a line. HAPI may
 * take seconds the first time: workers and commands only.
 */
public final class AuditEvents {
  private AuditEvents() {}

  /**
   * A page of records. {@code self} is the question's URL without its cursor; after a POST the
   * cursor of the link {@code next} goes into the body.
   */
  static String bundle(AuditSearch.Page page, String self, AnswerFormat format) {
    Bundle bundle = new Bundle();
    bundle.setType(BundleType.SEARCHSET);
    bundle.addLink().setRelation("self").setUrl(self);
    if (page.next() != null) {
      String next = self + (self.contains("?") ? "&" : "?") + "cursor=" + page.next();
      bundle.addLink().setRelation("next").setUrl(next);
    }
    for (JsonObject record : page.records()) {
      AuditEvent event = ExchangeEvent.of(record);
      BundleEntryComponent entry = bundle.addEntry();
      entry.setFullUrl("urn:uuid:" + event.getIdPart()).setResource(event);
      entry.getSearch().setMode(SearchEntryMode.MATCH);
    }
    if (page.withheld() > 0) {
      BundleEntryComponent entry = bundle.addEntry().setResource(withheld(page.withheld()));
      entry.getSearch().setMode(SearchEntryMode.OUTCOME);
    }
    return FhirR4.strictParser(format).encodeResourceToString(bundle);
  }

  private static OperationOutcome withheld(int records) {
    OperationOutcome outcome = new OperationOutcome();
    outcome
        .addIssue()
        .setSeverity(IssueSeverity.INFORMATION)
        .setCode(IssueType.SUPPRESSED)
        .setDiagnostics(records + " more of this page are held and restricted");
    return outcome;
  }

  /**
   * A record as one line for the person whose NHS number it holds; it is marked with the
   * confidentiality {@code R} when it is restricted.
   */
  public static String line(JsonObject record, boolean restricted, NhsNumber person) {
    AuditEvent event = ExchangeEvent.of(record);
    if (restricted) {
      event
          .getMeta()
          .addSecurity()
          .setSystem("http://terminology.hl7.org/CodeSystem/v3-Confidentiality")
          .setCode("R");
    }
    ExchangeEvent.addPerson(event, person);
    return encode(event);
  }

  /** A look at the person's records, or a change about the person, as one line. */
  public static String lookLine(JsonObject look, NhsNumber person) {
    AuditEvent event = LookEvent.of(look);
    ExchangeEvent.addPerson(event, person);
    return encode(event);
  }

  private static String encode(AuditEvent event) {
    return FhirR4.strictParser(AnswerFormat.JSON).encodeResourceToString(event);
  }
}
