package org.openbars.router.admin;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openbars.router.audit.AuditQuestion;
import org.openbars.router.audit.AuditSearch;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.message.NhsNumber;

/**
 * {@code /api/audit} and what lies below it. A question's text is never repeated: an answer of ours
 * names the part that is wrong and the rule. On the admin port's event loop; HAPI on its worker.
 */
final class AuditRoutes {
  private static final String JSON = "application/json";
  private static final String FHIR = "application/fhir+";
  private static final int MAX_QUESTIONS = 8;

  /** Longer than a search may take, shorter than a connection may stand idle. */
  private static final long QUESTION_SECONDS = 25;

  private final AuditQuestions audit;
  private final boolean changes;
  private final WorkerExecutor worker;
  private int questions;

  /** Makes a question of parameters or members. */
  private interface Reader {
    AuditQuestion read(MultiMap parts) throws AuditParameters.BadParameter;
  }

  AuditRoutes(AuditQuestions audit, boolean changes, WorkerExecutor worker) {
    this.audit = audit;
    this.changes = changes;
    this.worker = worker;
  }

  Map<String, AdminRoutes.Route> gets() {
    return Map.of(
        "/api/audit", request -> get(request, AuditParameters::read),
        "/api/audit/looks", request -> get(request, AuditParameters::looks));
  }

  Map<String, AdminRoutes.Route> posts() {
    return Map.of(
        "/api/audit/search", request -> post(request, AuditParameters::posted),
        "/api/audit/restrictions", request -> change(request, AuditParameters::restriction),
        "/api/audit/restrictions/lift", request -> change(request, AuditParameters::lift),
        "/api/audit/corrections", request -> change(request, AuditParameters::correction));
  }

  private void get(HttpServerRequest request, Reader reader) {
    MultiMap parameters;
    try {
      parameters = request.params(true);
    } catch (IllegalArgumentException e) {
      AdminRoutes.problem(request, 400, "the query is not percent-encoded as it should be");
      return;
    }
    ask(request, reader, parameters, false);
  }

  private void post(HttpServerRequest request, Reader reader) {
    if (request.query() != null) {
      AdminRoutes.problem(request, 400, "the question belongs into the body, the URL takes none");
      return;
    }
    JsonBody.take(request, members -> ask(request, reader, members, true));
  }

  private void change(HttpServerRequest request, Reader reader) {
    if (changes) {
      post(request, reader);
    } else {
      AdminRoutes.send(request, 403, FHIR + "json", forbidden());
    }
  }

  private static Buffer forbidden() {
    return new JsonObject()
        .put("resourceType", "OperationOutcome")
        .put(
            "issue",
            new JsonArray()
                .add(
                    new JsonObject()
                        .put("severity", "error")
                        .put("code", "forbidden")
                        .put("diagnostics", "Changes are off here: admin.changes is off.")))
        .toBuffer();
  }

  private void ask(HttpServerRequest request, Reader reader, MultiMap parts, boolean posted) {
    AuditQuestion question;
    try {
      question = reader.read(parts);
    } catch (AuditParameters.BadParameter e) {
      AdminRoutes.problem(request, 400, String.valueOf(e.getMessage()));
      return;
    }
    if (questions >= MAX_QUESTIONS) {
      AdminRoutes.problem(request, 503, "too many audit questions at once");
      return;
    }
    questions++;
    asked(question, Caller.of(request, posted))
        .timeout(QUESTION_SECONDS, TimeUnit.SECONDS)
        .onComplete(done -> questions--)
        .onSuccess(answer -> answer(request, answer))
        .onFailure(e -> AdminRoutes.failed(request, e));
  }

  private Future<AuditSearch.Answer> asked(AuditQuestion question, Caller caller) {
    try {
      return audit.ask(question, caller);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private void answer(HttpServerRequest request, AuditSearch.Answer answer) {
    if (answer instanceof AuditSearch.Page page) {
      records(request, page);
    } else if (answer instanceof AuditSearch.LookPage page) {
      AdminRoutes.json(request, 200, page.toJson());
    } else if (answer instanceof AuditSearch.Done done) {
      AdminRoutes.json(request, 200, done.what());
    } else if (answer instanceof AuditSearch.NotFound none) {
      AdminRoutes.problem(request, 404, none.problem());
    } else if (answer instanceof AuditSearch.BadQuery bad) {
      AdminRoutes.problem(request, 400, bad.problem());
    } else if (answer instanceof AuditSearch.Unavailable away) {
      AdminRoutes.problem(request, 503, away.problem());
    }
  }

  private void records(HttpServerRequest request, AuditSearch.Page page) {
    String accept = request.getHeader(HttpHeaders.ACCEPT);
    if (!wantsFhir(accept)) {
      AdminRoutes.json(request, 200, page.toJson());
      return;
    }
    AnswerFormat format = AnswerFormat.of(accept);
    String self = self(request);
    worker
        .executeBlocking(() -> Buffer.buffer(AuditEvents.bundle(page, self, format)), false)
        .onSuccess(body -> AdminRoutes.send(request, 200, format.contentType(), body))
        .onFailure(e -> AdminRoutes.failed(request, e));
  }

  private static boolean wantsFhir(@Nullable String accept) {
    return accept != null && accept.contains(FHIR) && !accept.contains(JSON);
  }

  /**
   * The question's own URL for the Bundle's links, without its cursor; the path alone when it may
   * hold what must not be repeated.
   */
  private static String self(HttpServerRequest request) {
    MultiMap parameters = request.params(true);
    StringBuilder url = new StringBuilder(request.path());
    for (Map.Entry<String, String> part : parameters) {
      if (NhsNumber.standsIn(part.getValue())) {
        return request.path();
      }
      if (!part.getKey().equals("cursor")) {
        url.append(url.indexOf("?") < 0 ? '?' : '&')
            .append(part.getKey())
            .append('=')
            .append(URLEncoder.encode(part.getValue(), StandardCharsets.UTF_8));
      }
    }
    return url.toString();
  }
}
