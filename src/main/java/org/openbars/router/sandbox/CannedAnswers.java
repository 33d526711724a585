package org.openbars.router.sandbox;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.Interaction;
import org.openbars.router.sandbox.care.CareAnswer;
import org.openbars.router.sandbox.synthetic.ReceiverOutcome;
import org.openbars.router.sandbox.synthetic.SyntheticMessages;

/**
 * An ordinary receiver's answers, encoded once at start: answering costs no FHIR. Built on a
 * worker, immutable after.
 */
final class CannedAnswers {
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/fhir+json");
  private static final CharSequence XML = HttpHeaders.createOptimized("application/fhir+xml");
  private static final Set<Integer> ERRORS =
      Set.of(400, 401, 403, 404, 405, 406, 408, 409, 413, 422, 425, 429, 500, 501, 502, 503, 504);

  private final Map<Interaction, Canned> ordinary = new EnumMap<>(Interaction.class);
  private final Map<Integer, Canned> errors = new HashMap<>();
  private final Canned validation;
  private final Canned idsMissing;

  /** One answer in both formats. */
  record Canned(int status, Page json, Page xml, Optional<String> allow) {
    Page page(@Nullable String accept) {
      return accept != null && accept.contains("xml") && !accept.contains("json") ? xml : json;
    }
  }

  /** One body as it is written; its head's values are at hand as well. */
  record Page(CharSequence type, Buffer body, CharSequence length) {
    static Page of(CharSequence type, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return new Page(
          type, Buffer.buffer(bytes), HttpHeaders.createOptimized(Integer.toString(bytes.length)));
    }
  }

  private CannedAnswers() {
    for (int status : ERRORS) {
      errors.put(status, canned(status, ReceiverOutcome.of(status)));
    }
    idsMissing = canned(400, ReceiverOutcome.idsMissing());
    validation = idsMissing;
  }

  private CannedAnswers(SyntheticMessages messages) {
    Bundle booked = messages.bookingResponse(messages.bookingRequest());
    validation = canned(200, messages.validationResponse(messages.validationRequest()));
    for (int status : ERRORS) {
      errors.put(status, canned(status, ReceiverOutcome.of(status)));
    }
    idsMissing = canned(400, ReceiverOutcome.idsMissing());
    Canned done = canned(200, ReceiverOutcome.done());
    Canned appointment = canned(200, messages.appointment());
    Canned serviceRequest = canned(200, messages.serviceRequest());
    for (Interaction interaction : Interaction.values()) {
      Canned one = interaction.resource().equals("Appointment") ? appointment : serviceRequest;
      Canned answer =
          switch (interaction) {
            case METADATA -> canned(200, messages.capabilityStatement());
            case PROCESS_MESSAGE -> canned(200, booked);
            case MESSAGE_DEFINITION_SEARCH -> canned(200, messages.messageDefinitions());
            case SLOT_SEARCH -> canned(200, messages.slots());
            case APPOINTMENT_SEARCH -> canned(200, messages.found(messages.appointment()));
            case SERVICE_REQUEST_SEARCH -> canned(200, messages.found(messages.serviceRequest()));
            case APPOINTMENT_DELETE, SERVICE_REQUEST_DELETE -> done;
            case APPOINTMENT_CREATE,
                APPOINTMENT_READ,
                APPOINTMENT_UPDATE,
                APPOINTMENT_PATCH,
                SERVICE_REQUEST_CREATE,
                SERVICE_REQUEST_READ,
                SERVICE_REQUEST_UPDATE,
                SERVICE_REQUEST_PATCH ->
                one;
          };
      ordinary.put(interaction, answer);
    }
  }

  /** Encodes every answer; takes up to two seconds the first time. Never on an event loop. */
  static CannedAnswers render(SyntheticMessages messages) {
    return new CannedAnswers(messages);
  }

  /** Only the errors, for a receiver whose other answers are made as they are asked for. */
  static CannedAnswers errorsOnly() {
    return new CannedAnswers();
  }

  /** An answer that was made for one request. */
  static Canned once(CareAnswer answer) {
    Page page = Page.of(answer.contentType(), answer.body());
    return new Canned(
        answer.status(), page, page, Optional.ofNullable(answer.headers().get("Allow")));
  }

  private static Canned canned(int status, IBaseResource resource) {
    return new Canned(
        status,
        Page.of(JSON, SyntheticMessages.json(resource)),
        Page.of(XML, SyntheticMessages.xml(resource)),
        Optional.empty());
  }

  /**
   * What a path is answered with, whatever base path stands before it. The header use-context tells
   * a booking from a referral, as bodies are not looked into.
   */
  Canned find(String method, String path, @Nullable String useContext) {
    Interaction.Match match = new Interaction.Match.UnknownPath();
    int slash = path.lastIndexOf('/');
    for (int parts = 0; parts < 2 && slash >= 0; parts++) {
      if (match instanceof Interaction.Match.UnknownPath) {
        match = Interaction.find(method, path.substring(slash).replace("%24", "$"));
      }
      slash = path.lastIndexOf('/', slash - 1);
    }
    if (match instanceof Interaction.Match.Found found) {
      boolean referral =
          found.interaction() == Interaction.PROCESS_MESSAGE
              && useContext != null
              && useContext.contains("servicerequest");
      return referral ? validation : answer(found.interaction());
    }
    if (match instanceof Interaction.Match.WrongMethod wrong) {
      Canned refused = outcome(405);
      return new Canned(405, refused.json, refused.xml, Optional.of(wrong.allow()));
    }
    return outcome(404);
  }

  private Canned answer(Interaction interaction) {
    Canned answer = ordinary.get(interaction);
    if (answer == null) {
      throw new IllegalStateException("no answer to " + interaction);
    }
    return answer;
  }

  /** A receiver's OperationOutcome for this status, that of 500 where it has none of its own. */
  Canned outcome(int status) {
    Canned known = errors.get(status);
    Canned any = known != null ? known : errors.get(500);
    if (any == null) {
      throw new IllegalStateException("no outcome for " + status);
    }
    return any;
  }

  Canned idsMissing() {
    return idsMissing;
  }
}
