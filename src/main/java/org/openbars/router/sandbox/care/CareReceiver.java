package org.openbars.router.sandbox.care;

import ca.uhn.fhir.parser.DataFormatException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Resource;
import org.jspecify.annotations.Nullable;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.fhir.FhirR4;
import org.openbars.router.identify.AcceptedVersion;
import org.openbars.router.message.Interaction;
import org.openbars.router.message.Uuids;
import org.openbars.router.sandbox.synthetic.CareSetting;
import org.openbars.router.sandbox.synthetic.UseCase;

/**
 * One service that receives by the standard's rules and keeps in memory what it accepted: at most
 * {@value #SLOTS} slots, a thousand bookings, a thousand referrals. Workers only; safe on several
 * at once.
 */
public final class CareReceiver {
  /** Slots in the diary when it opens: twelve hours of quarters. */
  public static final int SLOTS = 48;

  /** The one major version of the API that it holds. */
  private static final int API_MAJOR = 1;

  private final Correspondence correspondence;
  private final InstantSource clock;
  private final MessageRules rules;
  private final Processed processed = new Processed();
  private final CareRecords records;
  private final Interactions interactions;

  /**
   * @param useCases all that the sandbox knows; it holds those that name it
   * @param correspondence shared by all receivers of one sandbox
   */
  public CareReceiver(
      CareSetting setting,
      List<UseCase> useCases,
      Correspondence correspondence,
      InstantSource clock) {
    this.correspondence = correspondence;
    this.clock = clock;
    this.rules = new MessageRules(setting, useCases, correspondence);
    this.records = new CareRecords(new Diary(setting.target(), clock.instant(), SLOTS));
    List<UseCase> held =
        useCases.stream().filter(useCase -> useCase.receiver() == setting).toList();
    this.interactions = new Interactions(setting, held, records);
  }

  /** Does what is asked and answers; {@link #answered} is to follow when the answer goes out. */
  public CareAnswer answer(CareRequest request) {
    AnswerFormat format = AnswerFormat.of(request.accept());
    try {
      return answerOrRefuse(request, format);
    } catch (Refusal refusal) {
      return answer(refusal, format, Optional.empty());
    }
  }

  private CareAnswer answerOrRefuse(CareRequest request, AnswerFormat format) throws Refusal {
    String id = checkedId(request.requestId(), "X-Request-Id");
    checkedId(request.correlationId(), "X-Correlation-Id");
    Matched matched = match(request);
    version(request);
    if (!matched.interaction.writes()) {
      return answer(200, act(request, matched), format, Map.of(), Optional.empty());
    }
    Optional<CareAnswer> before = processed.begin(id);
    if (before.isPresent()) {
      return before.get();
    }
    try {
      return answer(200, act(request, matched), format, Map.of(), Optional.of(id));
    } catch (Refusal refusal) {
      return answer(refusal, format, Optional.of(id));
    }
  }

  /** The answer is on its way: from now on a retry is not too early any more. */
  public void answered(CareAnswer answer) {
    answer.settles().ifPresent(id -> processed.end(id, answer));
  }

  private static String checkedId(@Nullable String id, String header) throws Refusal {
    if (id == null) {
      throw Refusal.required(header + " is missing.");
    }
    if (!Uuids.isUuid(id)) {
      throw Refusal.invalid(header + " is no UUID.");
    }
    return id;
  }

  private static void version(CareRequest request) throws Refusal {
    AcceptedVersion asked = AcceptedVersion.parse(request.accept());
    if (asked.malformed() || (asked.version() != null && asked.version().major() != API_MAJOR)) {
      throw Refusal.notAcceptable("This service holds version 1 of the API.");
    }
  }

  /** An interaction and, where there is one, the id at the path's end. */
  private record Matched(Interaction interaction, String id) {}

  /** Whatever base path stands before it. */
  private static Matched match(CareRequest request) throws Refusal {
    String path = request.path();
    int last = path.lastIndexOf('/');
    int before = last < 1 ? -1 : path.lastIndexOf('/', last - 1);
    for (int slash : new int[] {last, before}) {
      if (slash >= 0) {
        Interaction.Match match = Interaction.find(request.method(), path.substring(slash));
        if (match instanceof Interaction.Match.Found found) {
          return new Matched(found.interaction(), path.substring(last + 1));
        }
        if (match instanceof Interaction.Match.WrongMethod wrong) {
          throw Refusal.wrongMethod(wrong.allow());
        }
      }
    }
    throw Refusal.notFound("There is no such path.");
  }

  private Resource act(CareRequest request, Matched matched) throws Refusal {
    Instant now = clock.instant();
    if (matched.interaction == Interaction.PROCESS_MESSAGE) {
      ReceivedMessage message = ReceivedMessage.of(parse(request, request.body(), Bundle.class));
      synchronized (records) {
        RequestType type = rules.check(message);
        Bundle answer = records.act(message, type, now);
        correspondence.sent(message.header().getSource().getEndpoint(), message.id());
        return answer;
      }
    }
    @Nullable Resource sent =
        switch (matched.interaction) {
          case APPOINTMENT_CREATE,
              APPOINTMENT_UPDATE,
              SERVICE_REQUEST_CREATE,
              SERVICE_REQUEST_UPDATE ->
              parse(request, request.body(), Resource.class);
          default -> null;
        };
    synchronized (records) {
      return interactions.act(matched.interaction, matched.id, request, sent, now);
    }
  }

  static <T extends IBaseResource> T parse(CareRequest request, String body, Class<T> type)
      throws Refusal {
    String contentType = request.contentType();
    boolean xml = contentType != null && contentType.contains("xml");
    try {
      IBaseResource resource =
          FhirR4.strictParser(xml ? AnswerFormat.XML : AnswerFormat.JSON).parseResource(body);
      if (type.isInstance(resource)) {
        return type.cast(resource);
      }
    } catch (DataFormatException e) {
      // What it says may quote the message: none of that goes back.
      throw Refusal.invalid("The body is not FHIR R4 in the format that Content-Type names.");
    }
    throw Refusal.invalid("The body must be a " + type.getSimpleName() + ".");
  }

  private static CareAnswer answer(Refusal refusal, AnswerFormat format, Optional<String> settles) {
    return answer(refusal.status(), refusal.outcome(), format, refusal.headers(), settles);
  }

  private static CareAnswer answer(
      int status,
      Resource resource,
      AnswerFormat format,
      Map<String, String> headers,
      Optional<String> settles) {
    String body = FhirR4.strictParser(format).setPrettyPrint(true).encodeResourceToString(resource);
    return new CareAnswer(status, format.contentType(), body, headers, settles);
  }
}
