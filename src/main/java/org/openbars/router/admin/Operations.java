package org.openbars.router.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.openbars.router.directory.FileDirectory;

/**
 * What operators may see and do through the admin port, apart from the audit.
 *
 * @param directory where messages go, and what is suspended
 * @param diary writes down who changed what
 * @param reload reads the configuration again
 */
public record Operations(FileDirectory directory, Diary diary, Reload reload) {
  /** Reads the configuration again and puts changed limits into force. */
  @FunctionalInterface
  public interface Reload {
    /** Blocking. */
    Reloaded run();
  }

  /**
   * What a reload came to.
   *
   * @param status of the answer
   * @param body says which keys changed, which need a restart, or what is faulty
   */
  public record Reloaded(int status, JsonObject body) {}

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
