package org.openbars.router.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.openbars.router.directory.FileDirectory;

/**
 * What operators may see and do through the admin port, apart from the audit.
 *
 * @param directory where messages go, and what is suspended
 * @param diary writes down who changed what
 */
public record Operations(FileDirectory directory, Diary diary) {
  /** Keeps a change beside the looks at the audit. */
  @FunctionalInterface
  public interface Diary {
    /**
     * Never fails, and may take seconds: an order to stop does not wait for it.
     *
     * @param kind for example {@code suspension}
     * @return whether it is kept
     */
    Future<Boolean> note(String kind, JsonObject what, Caller caller);
  }
}
