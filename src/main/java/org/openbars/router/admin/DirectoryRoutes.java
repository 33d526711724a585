package org.openbars.router.admin;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openbars.router.directory.Difference;
import org.openbars.router.directory.FileDirectory;
import org.openbars.router.directory.InService;
import org.openbars.router.directory.Lookup;
import org.openbars.router.directory.Suspension;
import org.openbars.router.message.Target;
import org.openbars.router.message.TargetIdentifier;

/**
 * {@code /api/directory}: what is in service and how it came there, and where one message would go.
 * On the admin port's event loop; reads memory alone.
 */
final class DirectoryRoutes {
  private final FileDirectory directory;

  DirectoryRoutes(FileDirectory directory) {
    this.directory = directory;
  }

  Map<String, AdminRoutes.Route> gets() {
    return Map.of("/api/directory", this::shown, "/api/directory/lookup", this::lookup);
  }

  private void shown(HttpServerRequest request) {
    InService now = directory.inService();
    InService.Refusal refusal = directory.refusal();
    JsonObject body =
        new JsonObject()
            .put("loaded", directory.loaded())
            .put("version", now.version())
            .put("since", text(now.since()))
            .put("targets", now.table().size())
            .put("receivers", now.table().receivers().size())
            .put(
                "faults",
                new JsonObject()
                    .put("count", now.faults())
                    .put("listed", new JsonArray(now.listed())))
            .put("lastChange", difference(now.last()))
            .put("refused", refusal == null ? null : refused(refusal));
    AdminRoutes.json(request, 200, body);
  }

  private static JsonObject refused(InService.Refusal refusal) {
    return new JsonObject()
        .put("count", refusal.count())
        .put("at", refusal.at().toString())
        .put("reason", refusal.reason());
  }

  private static JsonObject difference(Difference last) {
    JsonArray listed = new JsonArray();
    for (Difference.Entry entry : last.listed()) {
      listed.add(
          named(entry.target())
              .put("before", url(entry.before()))
              .put("after", url(entry.after())));
    }
    return new JsonObject()
        .put("added", last.added())
        .put("removed", last.removed())
        .put("changed", last.changed())
        .put("listed", listed);
  }

  private void lookup(HttpServerRequest request) {
    TargetIdentifier target;
    try {
      target = asked(request.params(true));
    } catch (IllegalArgumentException e) {
      AdminRoutes.problem(request, 400, "target: must be given once, as system|value");
      return;
    }
    AdminRoutes.json(request, 200, where(target));
  }

  private static TargetIdentifier asked(MultiMap parameters) {
    List<String> given = parameters.getAll("target");
    if (given.size() != 1 || parameters.size() != 1) {
      throw new IllegalArgumentException("target");
    }
    return target(given.get(0));
  }

  /** Reads {@code system|value}. */
  static TargetIdentifier target(String text) {
    int bar = text.indexOf('|');
    if (bar < 0) {
      throw new IllegalArgumentException("target");
    }
    return new TargetIdentifier(text.substring(0, bar), text.substring(bar + 1));
  }

  private JsonObject where(TargetIdentifier target) {
    Lookup lookup = directory.find(target);
    JsonObject answer = named(target).put("version", directory.inService().version());
    if (lookup instanceof Lookup.Found found) {
      return at(answer.put("answer", "found"), found.target());
    }
    if (lookup instanceof Lookup.Suspended suspended) {
      return at(answer.put("answer", "suspended"), suspended.target())
          .put("suspension", suspension(suspended.suspension()));
    }
    return answer.put("answer", lookup instanceof Lookup.Ambiguous ? "ambiguous" : "unknown");
  }

  private static JsonObject at(JsonObject answer, Target target) {
    return answer.put("receiver", target.receiver().toString()).put("baseUrl", url(target));
  }

  private static JsonObject named(TargetIdentifier target) {
    return new JsonObject()
        .put(
            "target", new JsonObject().put("system", target.system()).put("value", target.value()));
  }

  static JsonObject suspension(Suspension suspension) {
    return new JsonObject()
        .put(suspension.scope().word(), suspension.subject())
        .put("reason", suspension.reason())
        .put("by", suspension.by())
        .put("since", text(suspension.since()));
  }

  private static @Nullable String url(@Nullable Target target) {
    return target == null
        ? null
        : (target.secure() ? "https://" : "http://") + target.receiver() + target.basePath();
  }

  private static @Nullable String text(@Nullable Instant at) {
    return at == null ? null : at.toString();
  }
}
