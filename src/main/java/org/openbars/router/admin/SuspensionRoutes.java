package org.openbars.router.admin;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openbars.router.directory.Suspension;
import org.openbars.router.directory.Suspension.Scope;
import org.openbars.router.directory.Suspensions;
import org.openbars.router.message.NhsNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /api/suspensions}: stops messages to a target or a receiver's host, or from an
 * application, and lets them go again. Each change says why, is logged, and is noted beside the
 * looks at the audit. On the admin port's event loop; the file on its worker.
 */
final class SuspensionRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(SuspensionRoutes.class);
  private static final Set<String> MEMBERS =
      Set.of("target", "receiver", "application", "reason", "by");

  private final Suspensions suspensions;
  private final Operations.Diary diary;
  private final boolean changes;
  private final WorkerExecutor worker;

  /** What is asked for. */
  private record Order(Scope scope, String subject, String reason, String by) {}

  SuspensionRoutes(Operations operations, boolean changes, WorkerExecutor worker) {
    this.suspensions = operations.directory().suspensions();
    this.diary = operations.diary();
    this.changes = changes;
    this.worker = worker;
  }

  Map<String, AdminRoutes.Route> gets() {
    return Map.of("/api/suspensions", this::shown);
  }

  Map<String, AdminRoutes.Route> posts() {
    return Map.of(
        "/api/suspensions",
        request -> ordered(request, "suspension", this::suspend),
        "/api/suspensions/lift",
        request -> ordered(request, "suspension-lift", this::lift));
  }

  private void shown(HttpServerRequest request) {
    JsonArray all = new JsonArray();
    suspensions.all().forEach(each -> all.add(DirectoryRoutes.suspension(each)));
    Object file = suspensions.path();
    AdminRoutes.json(
        request,
        200,
        new JsonObject()
            .put("known", suspensions.known())
            .put("file", file == null ? null : file.toString())
            .put("suspensions", all));
  }

  /** Carries an order out. Blocking. */
  private interface Execution {
    Suspensions.Changed run(Order order) throws Suspensions.NotChanged;
  }

  private void ordered(HttpServerRequest request, String kind, Execution execution) {
    if (!changes) {
      AdminRoutes.problem(request, 403, "changes are off here: admin.changes is off");
      return;
    }
    JsonBody.take(request, members -> execute(request, kind, members, execution));
  }

  private void execute(
      HttpServerRequest request, String kind, MultiMap members, Execution execution) {
    Caller caller = Caller.of(request, true);
    Order order;
    try {
      order = order(members, caller);
    } catch (IllegalArgumentException e) {
      AdminRoutes.problem(request, 400, String.valueOf(e.getMessage()));
      return;
    }
    worker
        .executeBlocking(() -> execution.run(order), false)
        .onSuccess(changed -> changed(request, kind, order, caller, changed))
        .onFailure(
            e -> {
              if (e instanceof Suspensions.NotChanged not) {
                AdminRoutes.problem(
                    request, not.missing() ? 404 : 409, String.valueOf(e.getMessage()));
              } else {
                AdminRoutes.failed(request, e);
              }
            });
  }

  private static Order order(MultiMap members, Caller caller) {
    Scope scope = null;
    for (String name : members.names()) {
      if (!MEMBERS.contains(name)) {
        throw new IllegalArgumentException(
            "a member is unknown; known are target, receiver, application, reason, by");
      }
    }
    for (Scope each : Scope.values()) {
      if (members.contains(each.word())) {
        if (scope != null) {
          throw new IllegalArgumentException("one of target, receiver, application must be given");
        }
        scope = each;
      }
    }
    if (scope == null) {
      throw new IllegalArgumentException("one of target, receiver, application must be given");
    }
    String reason = text(members.get("reason"));
    String by = text(members.get("by"));
    String who = by.isEmpty() ? caller.who() : by + " (" + caller.who() + ")";
    // Its constructor knows the rules, and a lift keeps to them as well.
    Suspension checked = new Suspension(scope, text(members.get(scope.word())), reason, who, null);
    if (NhsNumber.standsIn(reason) || NhsNumber.standsIn(who)) {
      throw new IllegalArgumentException("reason, by: must not hold an NHS number");
    }
    return new Order(checked.scope(), checked.subject(), checked.reason(), checked.by());
  }

  private static String text(@Nullable String given) {
    return given == null ? "" : given.strip();
  }

  private Suspensions.Changed suspend(Order order) {
    return suspensions.add(
        new Suspension(
            order.scope(),
            order.subject(),
            order.reason(),
            order.by(),
            Instant.now().truncatedTo(ChronoUnit.SECONDS)));
  }

  private Suspensions.Changed lift(Order order) throws Suspensions.NotChanged {
    return suspensions.lift(order.scope(), order.subject());
  }

  private void changed(
      HttpServerRequest request,
      String kind,
      Order order,
      Caller caller,
      Suspensions.Changed changed) {
    JsonObject what =
        new JsonObject()
            .put(order.scope().word(), order.subject())
            .put("reason", order.reason())
            .put("by", order.by())
            .put("kept", changed.kept());
    LOG.atWarn()
        .addKeyValue("scope", order.scope().word())
        .addKeyValue("subject", order.subject())
        .addKeyValue("reason", order.reason())
        .addKeyValue("by", order.by())
        .addKeyValue("address", caller.address())
        .addKeyValue("kept", changed.kept())
        .log(kind.equals("suspension") ? "suspended by an operator" : "let go by an operator");
    noted(kind, what.copy(), caller)
        .onSuccess(
            audited ->
                AdminRoutes.json(
                    request, 200, what.put("note", changed.note()).put("audited", audited)));
  }

  private Future<Boolean> noted(String kind, JsonObject what, Caller caller) {
    return diary.note(kind, what, caller).timeout(5, TimeUnit.SECONDS).otherwise(false);
  }
}
