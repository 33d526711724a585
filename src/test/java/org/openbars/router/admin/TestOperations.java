package org.openbars.router.admin;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import org.openbars.router.directory.DirectoryConfig;
import org.openbars.router.directory.FileDirectory;
import org.openbars.router.meter.Meters;

/** Operations of a node that has no targets file. */
final class TestOperations {
  private TestOperations() {}

  static Operations none(Vertx vertx) {
    DirectoryConfig config =
        new DirectoryConfig(
            Path.of("not-there.json"), Duration.ofHours(1), Duration.ofHours(1), 0.2, null);
    return new Operations(
        new FileDirectory(vertx, config, host -> false, new Meters()),
        (kind, what, caller) -> Future.succeededFuture(false),
        () -> new Operations.Reloaded(200, new JsonObject()));
  }
}
