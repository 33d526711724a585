package org.openbars.router.listen;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;

/** What one event loop does with requests. Made and called on that loop. */
public interface RequestPath {
  /** A request whose head is complete. */
  void handle(HttpServerRequest request);

  /** A request that could not be decoded. */
  void handleUndecodable(HttpServerRequest request);

  /** Lets go of what the loop holds. */
  Future<Void> close();
}
