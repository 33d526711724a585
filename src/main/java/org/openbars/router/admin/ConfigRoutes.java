package org.openbars.router.admin;

import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;

/**
 * {@code /api/config/reload}: reads the configuration again. On the admin port's event loop; files
 * on its worker.
 */
final class ConfigRoutes {
  private final Operations.Reload reload;
  private final boolean changes;
  private final WorkerExecutor worker;

  ConfigRoutes(Operations operations, boolean changes, WorkerExecutor worker) {
    this.reload = operations.reload();
    this.changes = changes;
    this.worker = worker;
  }

  Map<String, AdminRoutes.Route> posts() {
    return Map.of("/api/config/reload", this::reload);
  }

  private void reload(HttpServerRequest request) {
    if (!changes) {
      AdminRoutes.problem(request, 403, "changes are off here: admin.changes is off");
      return;
    }
    // Its content type keeps pages in browsers out.
    JsonBody.read(request)
        .compose(none -> worker.executeBlocking(reload::run, false))
        .onSuccess(done -> AdminRoutes.json(request, done.status(), done.body()))
        .onFailure(
            e -> {
              if (e instanceof JsonBody.Refused refused) {
                AdminRoutes.problem(request, refused.status(), String.valueOf(e.getMessage()));
              } else {
                AdminRoutes.failed(request, e);
              }
            });
  }
}
