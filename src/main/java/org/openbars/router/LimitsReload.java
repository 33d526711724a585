package org.openbars.router;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openbars.router.admin.Operations.Reloaded;
import org.openbars.router.config.ConfigReload;
import org.openbars.router.config.ConfigReload.Outcome;
import org.openbars.router.route.Node;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts limits that changed in the configuration into force. Blocking. */
final class LimitsReload {
  private static final Logger LOG = LoggerFactory.getLogger(LimitsReload.class);
  private static final int UNPROCESSABLE = 422;

  private final @Nullable ConfigReload source;
  private final Node node;

  /**
   * @param source null for a router that was started without one
   */
  LimitsReload(@Nullable ConfigReload source, Node node) {
    this.source = source;
    this.node = node;
  }

  Reloaded run() {
    if (source == null) {
      return new Reloaded(
          409, new JsonObject().put("error", "this router has no configuration to read again"));
    }
    Outcome outcome = source.read();
    if (outcome instanceof Outcome.Refused refused) {
      List<String> faults = refused.faults().stream().map(Object::toString).toList();
      LOG.error("configuration: refused, everything stays as it is: {}", faults);
      return new Reloaded(UNPROCESSABLE, new JsonObject().put("faults", new JsonArray(faults)));
    }
    Outcome.Read read = (Outcome.Read) outcome;
    node.capacity().limits(read.config().admit());
    node.receivers().limits(read.config().stream());
    LOG.info(
        "configuration: read again; limits in force: {}; after a restart: {}",
        read.limits(),
        read.restart());
    return new Reloaded(
        200,
        new JsonObject()
            .put("limits", new JsonArray(read.limits()))
            .put("needRestart", new JsonArray(read.restart())));
  }
}
