package org.openbars.router.sandbox;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.openbars.router.sandbox.synthetic.CareSetting;
import org.openbars.router.sandbox.synthetic.SyntheticMessages;

/**
 * Message bodies for the admin port to hand out by name, so that a pasted curl line has something
 * to send. Immutable; made on a worker.
 */
public final class SandboxPages {
  /** The path that they are served below. */
  public static final String PATH = "/sandbox/messages/";

  private final Map<String, Page> pages;

  /**
   * One body.
   *
   * @param text FHIR, JSON or XML
   */
  public record Page(String contentType, String text) {
    public byte[] bytes() {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  private SandboxPages(Map<String, Page> pages) {
    this.pages = Map.copyOf(pages);
  }

  /**
   * Encodes every message; takes up to two seconds the first time. Never on an event loop.
   *
   * @param now when the receivers opened: bookings ask for slots after that
   */
  public static SandboxPages render(Instant now) {
    SyntheticMessages booking =
        SyntheticMessages.from(CareSetting.EMERGENCY_DEPARTMENT.target(), 1, now);
    SyntheticMessages referral =
        SyntheticMessages.from(CareSetting.CLINICAL_ASSESSMENT_SERVICE.target(), 1, now);
    SyntheticMessages load = SyntheticMessages.from(SandboxTargets.LOAD, 1, now);
    Bundle bookingRequest = booking.bookingRequest();
    Bundle validationRequest = referral.validationRequest();
    Map<String, Page> pages = new LinkedHashMap<>();
    both(pages, "booking-request", bookingRequest);
    both(pages, "load-booking-request", load.bookingRequest());
    both(pages, "booking-response", booking.bookingResponse(bookingRequest));
    both(pages, "validation-referral", validationRequest);
    both(pages, "validation-response", referral.validationResponse(validationRequest));
    both(pages, "slots", booking.slots());
    both(pages, "message-definitions", booking.messageDefinitions());
    both(pages, "capability-statement", booking.capabilityStatement());
    both(pages, "appointment", booking.appointment());
    both(pages, "service-request", referral.serviceRequest());
    return new SandboxPages(pages);
  }

  private static void both(Map<String, Page> pages, String name, IBaseResource resource) {
    pages.put(name + ".json", new Page("application/fhir+json", SyntheticMessages.json(resource)));
    pages.put(name + ".xml", new Page("application/fhir+xml", SyntheticMessages.xml(resource)));
  }

  /** Every page by its name below {@link #PATH}. */
  public Map<String, Page> byName() {
    return pages;
  }
}
